import type { Flags } from "@mailferry/core/Message.ts"
import type * as DateTime from "effect/DateTime"

import { type AttachedFile, attachedFiles } from "./AttachedPart.ts"
import { categoryNames } from "./CategoryColours.ts"
import { decodedWords } from "./EncodedWords.ts"
import { messageProperties, propertyIds } from "./GraphProperties.ts"
import type { GraphRequest } from "./GraphRequest.ts"
import { internetHeaders } from "./InternetHeaders.ts"
import { mailAddresses } from "./MailAddresses.ts"
import { messageContent } from "./MessageContent.ts"
import type { MessageLoss } from "./MessageLoss.ts"
import { fieldOf, type MimePart, mimeTree } from "./MimeTree.ts"
import { needsOriginal, originalLoss, type OriginalReason } from "./NeedsOriginal.ts"
import { oneLine } from "./PlainText.ts"
import { fitRequest } from "./RequestSize.ts"
import { attachmentRoute } from "./UploadParts.ts"

export interface BuildOptions extends Flags {
  /** Names of labels; made fit by {@link categoryNames}. */
  readonly categories: ReadonlyArray<string>
  readonly internalDate: DateTime.Utc
  /** What the message is found by after an unknown outcome: SHA-256 in lower-case hexadecimal. */
  readonly key: string
  /** Octets of the internet headers at most; 32 KiB unless said, since no limit is documented and others stop there. */
  readonly headerBlockLimit?: number
  /** Whether the message is a draft: then nothing says that it was sent or received. */
  readonly isDraft?: boolean
  /** Whether all of it goes as a file, under a note that says so: for what Exchange refuses in every other form. */
  readonly asFile?: boolean
  /** Whether the whole message is attached as `original.eml`: not unless said. */
  readonly original?: "never" | "when-needed" | "always"
}

/** An attachment to be added when the message is there, after the one before it: Exchange refuses two at a time. */
export interface LaterAttachment extends AttachedFile {
  readonly route: "post" | "session"
}

export interface BuiltMessage {
  readonly _tag: "built"
  /** The creating request, at most 3.5 MB as JSON. */
  readonly request: GraphRequest
  /** The attachments that are in the request. */
  readonly small: ReadonlyArray<AttachedFile>
  /** The rest, in the order to add them. With any, the request's state property says `partial`. */
  readonly later: ReadonlyArray<LaterAttachment>
  /** Why the message should go by IMAP, or with its original attached. */
  readonly needsOriginal: OriginalReason | undefined
  readonly losses: ReadonlyArray<MessageLoss>
}

/** An attachment is larger than any way into the mailbox. */
export interface TooLarge {
  readonly _tag: "too-large"
  readonly detail: string
}

const usualHeaderLimit = 32 * 1024

/** The few fields that come as live headers: each name is a property in the mailbox for ever, so never the mail's own choice. */
const liveHeaders: ReadonlyArray<string> = ["x-pm-internal-id", "x-pm-external-id"]

/** What Graph takes as the value of an x- header: tools agree on 995 characters. */
const longestLiveHeader = 995

/** RFC 5322 section 3.6.4, as wide as mail has it: something between one pair of brackets. */
const messageIdPattern = /^<[^<>\s]+>$/u

/** Importance (RFC 2156), X-Priority and Priority: the first that says anything. */
const importanceOf = (root: MimePart): GraphRequest["importance"] => {
  const said = ["importance", "x-priority", "x-msmail-priority", "priority"]
    .map((name) => (fieldOf(root, name) ?? "").trim().toLowerCase())
    .find((value) => value !== "" && !/^(?:3|normal|medium)\b/u.test(value))
  if (said === undefined) return "normal"
  if (/^(?:[12]|high|urgent)\b/u.test(said)) return "high"
  return /^(?:[45]|low|non-urgent)\b/u.test(said) ? "low" : "normal"
}

const messageIdOf = (root: MimePart, losses: Array<MessageLoss>): string | undefined => {
  const id = (fieldOf(root, "message-id") ?? "").trim()
  if (id === "" || (messageIdPattern.test(id) && id.length <= longestLiveHeader)) return id || undefined
  losses.push({ kind: "message-id", detail: "its Message-ID is none; Exchange makes one of its own" })
  return undefined
}

const liveHeadersOf = (root: MimePart) =>
  liveHeaders.flatMap((name) => {
    const value = oneLine(fieldOf(root, name) ?? "")
    return value === "" || value.length > longestLiveHeader ? [] : [{ name, value }]
  })

const originalOf = (octets: Uint8Array): AttachedFile => ({
  name: "original.eml",
  contentType: "message/rfc822",
  isInline: false,
  octets: Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
})

/**
 * What to tell Graph so that this message lies in a mailbox as if it had been received there. Total: any octets give
 * a request, and what of them it cannot hold is a row of `losses`. For drafts there is another way: Graph takes their MIME.
 */
export const buildMessage = (octets: Uint8Array, options: BuildOptions): BuiltMessage | TooLarge =>
  options.asFile === true ? buildNote(octets, options) : buildWhole(octets, options)

const buildWhole = (octets: Uint8Array, options: BuildOptions): BuiltMessage | TooLarge => {
  const root = mimeTree(octets)
  const reason = needsOriginal(root)
  const content = messageContent(root)
  const { body } = content
  const { files, losses: fileLosses } = attachedFiles(
    content.attached,
    body.contentType === "html" ? body.content : ""
  )
  const { losses: addressLosses, replyTo, ...addresses } = mailAddresses(root)
  const headers = internetHeaders(root.header, options.headerBlockLimit ?? usualHeaderLimit)
  const { losses: propertyLosses, properties } = messageProperties(root, {
    ...options,
    headers: headers.text
  })
  const losses: Array<MessageLoss> = [
    ...(reason === undefined ? [] : [originalLoss(reason)]),
    ...content.losses,
    ...fileLosses,
    ...addressLosses,
    ...headers.losses,
    ...propertyLosses
  ]
  const internetMessageId = messageIdOf(root, losses)
  const live = liveHeadersOf(root)
  const request: GraphRequest = {
    subject: oneLine(decodedWords(fieldOf(root, "subject") ?? "")),
    body,
    ...addresses,
    ...(replyTo.length === 0 ? {} : { replyTo }),
    ...(internetMessageId === undefined ? {} : { internetMessageId }),
    isRead: options.flags.has("\\Seen"),
    importance: importanceOf(root),
    categories: categoryNames(options.categories),
    ...(options.flags.has("\\Flagged") ? { flag: { flagStatus: "flagged" as const } } : {}),
    ...(live.length === 0 ? {} : { internetMessageHeaders: live }),
    singleValueExtendedProperties: properties.filter(
      ({ id }) => options.isDraft !== true || id !== propertyIds.messageFlags
    )
  }
  const wantsOriginal =
    options.original === "always" || (options.original === "when-needed" && reason !== undefined)
  return divided(request, wantsOriginal ? [...files, originalOf(octets)] : files, losses, reason)
}

/** What is read where the message could not be stored. */
const noteText =
  "Exchange could not store this message as it is. All of it is in the attached original.eml, which opens in any mail program.\n"

/** The dates, marks and key of the message, and nothing that Exchange could take offence at. */
const buildNote = (octets: Uint8Array, options: BuildOptions): BuiltMessage | TooLarge => {
  const root = mimeTree(octets)
  const { properties } = messageProperties(root, { ...options, headers: "" })
  const essential: ReadonlySet<string> = new Set([
    propertyIds.messageFlags,
    propertyIds.deliveryTime,
    propertyIds.submitTime,
    propertyIds.key
  ])
  const subject = oneLine(decodedWords(fieldOf(root, "subject") ?? ""))
  const request: GraphRequest = {
    subject: subject.slice(0, 255).toWellFormed(),
    body: { contentType: "text", content: noteText },
    from: mailAddresses(root).from,
    toRecipients: [],
    ccRecipients: [],
    bccRecipients: [],
    isRead: options.flags.has("\\Seen"),
    importance: "normal",
    categories: categoryNames(options.categories),
    ...(options.flags.has("\\Flagged") ? { flag: { flagStatus: "flagged" as const } } : {}),
    singleValueExtendedProperties: properties.filter(({ id }) => essential.has(id))
  }
  const detail = "Exchange refused it in every form: it is attached to a note as original.eml"
  return divided(request, [originalOf(octets)], [{ kind: "stored-as-file", detail }], undefined)
}

/** The request with what has room in it, and the attachments that come after. */
const divided = (
  request: GraphRequest,
  files: ReadonlyArray<AttachedFile>,
  losses: ReadonlyArray<MessageLoss>,
  reason: OriginalReason | undefined
): BuiltMessage | TooLarge => {
  const fitted = fitRequest(request, files)
  const later: Array<LaterAttachment> = []
  for (const file of fitted.later) {
    const route = attachmentRoute(file.octets.length)
    if (route === "refused") {
      const detail = `an attachment has ${file.octets.length} octets, Exchange takes 150 MB`
      return { _tag: "too-large", detail }
    }
    later.push({ ...file, route })
  }
  return {
    _tag: "built",
    request: fitted.request,
    small: fitted.small,
    later,
    needsOriginal: reason,
    losses: [...losses, ...fitted.losses]
  }
}
