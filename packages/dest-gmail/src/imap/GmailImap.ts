import type { DestinationService } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { Fatal, MailboxRejected, MailError } from "@mailferry/core/MailError.ts"
import { makeEnsureMailbox } from "@mailferry/imap/EnsureMailbox.ts"
import { readCapabilities } from "@mailferry/imap/ImapCapabilities.ts"
import { type ImapPool, makeImapPool } from "@mailferry/imap/ImapPool.ts"
import type { ImapSession } from "@mailferry/imap/ImapSession.ts"
import { listAll } from "@mailferry/imap/ListAll.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"

import type { GmailConfig } from "../GmailConfig.ts"
import { systemLabelIds } from "../labels/GmailMailboxes.ts"
import { objectionTo, pathOfName } from "../labels/GmailNames.ts"
import { gmailImapAccess } from "./GmailImapAccess.ts"
import { gmailImapCapabilities, imapConnections } from "./GmailImapCapabilities.ts"
import { makeGmailImapReader } from "./GmailImapReader.ts"
import { gmailImapWire } from "./GmailImapWire.ts"
import { makeGmailImapWriter } from "./GmailImapWriter.ts"
import { makeMarker } from "./Marker.ts"

const notGmail = new MailError({
  adapter: "gmail",
  operation: "connect",
  reason: new Fatal({
    detail: "the server does not offer X-GM-EXT-1, so it is not Gmail's",
    advice: "Write `kind: imap` for any other server, or take `endpoint.imap` out."
  })
})

/** What the account shows of itself: its mailboxes, and what it keeps. */
const lookAround = (session: ImapSession) =>
  Effect.gen(function* () {
    if (!session.client.capabilities.has("X-GM-EXT-1")) return yield* notGmail
    const entries = yield* session.run("connect", listAll)
    const lines = entries.map(({ flags, path }) => ({ name: path, attributes: flags }))
    const wire = yield* gmailImapWire(lines)
    // Which case mailboxes are in does not matter here, and need not be tried.
    const told = yield* readCapabilities(session, wire, new Set(), imapConnections)
    return { wire, told, names: new Set(lines.map(({ name }) => name)) }
  })

const makeEnsure = (
  pool: ImapPool,
  names: DestinationService["capabilities"]["names"],
  wire: Effect.Success<ReturnType<typeof lookAround>>["wire"],
  listed: ReadonlySet<string>
) => {
  const ensure = makeEnsureMailbox(pool, wire, names, listed)
  return (path: MailboxPath): Effect.Effect<void, MailError> => {
    // Gmail's own are there, and refuse to be made.
    if (Option.isSome(systemLabelIds(path)) && wire.wireNameOf(path) !== undefined) return Effect.void
    const objection = objectionTo(path)
    if (objection === undefined) return ensure(path, Option.none())
    return Effect.fail(
      new MailError({
        adapter: "gmail",
        operation: "ensureMailbox",
        reason: new MailboxRejected({ why: "name", detail: objection })
      })
    )
  }
}

/**
 * Gmail by IMAP: the fallback where the API cannot be had. The same mailboxes, names and locators as by the API, so that
 * a move begun by one way can go on by the other. 500 MB a day, 34 MiB a message.
 */
export const connectGmailImap = Effect.fnUntraced(function* (
  config: GmailConfig
): Effect.fn.Return<DestinationService, MailError, Scope.Scope> {
  const { access, hasRefusedToken } = yield* gmailImapAccess(config)
  const pool = yield* makeImapPool(access, { connections: imapConnections, readOnly: false })
  const { names, told, wire } = yield* pool.use("connect", "any", lookAround).pipe(
    // The one refresh that comes before AuthFailed (core/MailError.ts): the same login, with a token that is new.
    Effect.retry({ times: 1, while: hasRefusedToken })
  )
  const capabilities = gmailImapCapabilities(config, told.capabilities)
  const reader = makeGmailImapReader(pool, wire)
  const ensureMailbox = makeEnsure(pool, capabilities.names, wire, names)
  const { kind, account, listMailboxes, list, end, describe, glimpse, fetch } = reader
  return {
    kind,
    account,
    listMailboxes,
    list,
    end,
    describe,
    glimpse,
    fetch,
    capabilities,
    ensureMailbox,
    ...makeGmailImapWriter({
      pool,
      reader,
      maxMessageSize: capabilities.maxMessageSize,
      permanentFlags: told.permanentFlags,
      marker: makeMarker(Option.map(Option.fromUndefinedOr(config.marker), pathOfName), ensureMailbox)
    }),
    // IMAP has no tickets: what became of an APPEND is seen by looking.
    recall: () => Effect.succeedNone,
    discard: () => Effect.void
  }
})
