import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import { systemFlags } from "@mailferry/core/Message.ts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ImapFlow } from "imapflow"

import { storedDates } from "./AppendWriter.ts"
import { quirksOf } from "./ImapQuirks.ts"
import type { ImapSession } from "./ImapSession.ts"
import type { MailboxWire } from "./MailboxWire.ts"

/** Longest wait for one answer: 35 MB, the largest message Proton has, on an uplink of half a megabit. */
const attemptTimeout = Duration.minutes(10)

/** UIDs in one FETCH: about 500, as bridge.md section 10 point 12 advises. */
const describesAtOnce = 500

/** Whether APPEND and COPY state UIDs: UIDPLUS (RFC 4315), which is part of IMAP4rev2. */
export const reportsUids = ({ capabilities }: ImapFlow): boolean =>
  capabilities.has("UIDPLUS") || (capabilities.has("IMAP4rev2") && !capabilities.has("IMAP4rev1"))

/** What INBOX keeps. Under EXAMINE some servers (Dovecot) say that nothing can be kept, and SELECT tells more. */
const permanentFlags = Effect.fnUntraced(function* (session: ImapSession) {
  const examined = yield* session.open("connect", "INBOX")
  if (session.readOnly || examined.permanentFlags === undefined || examined.permanentFlags.size > 0) {
    return examined.permanentFlags
  }
  return (yield* session.open("connect", "INBOX", { write: true })).permanentFlags
})

const swapCase = (name: string): string =>
  name.replaceAll(/[a-z]/giu, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
  )

/** Whether letter case tells mailboxes apart: a mailbox there is is asked for in the other case. Changes nothing. */
const isCaseInsensitive = Effect.fnUntraced(function* (session: ImapSession, wireNames: ReadonlySet<string>) {
  const known = [...wireNames].find(
    (name) => name !== "INBOX" && swapCase(name) !== name && !wireNames.has(swapCase(name))
  )
  if (known === undefined) return false
  return yield* session.open("connect", swapCase(known)).pipe(
    Effect.as(true),
    Effect.catchIf(
      ({ reason }) => reason._tag === "MailboxRejected",
      () => Effect.succeed(false)
    )
  )
})

/** What the destination keeps, and what it has been told by server, of which mailboxes by wire name. */
export interface ReadCapabilities {
  readonly capabilities: DestinationCapabilities
  /** PERMANENTFLAGS of INBOX; none where anything may be stored. */
  readonly permanentFlags: ReadonlySet<string> | undefined
}

/** Reads what a server can keep from CAPABILITY, ID, LIST and one look into INBOX. */
export const readCapabilities = Effect.fnUntraced(function* (
  session: ImapSession,
  wire: MailboxWire,
  wireNames: ReadonlySet<string>,
  connections: number
): Effect.fn.Return<ReadCapabilities, MailError> {
  const { client } = session
  const quirks = quirksOf({
    greeting: client.greeting ?? "",
    id: client.serverInfo ?? {},
    capabilities: new Set(client.capabilities.keys())
  })
  const permanent = yield* permanentFlags(session)
  const caseInsensitive = yield* isCaseInsensitive(session, wireNames)
  const keeps = (flag: string) =>
    permanent === undefined || [...permanent].some((kept) => kept.toLowerCase() === flag.toLowerCase())
  const limit = client.capabilities.get("APPENDLIMIT")
  return {
    permanentFlags: permanent,
    capabilities: {
      placement: "one-mailbox",
      flags: new Set(systemFlags.filter(keeps)),
      keywords: keeps("\\*"),
      keepsInternalDate: true,
      internalDates: storedDates,
      keepsOctets: quirks.keepsOctets,
      addsHeaders: false,
      reportsLocator: reportsUids(client),
      adoption: "by-header",
      describesCheaply: true,
      describesAtOnce,
      findsByKey: false,
      leavesUnfinished: false,
      joinsByMessageId: false,
      foundWithin: Duration.zero,
      needs: new Set(),
      datesByHeader: false,
      exclusive: [],
      maxMessageSize: typeof limit === "number" ? limit : Number.POSITIVE_INFINITY,
      names: {
        delimiter: Option.some(wire.delimiter),
        maxLevelOctets: quirks.maxLevelOctets,
        refused: quirks.refused,
        caseInsensitive
      },
      pace: { concurrentCalls: connections, attemptTimeout, limits: [] }
    }
  }
})
