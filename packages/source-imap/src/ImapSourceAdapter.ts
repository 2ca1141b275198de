import type { SourceAdapter } from "@mailferry/core/Adapter.ts"
import { Source } from "@mailferry/core/Source.ts"
import { accessOf } from "@mailferry/imap/ImapAccess.ts"
import { accountIdOf, ImapConfig } from "@mailferry/imap/ImapConfig.ts"
import { makeImapPool } from "@mailferry/imap/ImapPool.ts"
import { identifiedSummary, makeImapReader } from "@mailferry/imap/ImapReader.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const connect = Effect.fnUntraced(function* (config: ImapConfig) {
  const pool = yield* makeImapPool(yield* accessOf("imap", config), {
    connections: config.connections,
    readOnly: true
  })
  const reader = makeImapReader(pool, {
    headerFields: ["Message-ID"],
    // Every stored copy is a message of its own, even one that came through Proton once and still says so.
    summaryOf: (message) => ({ ...identifiedSummary(message), stableId: Option.none() })
  })
  // Logs in now: a wrong password is told at once, and not when the first mailbox is listed.
  yield* reader.wire
  return reader
})

/** Any IMAP account as a source. Opens mailboxes by EXAMINE only. */
export const ImapSourceAdapter: SourceAdapter<ImapConfig, typeof ImapConfig.Encoded> = {
  kind: "imap",
  title: "Any IMAP account",
  Config: ImapConfig,
  secrets: ["password", "token"],
  accountId: accountIdOf,
  layer: (config) => Layer.effect(Source, connect(config))
}
