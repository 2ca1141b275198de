import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { Cursor, type Entry, type MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { MailboxRejected, MailError, MessageRejected, type Operation } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

import type { FolderBook } from "./folders/FolderBook.ts"
import type { Spend } from "./graph/GraphWire.ts"
import { nextPath, readAs } from "./graph/Paged.ts"
import type { Circumstance } from "./graph/Told.ts"
import type { O365Mailbox } from "./O365Mailbox.ts"
import {
  described,
  flagsOf,
  isPartial,
  listed,
  receivedAt,
  StoredMessage,
  summaryOf
} from "./StoredMessage.ts"

/** An immutable id stays the message's own as long as it is in the mailbox. */
const epoch = "o365"

/** Messages on one page: Graph's most. */
const pageSize = 1000

const Page = Schema.Struct({
  value: Schema.Array(StoredMessage),
  "@odata.nextLink": Schema.optionalKey(Schema.String)
})

const isGone = ({ reason }: MailError): boolean => reason._tag === "MessageRejected" && reason.why === "gone"

/** A ledger that was filled by IMAP holds cursors of IMAP's. */
const notOurs = new MailError({
  adapter: "o365",
  operation: "list",
  reason: new MailboxRejected({ why: "uidvalidity-changed", detail: "the cursor is none of Graph's" })
})

/** A reader that also gives those who build on it its way to single messages. */
export interface O365Reader extends MailboxReader {
  readonly get: (operation: Operation, id: string) => Effect.Effect<StoredMessage, MailError>
  /** Messages of a folder, or of the whole mailbox, that a `$filter` names. Parts of messages included. */
  readonly search: (
    operation: Operation,
    folder: string | undefined,
    filter: string,
    spend?: Spend
  ) => Effect.Effect<ReadonlyArray<StoredMessage>, MailError>
}

/** The reading half of an Exchange mailbox. Reading changes nothing: `isRead` is set by clients, not by requests. */
export const makeO365Reader = (
  { account, mailboxPath, told, wire }: O365Mailbox,
  folders: FolderBook
): O365Reader => {
  const read = (
    operation: Operation,
    path: string,
    { spend, ...circumstance }: Circumstance & { readonly spend?: Spend | undefined } = {}
  ) => {
    const call = { method: "GET" as const, path, ...(spend === undefined ? {} : { spend }) }
    return told(operation, wire.call(operation, call), { notRepeatable: false, ...circumstance })
  }

  const messagePath = (id: string) => `${mailboxPath}/messages/${encodeURIComponent(id)}`

  const pageOf = (operation: Operation, path: string, spend?: Spend) =>
    Effect.flatMap(read(operation, path, { missing: "mailbox", spend }), ({ json }) =>
      readAs(Page)(operation, json)
    )

  const entryOf =
    (mailbox: MailboxPath) =>
    (message: StoredMessage): Entry => ({
      locator: MessageLocator(message.id),
      flags: Option.some(flagsOf(message)),
      // Some were seen to leave out fields when a query also expands: such a message is asked for by itself.
      ...(receivedAt(message) === undefined ? {} : { summary: summaryOf(mailbox, message) })
    })

  const list: MailboxReader["list"] = Effect.fn("O365Reader.list")(function* (mailbox, from) {
    const folder = yield* folders.idOf("list", mailbox)
    if (Option.exists(from, (cursor) => !cursor.startsWith("/"))) return yield* notOurs
    // In the order of creation, so that what arrives meanwhile comes last.
    const first = `${mailboxPath}/mailFolders/${encodeURIComponent(folder)}/messages?${listed}&$top=${pageSize}&$orderby=createdDateTime`
    const page = yield* pageOf(
      "list",
      Option.getOrElse(from, () => first)
    )
    const next = yield* nextPath("list", page["@odata.nextLink"])
    return {
      epoch,
      // What is not whole yet is no message: whoever comes to finish it finds it by its key.
      entries: page.value.filter((message) => !isPartial(message)).map(entryOf(mailbox)),
      next: Option.map(Option.fromUndefinedOr(next), (path) => Cursor(path))
    }
  })

  const get: O365Reader["get"] = (operation, id) =>
    Effect.flatMap(read(operation, `${messagePath(id)}?${described}`, { missing: "message" }), ({ json }) =>
      readAs(StoredMessage)(operation, json)
    )

  const search: O365Reader["search"] = Effect.fnUntraced(function* (operation, folder, filter, spend) {
    const place = folder === undefined ? "" : `/mailFolders/${encodeURIComponent(folder)}`
    const { value } = yield* pageOf(
      operation,
      `${mailboxPath}${place}/messages?${filter}&${described}&$top=100`,
      spend
    )
    return value
  })

  /** Only where it still stands in that folder: one that its owner has moved is in another mailbox now. */
  const standsIn = (folder: string, message: StoredMessage): boolean =>
    message.parentFolderId === folder && !isPartial(message)

  const describe: MailboxReader["describe"] = Effect.fn("O365Reader.describe")(function* (mailbox, locators) {
    const folder = yield* folders.idOf("describe", mailbox)
    // One after another: core counts the calls in flight, and this is one.
    const found = yield* Effect.forEach(locators, (id) =>
      Effect.map(get("describe", id), Option.some).pipe(Effect.catchIf(isGone, () => Effect.succeedNone))
    )
    return found.flatMap((message) =>
      Option.isSome(message) && standsIn(folder, message.value) ? [summaryOf(mailbox, message.value)] : []
    )
  })

  return {
    kind: "o365",
    account,
    listMailboxes: Effect.map(folders.list, (all) =>
      all
        .filter(({ hidden }) => !hidden)
        .map(({ path, specialUse }) => ({ path, specialUse, role: "home" as const, proposed: path }))
    ),
    list,
    // Nothing in a folder is in the order of its arrival: what was imported has the days it had.
    end: () => Effect.succeedNone,
    describe,
    glimpse: Effect.fn("O365Reader.glimpse")(function* (_mailbox, locator) {
      const message = yield* get("glimpse", locator)
      return {
        subject: Option.fromNullishOr(message.subject),
        internalDate: Option.fromUndefinedOr(receivedAt(message)),
        size: Option.none(),
        flags: Option.some(flagsOf(message)),
        bytes: Option.none()
      }
    }),
    fetch: Effect.fn("O365Reader.fetch")(function* (_mailbox, locator) {
      const octets = yield* told(
        "fetch",
        wire.octets("fetch", {
          method: "GET",
          path: `${messagePath(locator)}/$value`,
          prefer: ["outlook.allow-unsafe-html"]
        }),
        { missing: "message" }
      )
      if (octets.length > 0) return octets
      const detail = "Exchange gave an empty message"
      return yield* new MailError({
        adapter: "o365",
        operation: "fetch",
        reason: new MessageRejected({ why: "unreadable", detail })
      })
    }),
    get,
    search
  }
}
