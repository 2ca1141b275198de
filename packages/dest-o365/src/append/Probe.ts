import { randomBytes } from "node:crypto"

import { Fatal, MailError, Transient } from "@mailferry/core/MailError.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import type { FolderBook } from "../folders/FolderBook.ts"
import type { Spend } from "../graph/GraphWire.ts"
import { readAs } from "../graph/Paged.ts"
import { buildMessage } from "../message/GraphMessage.ts"
import { propertyIds } from "../message/GraphProperties.ts"
import type { O365Mailbox } from "../O365Mailbox.ts"
import type { O365Reader } from "../O365Reader.ts"
import { propertyOf, receivedAt, sentAt, type StoredMessage } from "../StoredMessage.ts"

/** What this mailbox does with messages that are made as we make them. */
export interface ProbeResult {
  /** Whether a message that is made unread is unread; where not, it is said once more after that. */
  readonly keepsUnread: boolean
}

/** Names nobody else gives a folder; hidden from its owner while it exists. */
const folderName = /^mailferry probe [0-9a-f]{16}$/u

const Id = Schema.Struct({ id: Schema.String })
const readId = readAs(Id)

const day = DateTime.makeUnsafe("2010-02-03T04:05:06Z")

const letter = Buffer.from(
  [
    "Received: from mailferry.invalid by mailferry.invalid; Wed, 3 Feb 2010 04:05:06 +0000",
    "From: mailferry <probe@mailferry.invalid>",
    "To: probe@mailferry.invalid",
    "Subject: mailferry probe",
    "Date: Wed, 3 Feb 2010 04:05:00 +0000",
    "Message-ID: <probe@mailferry.invalid>",
    "",
    "mailferry looks how this mailbox takes mail, and removes this at once.",
    ""
  ].join("\r\n")
)

const sent = DateTime.makeUnsafe("2010-02-03T04:05:00Z")

const refusal = (detail: string) =>
  new MailError({
    adapter: "o365",
    operation: "append",
    reason: new Fatal({
      detail: `the probe came out wrong: ${detail}`,
      advice:
        "Nothing was carried over, and the probe was removed. Mail that is made this way would look wrong for ever. For this mailbox use `transport: imap`, and report it."
    })
  })

/** What befalls the probe says nothing of the message that waits for it: that one must not be set aside for it. */
const ofProbe = (error: MailError): MailError => {
  const { reason } = error
  if (reason._tag !== "MessageRejected" && reason._tag !== "MailboxRejected") return error
  if (reason.why !== "gone" && reason.why !== "missing") return refusal(reason.detail)
  // Another job for this mailbox takes it for what a run that was killed has left.
  const detail = `the probe was removed by somebody else: ${reason.detail}`
  return new MailError({
    adapter: "o365",
    operation: "append",
    reason: new Transient({ detail, applied: "no" })
  })
}

const isAskedToWait = (reason: MailError["reason"]): boolean =>
  reason._tag === "Throttled" || (reason._tag === "Transient" && reason.retryAfter !== undefined)

const isPassing = ({ reason }: MailError): boolean =>
  reason._tag === "Throttled" || reason._tag === "Transient"

const isDay = (is: DateTime.Utc | undefined, wanted: DateTime.Utc): boolean =>
  is !== undefined && Math.abs(DateTime.toEpochMillis(is) - DateTime.toEpochMillis(wanted)) <= 1000

/** What is wrong with a probe as it was read back, in a person's words; undefined when all is well. */
const faultOf = (message: StoredMessage, key: string): string | undefined => {
  if (message.isDraft === true) return "this mailbox makes a draft of received mail"
  if (!isDay(receivedAt(message), day)) return "this mailbox shows received mail with another day"
  if (!isDay(sentAt(message), sent)) return "this mailbox shows mail with another day of sending"
  if (message.internetMessageId !== "<probe@mailferry.invalid>") return "the Message-ID is not kept"
  if (message.categories?.includes("mailferry probe") !== true) return "categories are not kept"
  if (propertyOf(message, propertyIds.key)?.toLowerCase() !== key) return "our key is not kept"
  return undefined
}

/**
 * Before a mailbox's first real message: makes one unread and one read message of 2010 in a hidden folder, reads them
 * back and removes all of it for good. Whether a draft comes out nobody can say beforehand, least of all for personal
 * accounts, and it can never be mended (graph.md section 8, behaviour 3). Fails with `Fatal` when it does.
 */
export const probe = ({ mailboxPath, told, wire }: O365Mailbox, reader: O365Reader, folders: FolderBook) => {
  const call = (
    method: "POST" | "DELETE",
    path: string,
    options: { readonly json?: unknown; readonly expects?: number; readonly spend?: Spend } = {}
  ) =>
    told("append", wire.call("append", { method, path: `${mailboxPath}${path}`, ...options }), {
      notRepeatable: false,
      missing: "mailbox"
    })

  const folderPath = (id: string) => `/mailFolders/${encodeURIComponent(id)}`

  /** Also what a run that was killed has left. */
  const removeFolder = (id: string) => call("POST", `${folderPath(id)}/permanentDelete`)

  const put = Effect.fnUntraced(function* (folder: string, isRead: boolean, key: string, spend: Spend) {
    const built = buildMessage(letter, {
      flags: new Set(isRead ? ["\\Seen" as const] : []),
      keywords: new Set(),
      categories: ["mailferry probe"],
      internalDate: day,
      key
    })
    if (built._tag === "too-large") return yield* refusal("it is too large")
    const { json } = yield* call("POST", `${folderPath(folder)}/messages`, {
      json: built.request,
      expects: 201,
      spend
    })
    const { id } = yield* readId("append", json)
    // Not from its answer: what counts is what the mailbox holds.
    return yield* Effect.mapError(
      reader.get("describe", id),
      ({ reason }) => new MailError({ adapter: "o365", operation: "append", reason })
    )
  })

  const within = Effect.fnUntraced(function* (folder: string, spend: Spend) {
    const keys = [randomBytes(32).toString("hex"), randomBytes(32).toString("hex")] as const
    const unread = yield* put(folder, false, keys[0], spend)
    const read = yield* put(folder, true, keys[1], spend)
    const fault = faultOf(unread, keys[0]) ?? faultOf(read, keys[1])
    if (fault !== undefined) return yield* refusal(fault)
    if (read.isRead !== true) return yield* refusal("this mailbox shows read mail as unread")
    return { keepsUnread: unread.isRead !== true } satisfies ProbeResult
  })

  /** Folders that could not be removed yet. */
  const left = new Set<string>()

  /**
   * Removes what is left of it; once more with the next message where that fails, and the next run does it else. Fails
   * only with a wait that is asked for, since nothing else may be sent before that.
   */
  const cleared = Effect.suspend(() =>
    Effect.forEach(
      left,
      (id) =>
        removeFolder(id).pipe(
          Effect.catchIf(
            (error) => !isPassing(error),
            () => Effect.void
          ),
          Effect.andThen(Effect.sync(() => left.delete(id)))
        ),
      { discard: true }
    )
  ).pipe(
    Effect.catchIf(
      ({ reason }) => !isAskedToWait(reason),
      () => Effect.void
    )
  )

  const run = Effect.fn("O365Probe")(function* (spend: Spend) {
    const known = yield* Effect.mapError(
      folders.list,
      ({ reason }) => new MailError({ adapter: "o365", operation: "append", reason })
    )
    for (const { id, path } of known) {
      if (path.length === 1 && folderName.test(path[0])) yield* removeFolder(id)
    }
    const json = { displayName: `mailferry probe ${randomBytes(8).toString("hex")}`, isHidden: true }
    const made = yield* call("POST", "/mailFolders", { json, expects: 201, spend })
    const { id } = yield* readId("append", made.json)
    left.add(id)
    // What it finds counts, also when the folder cannot be removed now.
    const found = yield* Effect.onError(within(id, spend), () => Effect.ignore(cleared))
    yield* cleared
    return found
  }, Effect.mapError(ofProbe))

  return { run, cleared }
}
