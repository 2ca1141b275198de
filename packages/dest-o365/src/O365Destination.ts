import type { AppendRequest, DestinationService } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { MailboxRejected, MailError, MessageRejected } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { objectionTo } from "@mailferry/core/NameObjection.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"

import { largestMime, makeDraftMime } from "./append/DraftMime.ts"
import { makeJsonRoute } from "./append/JsonRoute.ts"
import { makeLeftover } from "./append/Leftover.ts"
import { makeMarkedAfter, type Put } from "./append/MarkedAfter.ts"
import { categoriesOf, markChange } from "./append/Marks.ts"
import { probe, type ProbeResult } from "./append/Probe.ts"
import { readTicket } from "./append/Ticket.ts"
import type { CategoryBook } from "./categories/CategoryBook.ts"
import type { FolderBook } from "./folders/FolderBook.ts"
import type { Folder } from "./folders/FolderTree.ts"
import { readCreatedAs } from "./graph/Paged.ts"
import type { ImapAppend } from "./imap/ImapAppend.ts"
import { mimeTree } from "./message/MimeTree.ts"
import { isKeptWhole } from "./message/NeedsOriginal.ts"
import { o365Capabilities } from "./O365Capabilities.ts"
import type { O365Config } from "./O365Config.ts"
import type { O365Mailbox } from "./O365Mailbox.ts"
import { makeO365Reader } from "./O365Reader.ts"
import { isPartial, summaryOf, withKey, withMessageId } from "./StoredMessage.ts"

const readId = readCreatedAs(Schema.Struct({ id: Schema.String }))

export interface O365Parts {
  readonly mailbox: O365Mailbox
  readonly folders: FolderBook
  readonly categories: CategoryBook
  /** The way for what Graph would break; none where it was not granted. */
  readonly imap: Option.Option<ImapAppend>
}

const nameRefused = (detail: string, path: MailboxPath) =>
  new MailError({
    adapter: "o365",
    operation: "ensureMailbox",
    reason: new MailboxRejected({ why: "name", detail, mailbox: path })
  })

/** IMAP cannot be had in this run. */
const isNoImap = ({ reason }: MailError): boolean => reason._tag === "AuthFailed" || reason._tag === "Fatal"

/** It does not take this one, or knows no such folder: Graph will. */
const isNotForImap = (error: MailError): boolean =>
  isNoImap(error) || error.reason._tag === "MessageRejected" || error.reason._tag === "MailboxRejected"

/** A Message-ID that Exchange gives back as it was (RFC 5322 section 3.6.4): a message is found by no other. */
const isFindable = (messageId: string): boolean => /^<[^<>\s]{1,990}>$/u.test(messageId)

const refusedPut: Put = { _tag: "Refused" }

/** An Exchange mailbox behind Microsoft Graph. */
export const makeO365Destination = Effect.fnUntraced(function* (
  config: Pick<O365Config, "original" | "user">,
  { categories, folders, imap, mailbox }: O365Parts
) {
  const capabilities = o365Capabilities(config)
  const { mailboxPath, told, wire } = mailbox
  const reader = makeO365Reader(mailbox, folders)
  const draftMime = makeDraftMime(mailbox)
  const markedAfter = makeMarkedAfter(mailbox, reader, categories)
  const leftover = makeLeftover(mailbox, reader)
  const probing = probe(mailbox, reader, folders)
  // What could not be removed at once; the mailbox's owner would keep it if no other message came.
  yield* Effect.addFinalizer(() => Effect.ignore(probing.cleared))
  const oneProbe = yield* Semaphore.make(1)
  let probed: ReturnType<typeof makeJsonRoute> | undefined
  let hasImap = Option.isSome(imap)
  let isImapSeen = false
  const oneLook = yield* Semaphore.make(1)

  /** Made once the mailbox has shown how it takes mail; asked again after a failure. */
  const jsonRoute = (request: AppendRequest) =>
    Effect.suspend(() =>
      probed === undefined
        ? Effect.map(probing.run(request.spend), (result: ProbeResult) => {
            probed ??= makeJsonRoute(mailbox, reader, categories, result)
            return probed
          })
        : Effect.as(probing.cleared, probed)
    ).pipe(oneProbe.withPermit)

  /** By IMAP, as it was. A port that is closed would cost every message its tries. */
  const byImap = (request: AppendRequest, { specialUse }: Folder): Effect.Effect<Put, MailError> => {
    if (Option.isNone(imap)) return Effect.succeed(refusedPut)
    const { bytes, flags, internalDate, mailbox: path } = request
    const put = imap.value.append({ path, specialUse, flags, internalDate, octets: bytes }).pipe(
      Effect.as<Put>({ _tag: "Taken" }),
      Effect.tapError((error) => Effect.sync(() => void (hasImap &&= !isNoImap(error)))),
      Effect.catchIf(isNotForImap, () => Effect.succeed(refusedPut))
    )
    return Effect.andThen(request.spend(bytes.length), put)
  }

  /** Looked at once, and again after Exchange has asked to be left alone: that says nothing of IMAP. */
  const isImapOpen = Effect.suspend(() =>
    isImapSeen || !hasImap || Option.isNone(imap)
      ? Effect.succeed(hasImap)
      : imap.value.check.pipe(
          Effect.catch(({ reason }) =>
            reason._tag === "Throttled"
              ? Effect.fail(new MailError({ adapter: "o365", operation: "append", reason }))
              : Effect.sync(() => void (hasImap = false))
          ),
          Effect.map(() => {
            isImapSeen = true
            return hasImap
          })
        )
  ).pipe(oneLook.withPermit)

  /** The way for what JSON would not do justice to; undefined for all other mail. */
  const otherWay = Effect.fnUntraced(function* (request: AppendRequest, folder: Folder, isDraft: boolean) {
    const { bytes } = request
    if (isDraft) {
      const fits = Option.contains(folder.specialUse, "drafts") && bytes.length <= largestMime
      return fits ? draftMime(request) : undefined
    }
    const isSealed = hasImap && config.original === "when-needed" && isKeptWhole(mimeTree(bytes))
    return isSealed && (yield* isImapOpen) ? byImap(request, folder) : undefined
  })

  /** Has a folder forgotten that Graph says is gone, so that it is made again. */
  const forgetting =
    (path: MailboxPath) =>
    <A>(call: Effect.Effect<A, MailError>) =>
      Effect.tapError(call, ({ reason }) =>
        Effect.sync(() => {
          if (reason._tag === "MailboxRejected" && reason.why === "missing") folders.forget(path)
        })
      )

  const store = Effect.fnUntraced(function* (request: AppendRequest) {
    const { bytes, messageId } = request
    if (bytes.length > capabilities.maxMessageSize) {
      const detail = `the message has ${bytes.length} octets, Exchange takes ${capabilities.maxMessageSize}`
      const reason = new MessageRejected({ why: "too-large", detail })
      return yield* new MailError({ adapter: "o365", operation: "append", reason })
    }
    const byJson = yield* jsonRoute(request)
    const folder = yield* folders.at("append", request.mailbox)
    const isDrafts = Option.contains(folder.specialUse, "drafts")
    const isDraft = request.flags.has("\\Draft") || isDrafts
    const begun = Option.map(readTicket(yield* request.ticket), ({ route }) => route)
    // What an earlier attempt has stored in one way counts, though that may be closed by now, or another open.
    const isBegun = Option.contains(begun, "marked-after")
    const id = Option.filter(messageId, isFindable)
    if (Option.isSome(id) && (isBegun || Option.isNone(begun))) {
      const way = yield* otherWay(request, folder, isDraft)
      if (way !== undefined || isBegun) {
        const put = way ?? Effect.succeed(refusedPut)
        const receipt = yield* markedAfter(request, folder.id, id.value, put)
        if (Option.isSome(receipt)) return receipt.value
      }
    }
    return yield* byJson(request, { folder: folder.id, isDraft, original: config.original })
  })

  const append: DestinationService["append"] = Effect.fn("O365Destination.append")((request) =>
    forgetting(request.mailbox)(store(request))
  )

  const copy: DestinationService["copy"] = Effect.fn("O365Destination.copy")(function* ({ locator }, into) {
    const destinationId = yield* folders.idOf("copy", into)
    const path = `${mailboxPath}/messages/${encodeURIComponent(locator)}/copy`
    const copied = wire.call("copy", { method: "POST", path, json: { destinationId }, expects: 201 })
    const { json } = yield* told("copy", copied, { missing: "message" })
    const { id } = yield* readId("copy", json)
    return { locator: Option.some(MessageLocator(id)) }
  })

  const addFlags: DestinationService["addFlags"] = Effect.fn("O365Destination.addFlags")(function* (
    { locator },
    flags
  ) {
    const present = yield* reader.get("addFlags", locator)
    const change = markChange(flags, present)
    if (change === undefined) return
    if ("categories" in change) {
      yield* categories.ensure(categoriesOf(flags), undefined, "addFlags")
    }
    const path = `${mailboxPath}/messages/${encodeURIComponent(locator)}`
    yield* told("addFlags", wire.call("addFlags", { method: "PATCH", path, json: change }), {
      missing: "message"
    })
  })

  const find: DestinationService["find"] = Effect.fn("O365Destination.find")(function* (path, identity) {
    const { messageId, migrationKey, stableId } = identity
    const id = Option.getOrUndefined(messageId)
    const filter =
      migrationKey === undefined ? (id === undefined ? undefined : withMessageId(id)) : withKey(migrationKey)
    if (filter === undefined) return []
    const found = yield* reader.search("find", yield* folders.idOf("find", path), filter)
    return found
      .filter((message) => !isPartial(message))
      .map((message) => summaryOf(path, message))
      .filter(
        (summary) =>
          migrationKey !== undefined ||
          Option.isNone(stableId) ||
          Option.contains(summary.stableId, stableId.value)
      )
  })

  const service: DestinationService = {
    ...reader,
    capabilities,
    ensureMailbox: (path, specialUse) => {
      const detail = objectionTo(path, capabilities.names)
      return detail === undefined ? folders.ensure(path, specialUse) : Effect.fail(nameRefused(detail, path))
    },
    append,
    copy,
    recall: leftover.recall,
    discard: leftover.discard,
    addFlags,
    find
  }
  return service
})
