import type { AppendReceipt, AppendRequest, DestinationService } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import {
  MailboxRejected,
  MailError,
  type MailErrorReason,
  MessageRejected,
  type Operation
} from "@mailferry/core/MailError.ts"
import { MessageLocator, type MessageSummary } from "@mailferry/core/Message.ts"
import { objectionTo } from "@mailferry/core/NameObjection.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { GmailApi } from "./GmailApi.ts"
import { gmailCapabilities } from "./GmailCapabilities.ts"
import { makeGmailReader } from "./GmailReader.ts"
import type { GmailMessage, Stored } from "./GmailUpload.ts"
import { makeMarker } from "./imap/Marker.ts"
import { pathOfName } from "./labels/GmailNames.ts"
import type { LabelBook } from "./labels/LabelBook.ts"
import { labelIdsOf } from "./labels/LabelIds.ts"

/** The largest message sent in one request (5 MB, as Google's guide to uploads has it): of larger ones a session tells what became of them. */
const largestAtOnce = 5_000_000

/** An id that a search can quote. Others can be neither looked for nor, it must be feared, joined. */
const quotable = /^<[^\s<>"(){}]+>$/u

const quotableId = (messageId: Option.Option<string>): Option.Option<string> =>
  Option.map(
    Option.filter(messageId, (id) => quotable.test(id)),
    (id) => id.slice(1, -1)
  )

const receiptOf = ({ id }: Stored): AppendReceipt => ({ locator: Option.some(MessageLocator(id)) })

/** Where mail is that nobody looks for, and that is deleted after 30 days. */
const purged = ["TRASH", "SPAM"]

/** What the labels that a message really has lack, or have too much, of those it was given. Marks of its own may differ. */
const amiss = ({ labelIds: has }: Stored, given: ReadonlyArray<string>) => ({
  add: has === undefined ? [] : given.filter((id) => id !== "UNREAD" && !has.includes(id)),
  remove: has === undefined ? [] : purged.filter((id) => has.includes(id) && !given.includes(id))
})

const isMissing = ({ reason }: MailError): boolean =>
  reason._tag === "MailboxRejected" && reason.why === "missing"

const isKeptByGmail = ({ reason }: MailError): boolean =>
  reason._tag === "MailboxRejected" && reason.instead !== undefined

/** Both halves of a Gmail account. Waits for nothing and tries nothing twice: that is core's. */
export const makeGmailDestination = (
  api: GmailApi,
  book: LabelBook,
  config: Parameters<typeof gmailCapabilities>[0]
): DestinationService => {
  const reader = makeGmailReader(api, book, { account: config.user })
  const capabilities = gmailCapabilities(config)

  const refuse = (operation: Operation, reason: MailErrorReason) =>
    Effect.fail(new MailError({ adapter: "gmail", operation, reason }))

  const marker = makeMarker(Option.map(Option.fromUndefinedOr(config.marker), pathOfName), book.ensure)

  const markedNow = Effect.flatMap(marker.made, (path) =>
    Option.match(path, {
      onNone: () => Effect.succeed<ReadonlyArray<string>>([]),
      onSome: (path) => reader.labelIds("append", path)
    })
  )

  /** The marker's label. A person may delete it while a run goes on: then it is made again. */
  const markerIds = Effect.catchIf(markedNow, isMissing, () => Effect.andThen(marker.forget, markedNow))

  const labelsOf = Effect.fnUntraced(function* ({ flags, labels, mailbox }: AppendRequest) {
    const idsOf = (path: MailboxPath) => reader.labelIds("append", path)
    const further = yield* Effect.forEach(labels, idsOf)
    const { ids } = labelIdsOf({
      flags,
      home: yield* idsOf(mailbox),
      labels: [...further.flat(), ...(yield* markerIds)]
    })
    return ids
  })

  /** Whatever can be asked about later goes out in one request; the rest by a session that can be asked about itself. */
  const upload = (message: GmailMessage, { alone = false, messageId, note }: AppendRequest) =>
    alone || message.bytes.length > largestAtOnce || Option.isNone(quotableId(messageId))
      ? api.uploadInSession(message, note)
      : api.uploadAtOnce(message)

  const append: DestinationService["append"] = Effect.fn("GmailDestination.append")(function* (request) {
    const { bytes } = request
    const labelIds = yield* labelsOf(request)
    if (bytes.length === 0) {
      return yield* refuse(
        "append",
        new MessageRejected({ why: "malformed", detail: "the message is empty" })
      )
    }
    if (bytes.length > capabilities.maxMessageSize) {
      const detail = `the message has ${bytes.length} octets, Gmail takes ${capabilities.maxMessageSize}`
      return yield* refuse("append", new MessageRejected({ why: "too-large", detail }))
    }
    const stored = yield* upload({ bytes, labelIds }, request)
    // Joined with a message that was deleted there, or that kept a label off, it would not stand where it was sent.
    const { add, remove } = amiss(stored, labelIds)
    const change =
      add.length + remove.length > 0 ? api.modify("append", stored.id, { add, remove }) : Effect.void
    // What is not joined would be stored a second time by whoever repeats this: better there without a label.
    yield* capabilities.joinsByMessageId ? change : Effect.ignore(change)
    return receiptOf(stored)
  }, reader.forgettingDeleted("append"))

  const ensureMailbox: DestinationService["ensureMailbox"] = Effect.fn("GmailDestination.ensureMailbox")((
    path
  ) => {
    const detail = objectionTo(path, capabilities.names)
    return detail === undefined
      ? book.ensure(path)
      : refuse("ensureMailbox", new MailboxRejected({ why: "name", detail, mailbox: [...path] }))
  })

  const copy: DestinationService["copy"] = Effect.fn("GmailDestination.copy")(function* ({ locator }, into) {
    const add = yield* reader.labelIds("copy", into)
    const change = add.length > 0 ? api.modify("copy", locator, { add }) : Effect.void
    yield* Effect.catchIf(change, isKeptByGmail, () => whenThere(locator, add))
    return { locator: Option.some(locator) }
  }, reader.forgettingDeleted("copy"))

  /** SENT is Gmail's to give, with the message or never; one that came with it has it. */
  const whenThere = Effect.fnUntraced(function* (locator: MessageLocator, labelIds: ReadonlyArray<string>) {
    const facts = yield* api.facts("copy", locator)
    if (labelIds.every((id) => facts.labelIds.includes(id))) return
    const detail = `Gmail gives ${labelIds.join(", ")} to no message that is there already`
    return yield* refuse("copy", new MessageRejected({ why: "policy", detail }))
  })

  const addFlags: DestinationService["addFlags"] = Effect.fn("GmailDestination.addFlags")((
    { locator },
    { flags }
  ) => {
    const add = flags.has("\\Flagged") ? ["STARRED"] : []
    const remove = flags.has("\\Seen") ? ["UNREAD"] : []
    return add.length + remove.length === 0 ? Effect.void : api.modify("addFlags", locator, { add, remove })
  })

  /** By Message-ID, which is all that Gmail's search knows of; the stable id decides among what it finds. */
  const find: DestinationService["find"] = Effect.fn("GmailDestination.find")(function* (mailbox, identity) {
    const id = quotableId(identity.messageId)
    if (Option.isNone(id)) return []
    const page = yield* api.list("find", {
      labelIds: [],
      everywhere: true,
      search: `rfc822msgid:${id.value}`
    })
    const found = yield* reader.describe(mailbox, page.ids.map(MessageLocator))
    return found.filter(({ messageId, stableId }: MessageSummary) =>
      Option.isSome(identity.stableId)
        ? Option.contains(stableId, identity.stableId.value)
        : Option.contains(
            messageId,
            Option.getOrElse(identity.messageId, () => "")
          )
    )
  }, Effect.mapError(asFind))

  return {
    ...reader,
    capabilities,
    ensureMailbox,
    append,
    copy,
    discard: () => Effect.void,
    recall: (ticket) => Effect.map(api.askSession(ticket), Option.map(receiptOf)),
    addFlags,
    find
  }
}

/** A look at what was found, told as part of finding it. */
const asFind = ({ adapter, reason }: MailError) => new MailError({ adapter, operation: "find", reason })
