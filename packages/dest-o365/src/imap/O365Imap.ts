import type { DestinationService } from "@mailferry/core/Destination.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import { makeImapDestination } from "@mailferry/imap/ImapDestination.ts"
import { makeImapPool } from "@mailferry/imap/ImapPool.ts"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import type { MicrosoftTokens } from "../auth/MicrosoftTokens.ts"
import type { O365Config } from "../O365Config.ts"
import { o365ImapAccess } from "./O365ImapAccess.ts"
import { imapConnections, o365ImapCapabilities } from "./O365ImapCapabilities.ts"

/**
 * Exchange by IMAP: the way in where Graph cannot be had. Mail arrives as received, with its dates and system flags; labels
 * are copies, since there are no keywords; what Exchange does with MIME and signatures it does here, too. Its locators are
 * IMAP's, so that a ledger that was begun by Graph finds its mail again by headers.
 */
export const connectO365Imap = Effect.fnUntraced(function* (
  config: Pick<O365Config, "endpoint" | "user">,
  tokens: Pick<MicrosoftTokens, "imap">
): Effect.fn.Return<DestinationService, MailError, Scope.Scope> {
  const { access, hasRefusedToken, worked } = yield* o365ImapAccess(config, tokens)
  const pool = yield* makeImapPool(access, { connections: imapConnections, readOnly: false })
  const destination = yield* makeImapDestination(pool, { connections: imapConnections }).pipe(
    // The one refresh that comes before AuthFailed (core/MailError.ts): the same login, with a token that is new.
    Effect.retry({ times: 1, while: hasRefusedToken })
  )
  yield* worked
  return { ...destination, capabilities: o365ImapCapabilities(config, destination.capabilities) }
})
