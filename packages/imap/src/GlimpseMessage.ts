import type { MailError } from "@mailferry/core/MailError.ts"
import type { Glimpse } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { FetchMessageObject, FetchQueryObject } from "imapflow"

import { internalDateOf } from "./DescribeUids.ts"
import { flagsOf } from "./ImapFlags.ts"
import type { ImapSession } from "./ImapSession.ts"

/** Runs a body on a session that has the message's mailbox open. */
type InMailbox = <A>(
  body: (session: ImapSession, uid: number) => Effect.Effect<A, MailError>
) => Effect.Effect<A, MailError>

/** Octets of the beginning that are asked for when neither header nor whole can be had. */
const beginning = 65_536

/** Each asks for less than the one before; ENVELOPE is good enough to tell a person which message it is. */
const facts: ReadonlyArray<FetchQueryObject> = [
  { uid: true, flags: true, internalDate: true, size: true, envelope: true },
  { uid: true, flags: true, internalDate: true, size: true },
  { uid: true, flags: true }
]

const octets: ReadonlyArray<FetchQueryObject> = [
  { uid: true, headers: true },
  { uid: true, source: { start: 0, maxLength: beginning } }
]

const nothing = Option.none<FetchMessageObject>()

/**
 * All that can be had of a message that cannot be read. A refusal costs one question; a connection that dies on the
 * message does, too, if the mailbox can still be opened afterwards, and fails the call if it cannot.
 */
export const glimpseMessage = Effect.fnUntraced(function* (
  inMailbox: InMailbox
): Effect.fn.Return<Glimpse, MailError> {
  const ask = (query: FetchQueryObject) =>
    inMailbox((session, uid) =>
      Effect.map(
        session.run("glimpse", (client) => client.fetchAll(String(uid), query, { uid: true })),
        (lines) => Option.fromUndefinedOr(lines.find((line) => line.uid === uid))
      )
    ).pipe(
      Effect.catch((error) => {
        if (error.reason._tag === "MessageRejected") return Effect.succeed(nothing)
        return error.reason._tag === "Transient"
          ? inMailbox(() => Effect.succeed(nothing))
          : Effect.fail(error)
      })
    )

  const first = Effect.fnUntraced(function* <A>(
    queries: ReadonlyArray<FetchQueryObject>,
    read: (line: FetchMessageObject) => A | undefined
  ) {
    for (const query of queries) {
      const found = Option.flatMap(yield* ask(query), (line) => Option.fromUndefinedOr(read(line)))
      if (Option.isSome(found)) return found
    }
    return Option.none<A>()
  })

  const known = Option.getOrUndefined(yield* first(facts, (line) => line))
  return {
    subject: Option.fromUndefinedOr(known?.envelope?.subject),
    internalDate: internalDateOf(known?.internalDate),
    size: Option.fromUndefinedOr(known?.size),
    flags: Option.map(Option.fromUndefinedOr(known?.flags), flagsOf),
    bytes: yield* first(octets, ({ headers, source }) => headers || source || undefined)
  }
})
