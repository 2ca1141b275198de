import type { AppendReceipt, AppendRequest, DestinationService } from "@mailferry/core/Destination.ts"
import { type MailboxPath, pathKey } from "@mailferry/core/Mailbox.ts"
import {
  MailboxRejected,
  MailError,
  type MailErrorReason,
  MessageRejected,
  Transient
} from "@mailferry/core/MailError.ts"
import type { MessageSummary } from "@mailferry/core/Message.ts"
import { type AppendWriter, clampDate } from "@mailferry/imap/AppendWriter.ts"
import { findCopies } from "@mailferry/imap/FindCopies.ts"
import { wireFlags } from "@mailferry/imap/ImapFlags.ts"
import { makeImapflowAppendWriter } from "@mailferry/imap/ImapflowAppendWriter.ts"
import type { ImapPool } from "@mailferry/imap/ImapPool.ts"
import type { ImapSession } from "@mailferry/imap/ImapSession.ts"
import { uidPlaceOf } from "@mailferry/imap/UidPlace.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { uidsOf } from "./GmailIds.ts"
import type { GmailImapReader } from "./GmailImapReader.ts"
import type { Marker } from "./Marker.ts"

/** A mailbox and the name it has on the wire. */
interface Target {
  readonly path: MailboxPath
  readonly wireName: string
}

export interface GmailImapWriterParts {
  readonly pool: ImapPool
  readonly reader: GmailImapReader
  readonly maxMessageSize: number
  /** PERMANENTFLAGS of INBOX; none where anything may be stored. */
  readonly permanentFlags: ReadonlySet<string> | undefined
  readonly marker: Marker
}

type Writing = Pick<DestinationService, "append" | "copy" | "addFlags" | "find">

/** Everything that is not in Spam or Trash stands there by itself. */
const isEverything = ({ path }: Target): boolean => pathKey(path) === pathKey(["All Mail"])

/** \Draft would make a draft of it. */
const flagsOf = (
  flags: Parameters<typeof wireFlags>[0],
  permanent: ReadonlySet<string> | undefined
): ReadonlyArray<string> => wireFlags(flags, permanent).filter((flag) => flag !== "\\Draft")

/**
 * The writing half of Gmail by IMAP. APPEND brings a message into its home mailbox, and for every further one core asks
 * for a copy: COPY adds a label and copies nothing. STORE X-GM-LABELS would do the same, but imapflow writes labels
 * without quotes, which serves none with a blank in it. One append with all its labels would be two commands or more,
 * and a connection lost in between would leave a message that is found in its home and has not all of its labels.
 *
 * Of a message whose Message-ID the account has already, Gmail throws the new copy away: the older one gets the label,
 * keeps its own octets, flags and date, and comes back from Trash if it was there. So an append may be repeated without
 * harm, and what it gives back is the locator of whichever message stands there now: core sees by it that a message
 * was joined. The UID of APPENDUID may then belong to no message at all, and is believed only when one has it.
 */
export const makeGmailImapWriter = ({
  marker,
  maxMessageSize,
  permanentFlags,
  pool,
  reader
}: GmailImapWriterParts): Writing => {
  const { kind } = pool.access
  const writer: AppendWriter = makeImapflowAppendWriter(pool)

  const fail = (operation: "append" | "copy", reason: MailErrorReason) =>
    Effect.fail(new MailError({ adapter: kind, operation, reason }))

  const targetOf = (operation: "append" | "copy", path: MailboxPath): Effect.Effect<Target, MailError> =>
    Effect.map(reader.wireName(operation, path), (wireName) => ({ path, wireName }))

  /** Which mailbox is missing, where several are named. */
  const naming = ({ path }: Target) =>
    Effect.mapError(
      ({ adapter, operation, reason }: MailError) =>
        new MailError({
          adapter,
          operation,
          reason:
            reason._tag === "MailboxRejected"
              ? new MailboxRejected({ why: reason.why, detail: reason.detail, mailbox: [...path] })
              : reason
        })
    )

  const label = (session: ImapSession, operation: "append" | "copy", uid: number, target: Target) =>
    isEverything(target)
      ? Effect.void
      : Effect.asVoid(
          session.run(
            operation,
            (client) => client.messageCopy(String(uid), target.wireName, { uid: true }),
            {
              unknownFromOctets: 1
            }
          )
        ).pipe(naming(target))

  /** The message that an APPEND left in the open mailbox, as its X-GM-MSGID has it. */
  const appended = Effect.fnUntraced(function* (
    session: ImapSession,
    into: Target,
    { messageId }: AppendRequest,
    uid: Option.Option<number>
  ) {
    const opened = yield* session.open("append", into.wireName, { fresh: true })
    const describe = (uids: ReadonlyArray<number>) => reader.describeOn(session, opened, into.path, uids)
    const told: ReadonlyArray<MessageSummary> = yield* describe(Option.toArray(uid))
    if (told[0] !== undefined) return told[0].locator
    const found = yield* findCopies(session, opened, { stableId: Option.none(), messageId }, describe)
    if (found[0] !== undefined) return found[0].locator
    const detail = "Gmail took the message, and does not show it"
    return yield* fail("append", new Transient({ detail, applied: "unknown" }))
  })

  /** What fails after the message was stored does not undo that. */
  const isStored = Effect.mapError(
    ({ adapter, operation, reason }: MailError) =>
      new MailError({
        adapter,
        operation,
        reason:
          reason._tag === "Transient"
            ? new Transient({ detail: reason.detail, cause: reason.cause, applied: "unknown" })
            : reason
      })
  )

  /** Into the one mailbox by APPEND, from there into the other. */
  const store = Effect.fnUntraced(function* (
    request: AppendRequest,
    first: Target,
    then: Option.Option<Target>
  ): Effect.fn.Return<AppendReceipt, MailError> {
    const { locator: told } = yield* writer
      .append({
        wireName: first.wireName,
        flags: flagsOf(request, permanentFlags),
        internalDate: clampDate(DateTime.toEpochMillis(request.internalDate)),
        bytes: request.bytes,
        alone: request.alone ?? false
      })
      .pipe(naming(first))
    const uid = Option.map(Option.flatMap(told, uidPlaceOf), (place) => place.uid)
    return yield* pool
      .use("append", { mailbox: first.wireName }, (session) =>
        Effect.gen(function* () {
          const locator = yield* appended(session, first, request, uid)
          for (const target of Option.toArray(then)) {
            for (const at of yield* uidsOf(session, "append", [locator])) {
              yield* label(session, "append", at, target)
            }
          }
          return { locator: Option.some(locator) }
        })
      )
      .pipe(isStored)
  })

  const append: DestinationService["append"] = Effect.fn("GmailImap.append")(function* (request) {
    const { bytes, mailbox } = request
    const home = yield* targetOf("append", mailbox)
    if (bytes.length === 0) {
      return yield* fail("append", new MessageRejected({ why: "malformed", detail: "the message is empty" }))
    }
    if (bytes.length > maxMessageSize) {
      const detail = `the message has ${bytes.length} octets, Gmail takes ${maxMessageSize} by IMAP`
      return yield* fail("append", new MessageRejected({ why: "too-large", detail }))
    }
    const path = yield* marker.made
    if (Option.isNone(path)) return yield* store(request, home, Option.none())
    // The home comes last: what core finds there, when an answer was lost, has the marker.
    const marking = yield* targetOf("append", path.value)
    return yield* store(request, marking, Option.some(home)).pipe(
      Effect.tapError(({ reason }) =>
        reason._tag === "MailboxRejected" && reason.why === "missing" ? marker.forget : Effect.void
      )
    )
  })

  const copy: DestinationService["copy"] = Effect.fn("GmailImap.copy")(function* (message, into) {
    const target = yield* targetOf("copy", into)
    return yield* reader.atMessage("copy", message, { write: false }, (session, uid) =>
      Effect.as(label(session, "copy", uid, target), { locator: Option.some(message.locator) })
    )
  })

  const addFlags: DestinationService["addFlags"] = Effect.fn("GmailImap.addFlags")((message, flags) =>
    reader.atMessage("addFlags", message, { write: true }, (session, uid) => {
      const names = flagsOf(flags, session.opened()?.permanentFlags)
      if (names.length === 0) return Effect.void
      return Effect.asVoid(
        session.run("addFlags", (client) =>
          client.messageFlagsAdd(String(uid), [...names], { uid: true, silent: true })
        )
      )
    })
  )

  /**
   * Sees what was joined as well, since that has the Message-ID sought; its size and date are those of the older
   * message, by which core knows that it is not the copy it sent.
   */
  const find: DestinationService["find"] = Effect.fn("GmailImap.find")(function* (mailbox, identity) {
    if (Option.isNone(identity.stableId) && Option.isNone(identity.messageId)) return []
    const name = yield* reader.wireName("find", mailbox)
    return yield* pool.use("find", { mailbox: name }, (session) =>
      Effect.flatMap(session.open("find", name, { fresh: true }), (opened) =>
        findCopies(session, opened, identity, (uids) => reader.describeOn(session, opened, mailbox, uids))
      )
    )
  })

  return { append, copy, addFlags, find }
}
