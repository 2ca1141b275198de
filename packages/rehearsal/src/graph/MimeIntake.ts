import { parseMailDate } from "../bridge/MailDate.ts"
import { decodeQuotedPrintable } from "../bridge/QuotedPrintable.ts"
import { parseAddresses } from "../imap/AddressList.ts"
import { decodeWords } from "../imap/EncodedWord.ts"
import { bodyStart, fieldValue, firstValue, headerFields } from "../imap/HeaderBlock.ts"
import { parseMime, type MimePart } from "../imap/MimeTree.ts"
import { parseParameters } from "../imap/Parameters.ts"
import { newAttachment } from "./Attaching.ts"
import { badRequest } from "./GraphError.ts"
import type { Mailbox } from "./Mailbox.ts"
import { newMessageId } from "./MessageIntake.ts"
import type { StoredAttachment } from "./StoredAttachment.ts"
import type { MessageBody, MessageParts, Recipient } from "./StoredMessage.ts"

export interface MimeMessage {
  readonly parts: MessageParts
  readonly attachments: ReadonlyArray<StoredAttachment>
  /** Bytes of the MIME. */
  readonly size: number
}

const undeserialisable = (): Error => badRequest("were unable to deserialize", "UnableToDeserializePostBody")

/** Longer ones are not taken (RFC 5322, section 2.1.1). Octets. */
const longestHeaderLine = 998

/** Fails with 400 as Exchange's reader does: on bare line feeds, endless header lines and nothing at all. */
const checked = (octets: Buffer): Buffer => {
  const text = octets.toString("latin1")
  if (text.trim() === "" || /(?<!\r)\n/u.test(text)) throw undeserialisable()
  const head = text.slice(0, bodyStart(octets))
  if (head.split("\r\n").some((line) => line.length > longestHeaderLine)) throw undeserialisable()
  if (!headerFields(octets).some(({ name }) => name !== "")) throw undeserialisable()
  return octets
}

const unbase64 = (octets: Buffer): Buffer => {
  const text = octets.toString("latin1").replaceAll(/[\r\n]/gu, "")
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/u.test(text)) {
    throw badRequest("Invalid base64 string for MIME content.", "ErrorMimeContentInvalidBase64String")
  }
  return Buffer.from(text, "base64")
}

const decoded = (octets: Buffer, part: MimePart): Buffer => {
  const body = octets.subarray(part.bodyStart, part.end)
  const encoding =
    firstValue(octets.subarray(part.start, part.bodyStart), "Content-Transfer-Encoding") ?? "7bit"
  switch (encoding.toLowerCase()) {
    case "base64":
      return Buffer.from(body.toString("latin1"), "base64")
    case "quoted-printable":
      return decodeQuotedPrintable(body)
    default:
      return Buffer.from(body)
  }
}

const textIn = (octets: Buffer, part: MimePart): string => {
  const charset = part.parameters.get("charset") ?? "utf-8"
  try {
    return new TextDecoder(charset).decode(decoded(octets, part))
  } catch {
    return decoded(octets, part).toString("latin1")
  }
}

const dispositionOf = (octets: Buffer, part: MimePart) =>
  parseParameters(firstValue(octets.subarray(part.start, part.bodyStart), "Content-Disposition") ?? "")

const leaves = (part: MimePart): ReadonlyArray<MimePart> =>
  part.type === "multipart" && part.children.length > 0 ? part.children.flatMap(leaves) : [part]

const isBody = (octets: Buffer, part: MimePart): boolean =>
  part.type === "text" &&
  (part.subtype === "plain" || part.subtype === "html") &&
  dispositionOf(octets, part).value.toLowerCase() !== "attachment"

const attachmentOf = (mailbox: Mailbox, octets: Buffer, part: MimePart): StoredAttachment => {
  const disposition = dispositionOf(octets, part)
  const contentId = firstValue(octets.subarray(part.start, part.bodyStart), "Content-ID")
  const name = disposition.parameters.get("filename") ?? part.parameters.get("name")
  const item = {
    name: name === undefined ? `attachment.${part.subtype === "rfc822" ? "eml" : "dat"}` : decodeWords(name),
    contentType: `${part.type}/${part.subtype}`,
    isInline: disposition.value.toLowerCase() === "inline" && contentId !== undefined,
    contentId: contentId?.replaceAll(/[<>]/gu, "")
  }
  return newAttachment(mailbox, item, mailbox.keep(decoded(octets, part)))
}

const recipients = (text: string | undefined): ReadonlyArray<Recipient> =>
  parseAddresses(text ?? "").flatMap(({ name, mailbox, host }) => {
    if (mailbox === undefined || host === undefined) return []
    const address = `${mailbox}@${host}`
    return [{ emailAddress: { name: name === undefined ? address : decodeWords(name), address } }]
  })

/** A draft, whatever it says: a MIME body brings no properties, so that nothing takes mfUnsent away. */
export const messageFromMime = (mailbox: Mailbox, body: Buffer): MimeMessage =>
  partsOfMime(mailbox, checked(unbase64(body)))

/** What Exchange keeps of a message. */
export const partsOfMime = (mailbox: Mailbox, octets: Buffer): MimeMessage => {
  const all = leaves(parseMime(octets))
  const bodies = all.filter((part) => isBody(octets, part))
  const html = bodies.find(({ subtype }) => subtype === "html")
  const text = html ?? bodies[0]
  const content: MessageBody =
    text === undefined
      ? { contentType: "text", content: "" }
      : { contentType: text === html ? "html" : "text", content: textIn(octets, text) }
  const value = (name: string) => firstValue(octets, name)
  const date = value("Date")
  const from = recipients(value("From"))[0]
  const priority = (value("Importance") ?? "normal").toLowerCase()
  const xHeaders = headerFields(octets)
    .filter(({ name }) => /^x-/iu.test(name))
    .map((field) => ({ name: field.name, value: fieldValue(octets, field) }))
  const parts: MessageParts = {
    subject: decodeWords(value("Subject") ?? ""),
    body: content,
    from,
    sender: recipients(value("Sender"))[0] ?? from,
    toRecipients: recipients(value("To")),
    ccRecipients: recipients(value("Cc")),
    bccRecipients: recipients(value("Bcc")),
    replyTo: recipients(value("Reply-To")),
    internetMessageId: value("Message-ID") ?? newMessageId(),
    isRead: true,
    isDraft: true,
    importance: ["low", "normal", "high"].includes(priority) ? priority : "normal",
    categories: [],
    flag: { flagStatus: "notFlagged" },
    inferenceClassification: "focused",
    isReadReceiptRequested: value("Disposition-Notification-To") !== undefined,
    isDeliveryReceiptRequested: false,
    headers: xHeaders,
    transportHeaders: undefined,
    inReplyTo: value("In-Reply-To"),
    references: value("References"),
    received: Date.now(),
    sent: (date === undefined ? undefined : parseMailDate(date)) ?? Date.now(),
    properties: new Map()
  }
  const attachments = all
    .filter(
      (part) => part !== text && !(isBody(octets, part) && html !== undefined && part.subtype === "plain")
    )
    .map((part) => attachmentOf(mailbox, octets, part))
  return { parts, attachments, size: octets.length }
}
