import { MailError, MessageRejected } from "@mailferry/core/MailError.ts"
import type { Flags } from "@mailferry/core/Message.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { FetchMessageObject } from "imapflow"

import { type HeaderValue, readHeader } from "./HeaderFields.ts"
import { flagsOf } from "./ImapFlags.ts"
import type { ImapSession, OpenMailbox } from "./ImapSession.ts"
import { uidSets } from "./UidSet.ts"

/** What one FETCH tells of a message. */
export interface DescribedMessage {
  readonly uid: number
  readonly flags: Flags
  readonly internalDate: DateTime.Utc
  /** RFC822.SIZE, in octets. */
  readonly size: number
  readonly header: HeaderValue
  /** X-GM-MSGID in decimal, or EMAILID (RFC 8474); absent where the server has neither. */
  readonly emailId?: string
}

/** INTERNALDATE; 1970 where the server's is none that could be read (RFC 9051 section 9, date-time). */
export const internalDateOf = (value: FetchMessageObject["internalDate"]): Option.Option<DateTime.Utc> =>
  value === undefined ? Option.none() : DateTime.make(value instanceof Date ? value.getTime() : value)

const nothing = new Uint8Array()

/** A message is whole only with all that was asked for: other sessions' flag changes come as lines of their own. */
const wholeOf = (uid: number, part: Partial<FetchMessageObject>) => {
  const { emailId, flags, headers, internalDate, size } = part
  if (flags === undefined || internalDate === undefined || size === undefined || headers === undefined)
    return Option.none()
  return Option.some<DescribedMessage>({
    uid,
    flags: flagsOf(flags),
    internalDate: Option.getOrElse(internalDateOf(internalDate), () => DateTime.makeUnsafe(0)),
    size,
    // imapflow has `false` for NIL, which some servers send for a message without these fields.
    header: readHeader(headers || nothing),
    ...(emailId === undefined ? {} : { emailId })
  })
}

/**
 * Describes messages by UID from their header, never from ENVELOPE, which servers build wrongly. Lines may come in any
 * order and in parts; a message that is gone is left out. One that came in part only, or on a line that could not
 * be parsed, fails the whole with `MessageRejected(unreadable)`, so that nothing is taken for gone that is not.
 */
export const describeUids = Effect.fnUntraced(function* (
  session: ImapSession,
  opened: OpenMailbox,
  uids: ReadonlyArray<number>,
  headerFields: ReadonlyArray<string>
): Effect.fn.Return<ReadonlyArray<DescribedMessage>, MailError> {
  const wanted = new Set(uids)
  const parts = new Map<number, Partial<FetchMessageObject>>()
  let lost = false
  if (opened.exists === 0) return []
  for (const set of uidSets(wanted)) {
    const lines = yield* session.run("describe", (client) =>
      client.fetchAll(
        set,
        {
          uid: true,
          flags: true,
          internalDate: true,
          size: true,
          headers: headerFields.map((name) => name.toUpperCase())
        },
        { uid: true }
      )
    )
    lost ||= session.lostLines()
    for (const line of lines)
      if (wanted.has(line.uid)) parts.set(line.uid, { ...parts.get(line.uid), ...line })
  }
  const described = Array.from(parts, ([uid, part]) => wholeOf(uid, part))
  const whole = described.flatMap(Option.toArray)
  if (whole.length < described.length || (lost && whole.length < wanted.size)) {
    return yield* new MailError({
      adapter: session.kind,
      operation: "describe",
      reason: new MessageRejected({
        why: "unreadable",
        detail: "the server's description of a message could not be read"
      })
    })
  }
  return whole
})
