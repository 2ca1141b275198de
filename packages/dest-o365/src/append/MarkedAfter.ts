import type { AppendReceipt, AppendRequest } from "@mailferry/core/Destination.ts"
import { MailError, Transient } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { makeOneAtATime } from "@mailferry/core/OneAtATime.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { CategoryBook } from "../categories/CategoryBook.ts"
import { propertyIds } from "../message/GraphProperties.ts"
import { fieldOf, mimeTree } from "../message/MimeTree.ts"
import type { O365Mailbox } from "../O365Mailbox.ts"
import type { O365Reader } from "../O365Reader.ts"
import {
  isPartial,
  propertyOf,
  stableIdOf,
  type StoredMessage,
  withKey,
  withMessageId
} from "../StoredMessage.ts"
import { shownDate } from "./Created.ts"
import { categoriesOf, markChange } from "./Marks.ts"
import { readTicket, type Ticket, ticketText } from "./Ticket.ts"

const asAppend = <A>(found: Effect.Effect<A, MailError>) =>
  Effect.mapError(found, ({ reason }) => new MailError({ adapter: "o365", operation: "append", reason }))

const notSeen = new MailError({
  adapter: "o365",
  operation: "append",
  reason: new Transient({
    detail: "Exchange took the message and does not show it yet",
    applied: "no",
    atMost: 5
  })
})

/** Whether a message is the one of this ticket: not there before, nobody's whom we have marked, and not another of that Message-ID. */
export const isUnmarked = (message: StoredMessage, { before = [], stableId }: Ticket): boolean =>
  !before.includes(message.id) &&
  propertyOf(message, propertyIds.key) === undefined &&
  (stableId === undefined || Option.getOrElse(stableIdOf(message), () => stableId) === stableId)

/** In the ticket where the message has one. */
const ownId = ({ bytes }: AppendRequest): Pick<Ticket, "stableId"> => {
  const stableId = (fieldOf(mimeTree(bytes), "x-pm-internal-id") ?? "").trim()
  return stableId === "" ? {} : { stableId }
}

/** Graph takes no date with the MIME of a draft. */
const draftDate = { kind: "draft-date", detail: "a draft has the day it came here" }

/** What became of a message that went by another way. */
export type Put =
  | { readonly _tag: "Stored"; readonly message: StoredMessage }
  /** It was taken, and nobody says where it is. */
  | { readonly _tag: "Taken" }
  /** That way does not take it; nothing was stored. */
  | { readonly _tag: "Refused" }

/**
 * Stores a message by a way that takes no key (MIME for drafts, IMAP for what is signed), and marks it afterwards: who
 * has its Message-ID in that folder already is noted first, so that the new one can be told from them. The key is the last thing that comes,
 * and says that the message is whole. None when that way does not take it.
 */
export const makeMarkedAfter = (
  { mailboxPath, told, wire }: O365Mailbox,
  reader: O365Reader,
  categories: CategoryBook
) => {
  const mark = Effect.fnUntraced(function* (request: AppendRequest, message: StoredMessage) {
    if (shownDate(request, message).internalDate !== undefined) yield* request.lose(draftDate)
    yield* categories.ensure(categoriesOf(request), request.spend)
    const change = markChange(request, message)
    const verbs = change?.["singleValueExtendedProperties"]
    const json = {
      ...change,
      isRead: request.flags.has("\\Seen"),
      singleValueExtendedProperties: [
        ...(Array.isArray(verbs) ? verbs : []),
        { id: propertyIds.key, value: request.migrationKey }
      ]
    }
    const path = `${mailboxPath}/messages/${encodeURIComponent(message.id)}`
    const patched = wire.call("append", { method: "PATCH", path, json, spend: request.spend })
    yield* told("append", patched, { notRepeatable: false, missing: "message" })
  })

  const receiptOf = (request: AppendRequest, message: StoredMessage): AppendReceipt => ({
    locator: Option.some(MessageLocator(message.id)),
    ...shownDate(request, message)
  })

  /** Keys of what was taken by this process and is not marked yet. It may be shown late; it is not sent once more for that. */
  const taken = new Set<string>()
  const oneAtATime = makeOneAtATime()

  const search = ({ spend }: AppendRequest, folder: string | undefined, filter: string) =>
    asAppend(reader.search("find", folder, filter, spend))

  /** One that is gone holds nothing. */
  const searchIn = (request: AppendRequest, folder: string, filter: string) =>
    Effect.catchIf(
      search(request, folder, filter),
      ({ reason }) => reason._tag === "MailboxRejected" && reason.why === "missing",
      () => Effect.succeed<ReadonlyArray<StoredMessage>>([])
    )

  const store = Effect.fnUntraced(function* (
    request: AppendRequest,
    folder: string,
    messageId: string,
    put: Effect.Effect<Put, MailError>
  ) {
    const key = request.migrationKey
    const earlier = Option.filter(readTicket(yield* request.ticket), ({ route }) => route === "marked-after")
    // Where it was begun: that folder may have another name by now.
    const marked = Option.isSome(earlier) ? yield* searchIn(request, earlier.value.folder, withKey(key)) : []
    const whole = marked.find((message) => !isPartial(message))
    if (whole !== undefined) return Option.some(receiptOf(request, whole))

    // Of the whole mailbox at first: its owner may move one of them here before this one is marked.
    const sameId = yield* Option.isSome(earlier)
      ? searchIn(request, earlier.value.folder, withMessageId(messageId))
      : search(request, undefined, withMessageId(messageId))
    const before = Option.isSome(earlier) ? (earlier.value.before ?? []) : sameId.map(({ id }) => id)
    const ticket: Ticket = { folder, key, route: "marked-after", messageId, before, ...ownId(request) }
    const begun = Option.isSome(earlier) ? sameId.find((message) => isUnmarked(message, ticket)) : undefined
    const isNoted = Option.exists(earlier, (noted) => noted.folder === folder)
    if (begun === undefined && !isNoted) yield* request.note(ticketText(ticket))
    const name = `${folder} ${key}`
    const result: Put =
      begun !== undefined
        ? { _tag: "Stored", message: begun }
        : taken.has(name)
          ? { _tag: "Taken" }
          : yield* put
    if (result._tag === "Refused") return Option.none<AppendReceipt>()
    if (result._tag === "Taken") taken.add(name)
    const message =
      result._tag === "Stored"
        ? result.message
        : (yield* search(request, folder, withMessageId(messageId))).find((found) =>
            isUnmarked(found, ticket)
          )
    if (message === undefined) return yield* notSeen
    yield* mark(request, message)
    taken.delete(name)
    return Option.some(receiptOf(request, message))
  })

  return (
    request: AppendRequest,
    folder: string,
    messageId: string,
    put: Effect.Effect<Put, MailError>
  ): Effect.Effect<Option.Option<AppendReceipt>, MailError> =>
    // Two with one Message-ID could not be told apart before they are marked.
    oneAtATime(`${folder} ${messageId}`)(store(request, folder, messageId, put))
}
