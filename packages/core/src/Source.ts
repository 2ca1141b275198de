import * as Context from "effect/Context"

import type { MailboxReader } from "./MailboxReader.ts"

/** The account being migrated. Read only: nothing here can write. */
export class Source extends Context.Service<Source, MailboxReader>()("@mailferry/core/Source") {}
