import type { AppendReceipt, DestinationService, StoredAt } from "@mailferry/core/Destination.ts"
import { MailError, MessageRejected, type Operation } from "@mailferry/core/MailError.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { type AppendWriter, clampDate } from "./AppendWriter.ts"
import { makeEnsureMailbox } from "./EnsureMailbox.ts"
import { findCopies } from "./FindCopies.ts"
import { readCapabilities, reportsUids } from "./ImapCapabilities.ts"
import { wireFlags } from "./ImapFlags.ts"
import { makeImapflowAppendWriter } from "./ImapflowAppendWriter.ts"
import type { ImapPool } from "./ImapPool.ts"
import { makeImapReader, type ReaderHooks } from "./ImapReader.ts"
import { type ImapSession, uidValidityChanged } from "./ImapSession.ts"
import { locatorOf, type UidPlace, uidPlaceOf } from "./UidPlace.ts"

export interface DestinationOptions {
  /** Connections the pool has, and so calls that may run at once. */
  readonly connections: number
  readonly hooks?: ReaderHooks
  /** Writes messages; one APPEND each when absent. */
  readonly writer?: (pool: ImapPool) => AppendWriter
}

const nothing: AppendReceipt = { locator: Option.none() }

/** Connects, reads what the server can keep, and gives the writing half of an IMAP account. */
export const makeImapDestination = Effect.fnUntraced(function* (
  pool: ImapPool,
  { connections, hooks = {}, writer = makeImapflowAppendWriter }: DestinationOptions
): Effect.fn.Return<DestinationService, MailError> {
  const { kind } = pool.access
  const reader = makeImapReader(pool, hooks)
  const wire = yield* reader.wire
  const listed = new Set((yield* reader.listMailboxes).flatMap(({ path }) => wire.wireNameOf(path) ?? []))
  const { capabilities, permanentFlags } = yield* pool.use("connect", "any", (session) =>
    readCapabilities(session, wire, listed, connections)
  )
  const write = writer(pool)

  const fail = (operation: Operation, reason: MailError["reason"]) =>
    Effect.fail(new MailError({ adapter: kind, operation, reason }))

  const gone = (operation: Operation, { locator }: StoredAt) =>
    fail(operation, new MessageRejected({ why: "gone", detail: `there is no message ${locator} any more` }))

  /** Runs on a session that has the message's mailbox open and knows its UID. */
  const atMessage = <A>(
    operation: Operation,
    message: StoredAt,
    write: boolean,
    body: (session: ImapSession, place: UidPlace) => Effect.Effect<A, MailError>
  ): Effect.Effect<A, MailError> =>
    Option.match(uidPlaceOf(message.locator), {
      onNone: () => gone(operation, message),
      onSome: (place) =>
        Effect.flatMap(reader.wireName(operation, message.mailbox), (name) =>
          pool.use(operation, { mailbox: name }, (session) =>
            Effect.gen(function* () {
              const seen = yield* session.open(operation, name, { write })
              const unheard = seen.uidNext === undefined || place.uid >= seen.uidNext
              const opened = unheard ? yield* session.open(operation, name, { write, fresh: true }) : seen
              if (opened.epoch !== place.epoch) return yield* uidValidityChanged(kind, operation, name)
              return yield* body(session, place)
            })
          )
        )
    })

  const append: DestinationService["append"] = Effect.fn("ImapDestination.append")(function* (request) {
    const { alone = false, bytes, internalDate, mailbox } = request
    const wireName = yield* reader.wireName("append", mailbox)
    if (bytes.length === 0) {
      // RFC 9051 section 6.3.12 has no empty message, and with MULTIAPPEND `{0}` takes the whole command back.
      return yield* fail("append", new MessageRejected({ why: "malformed", detail: "the message is empty" }))
    }
    if (bytes.length > capabilities.maxMessageSize) {
      return yield* fail(
        "append",
        new MessageRejected({
          why: "too-large",
          detail: `the message has ${bytes.length} octets, the server takes ${capabilities.maxMessageSize}`
        })
      )
    }
    return yield* write.append({
      wireName,
      flags: wireFlags(request, permanentFlags),
      internalDate: clampDate(DateTime.toEpochMillis(internalDate)),
      bytes,
      alone
    })
  })

  const exists = (session: ImapSession, { uid }: UidPlace) =>
    Effect.map(
      session.run("copy", (client) => client.fetchAll(String(uid), { uid: true }, { uid: true })),
      (lines) => lines.some((line) => line.uid === uid)
    )

  const copy: DestinationService["copy"] = Effect.fn("ImapDestination.copy")(function* (message, into) {
    const target = yield* reader.wireName("copy", into)
    return yield* atMessage("copy", message, false, (session, place) =>
      Effect.gen(function* () {
        const copied = yield* session.run(
          "copy",
          (client) => client.messageCopy(String(place.uid), target, { uid: true }),
          {
            unknownFromOctets: 1
          }
        )
        const uid = copied.uidMap?.get(place.uid)
        if (reportsUids(session.client) && uid !== undefined && copied.uidValidity !== undefined) {
          return { locator: Option.some(locatorOf({ epoch: String(copied.uidValidity), uid })) }
        }
        // UID COPY of a UID that is not there is OK, and copies nothing.
        return (yield* exists(session, place)) ? nothing : yield* gone("copy", message)
      })
    )
  })

  const addFlags: DestinationService["addFlags"] = Effect.fn("ImapDestination.addFlags")((message, flags) =>
    atMessage("addFlags", message, true, (session, { uid }) => {
      const names = wireFlags(flags, session.opened()?.permanentFlags)
      if (names.length === 0) return Effect.void
      return Effect.asVoid(
        session.run("addFlags", (client) =>
          client.messageFlagsAdd(String(uid), [...names], { uid: true, silent: true })
        )
      )
    })
  )

  const find: DestinationService["find"] = Effect.fn("ImapDestination.find")(function* (mailbox, identity) {
    if (Option.isNone(identity.stableId) && Option.isNone(identity.messageId)) return []
    const name = yield* reader.wireName("find", mailbox)
    return yield* pool.use("find", { mailbox: name }, (session) =>
      Effect.flatMap(session.open("find", name, { fresh: true }), (opened) =>
        findCopies(session, opened, identity, (uids) => reader.describeOn(session, opened, mailbox, uids))
      )
    )
  })

  return {
    ...reader,
    capabilities,
    ensureMailbox: makeEnsureMailbox(pool, wire, capabilities.names, listed),
    append,
    copy,
    // IMAP has no tickets: what became of an APPEND is seen by looking.
    recall: () => Effect.succeedNone,
    discard: () => Effect.void,
    addFlags,
    find
  }
})
