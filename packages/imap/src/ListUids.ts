import type { MailError } from "@mailferry/core/MailError.ts"
import type { Flags } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { flagsOf } from "./ImapFlags.ts"
import type { ImapSession, OpenMailbox } from "./ImapSession.ts"

export interface ListedUid {
  readonly uid: number
  readonly flags: Option.Option<Flags>
  /** X-GM-MSGID in decimal, or EMAILID (RFC 8474); absent where the server has neither, or its line was lost. */
  readonly emailId?: string
}

/** Messages of one page, about: a mailbox with no more of them is one page, and one FETCH. */
const pageSize = 10_000

/** UIDs of the widest window: 4,096 of them span all there are (2^32), so that a mailbox of few and distant UIDs is not listed for ever. */
const widest = 2 ** 20

const highestUid = 2 ** 32 - 1

/** One window of UIDs. Lines of other sessions' flag changes may come along, some without a UID: they say nothing new. */
const fetchWindow = Effect.fnUntraced(function* (session: ImapSession, from: number, to: number) {
  const set = to >= highestUid ? `${from}:*` : `${from}:${to}`
  const lines = yield* session.run("list", (client) =>
    client.fetchAll(set, { uid: true, flags: true }, { uid: true })
  )
  const found = new Map<number, ListedUid>()
  const add = (listed: ListedUid) => {
    // `n:*` means `*:n` too, and so always the last message (RFC 9051 section 9, seq-range).
    if (listed.uid < from || listed.uid > to) return
    const before = found.get(listed.uid)
    found.set(listed.uid, before?.emailId === undefined ? listed : { emailId: before.emailId, ...listed })
  }
  for (const { emailId, flags, uid } of lines) {
    const known = Option.map(Option.fromUndefinedOr(flags), flagsOf)
    add({ uid, flags: known, ...(emailId === undefined ? {} : { emailId }) })
  }
  if (session.lostLines()) {
    const uids = yield* session.run("list", (client) => client.search({ uid: set }, { uid: true }))
    for (const uid of Array.isArray(uids) ? uids : []) if (!found.has(uid)) add({ uid, flags: Option.none() })
  }
  return found
})

/**
 * UIDs and flags from a UID on, ascending, and the UID the next page begins at. Windows widen while they are sparse.
 * The last one is open, so that what arrives while it is fetched is in it.
 */
export const listUids = Effect.fnUntraced(function* (
  session: ImapSession,
  { exists, uidNext = highestUid }: OpenMailbox,
  from: number
): Effect.fn.Return<
  { readonly listed: ReadonlyArray<ListedUid>; readonly next: Option.Option<number> },
  MailError
> {
  const found = new Map<number, ListedUid>()
  if (exists === 0) return { listed: [], next: Option.none() }
  let at = from
  let width = exists <= pageSize ? highestUid : pageSize
  while (at <= highestUid && found.size < pageSize) {
    const to = at + width >= uidNext ? highestUid : at + width - 1
    const window = yield* fetchWindow(session, at, to)
    for (const [uid, listed] of window) found.set(uid, listed)
    at = to + 1
    width = window.size * 10 < width ? Math.min(width * 4, widest) : pageSize
  }
  return {
    listed: [...found.values()].toSorted((a, b) => a.uid - b.uid),
    next: at <= highestUid ? Option.some(at) : Option.none()
  }
})
