import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { Cursor, type Entry, type MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { MailboxRejected, MailError, type Operation } from "@mailferry/core/MailError.ts"
import { type Flags, MessageLocator, type MessageSummary, type SystemFlag } from "@mailferry/core/Message.ts"
import { decodeWords } from "@mailferry/imap/HeaderFields.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { GmailApi, MessageFacts } from "./GmailApi.ts"
import { gmailMailboxes } from "./labels/GmailMailboxes.ts"
import { nameOfPath } from "./labels/GmailNames.ts"
import type { LabelBook } from "./labels/LabelBook.ts"
import { missingLabelId } from "./labels/LabelRefusal.ts"

/** A message id stays the message's own as long as it lives, in every mailbox. */
const epoch = "gmail"

/** The marks of one mailbox's messages, by id. */
interface Marks {
  readonly unread: ReadonlySet<string>
  readonly starred: ReadonlySet<string>
}

/** A reader that also gives those who build on it its way from mailboxes to labels. */
export interface GmailReader extends MailboxReader {
  /** The labels that put a message into the mailbox; `MailboxRejected(missing)` where there is no such label. */
  readonly labelIds: (
    operation: Operation,
    mailbox: MailboxPath
  ) => Effect.Effect<ReadonlyArray<string>, MailError>
  /** Has a label forgotten that Gmail says is gone, so that it is made again. */
  readonly forgettingDeleted: (
    operation: Operation
  ) => <A>(call: Effect.Effect<A, MailError>) => Effect.Effect<A, MailError>
  readonly summaryOf: (mailbox: MailboxPath, facts: MessageFacts) => MessageSummary
}

const flagsOf = (isUnread: boolean, isStarred: boolean): Flags => {
  const flags = new Set<SystemFlag>()
  if (!isUnread) flags.add("\\Seen")
  if (isStarred) flags.add("\\Flagged")
  return { flags, keywords: new Set() }
}

const dateOf = (millis: number): DateTime.Utc =>
  Option.getOrElse(DateTime.make(millis), () => DateTime.makeUnsafe(0))

const nonEmpty = (value: Option.Option<string>) => Option.filter(value, (text) => text !== "")

/** Whether a message with these labels stands in the mailbox that those labels make. */
const standsIn = (mailbox: ReadonlyArray<string>, labelIds: ReadonlyArray<string>): boolean =>
  mailbox.length === 0
    ? !labelIds.includes("SPAM") && !labelIds.includes("TRASH")
    : mailbox.every((id) => labelIds.includes(id))

/** The reading half of a Gmail account. Changes nothing: reading a message does not mark it read here. */
export const makeGmailReader = (
  api: GmailApi,
  book: LabelBook,
  { account }: { readonly account: string }
): GmailReader => {
  const labelIds: GmailReader["labelIds"] = (operation, mailbox) =>
    Effect.flatMap(
      book.labelIds(mailbox),
      Option.match({
        onSome: (ids) => Effect.succeed(ids),
        onNone: () => {
          const detail = `there is no label "${nameOfPath(mailbox)}"`
          const reason = new MailboxRejected({ why: "missing", detail, mailbox: [...mailbox] })
          return Effect.fail(new MailError({ adapter: "gmail", operation, reason }))
        }
      })
    )

  const forgettingDeleted: GmailReader["forgettingDeleted"] = (operation) =>
    Effect.catchIf(
      ({ reason }: MailError) =>
        reason._tag === "MailboxRejected" && missingLabelId(reason.detail) !== undefined,
      ({ reason }) => book.deleted(operation, missingLabelId(reason.detail) ?? "", reason.detail)
    )

  const summaryOf: GmailReader["summaryOf"] = (
    mailbox,
    { field, id, internalDate, labelIds, sizeEstimate }
  ) => ({
    locator: MessageLocator(id),
    mailbox,
    stableId: nonEmpty(field("X-Pm-Internal-Id")),
    messageId: nonEmpty(field("Message-ID")),
    internalDate: dateOf(internalDate),
    size: sizeEstimate,
    ...flagsOf(labelIds.includes("UNREAD"), labelIds.includes("STARRED"))
  })

  // With labels of its own a mailbox shows what lies in Trash, too; All Mail leaves it out, and Spam with it.
  const pageOf = (operation: Operation, labelIds: ReadonlyArray<string>, pageToken: string | undefined) =>
    api.list(operation, {
      labelIds,
      everywhere: labelIds.length > 0,
      ...(pageToken === undefined ? {} : { pageToken })
    })

  const idsWith = Effect.fnUntraced(function* (mailbox: ReadonlyArray<string>, mark: string) {
    const ids = new Set<string>()
    const labels = [...mailbox, mark]
    let pageToken: string | undefined
    do {
      const page = yield* api.list("list", {
        labelIds: labels,
        everywhere: mailbox.length > 0,
        ...(pageToken === undefined ? {} : { pageToken })
      })
      for (const id of page.ids) ids.add(id)
      pageToken = page.nextPageToken
    } while (pageToken !== undefined)
    return ids
  })

  // Read with the first page of a mailbox and used for the rest: 5 units for 500 messages, where each told by itself costs 20.
  const marks = new Map<string, Marks>()

  const marksOf = Effect.fnUntraced(function* (mailbox: ReadonlyArray<string>, isFirst: boolean) {
    const key = mailbox.join(" ")
    const known = marks.get(key)
    if (known !== undefined && !isFirst) return known
    const read = {
      unread: yield* idsWith(mailbox, "UNREAD"),
      starred: yield* idsWith(mailbox, "STARRED")
    }
    marks.set(key, read)
    return read
  })

  const list: MailboxReader["list"] = Effect.fn("GmailReader.list")(function* (mailbox, from) {
    const ids = yield* labelIds("list", mailbox)
    const pageToken = Option.getOrUndefined(from)
    const page = yield* pageOf("list", ids, pageToken)
    const { starred, unread } = yield* marksOf(ids, pageToken === undefined)
    if (page.nextPageToken === undefined) marks.delete(ids.join(" "))
    return {
      epoch,
      entries: page.ids.map((id): Entry => ({
        locator: MessageLocator(id),
        flags: Option.some(flagsOf(unread.has(id), starred.has(id)))
      })),
      next: Option.map(Option.fromUndefinedOr(page.nextPageToken), (token) => Cursor(token))
    }
  }, forgettingDeleted("list"))

  const isGone = ({ reason }: MailError) => reason._tag === "MessageRejected" && reason.why === "gone"

  const describe: MailboxReader["describe"] = Effect.fn("GmailReader.describe")(
    function* (mailbox, locators) {
      const ids = yield* labelIds("describe", mailbox)
      // One after another: core counts the calls in flight, and this is one.
      const found = yield* Effect.forEach(locators, (id) =>
        Effect.map(api.facts("describe", id), Option.some).pipe(
          Effect.catchIf(isGone, () => Effect.succeedNone)
        )
      )
      return found.flatMap((facts) =>
        Option.match(facts, {
          onNone: () => [],
          onSome: (facts) => (standsIn(ids, facts.labelIds) ? [summaryOf(mailbox, facts)] : [])
        })
      )
    }
  )

  return {
    kind: "gmail",
    account,
    listMailboxes: Effect.map(book.list, gmailMailboxes),
    list,
    // Listings begin with the newest message, by a date that is the sender's.
    end: () => Effect.succeedNone,
    describe,
    glimpse: Effect.fn("GmailReader.glimpse")(function* (_mailbox, locator) {
      const facts = yield* api.facts("glimpse", locator)
      return {
        subject: Option.map(facts.field("Subject"), decodeWords),
        internalDate: Option.some(dateOf(facts.internalDate)),
        size: Option.none(),
        flags: Option.some(flagsOf(facts.labelIds.includes("UNREAD"), facts.labelIds.includes("STARRED"))),
        bytes: Option.none()
      }
    }),
    fetch: (_mailbox, locator) => api.octets("fetch", locator),
    labelIds,
    forgettingDeleted,
    summaryOf
  }
}
