import {
  attachmentPart,
  dateField,
  encodedWords,
  headerBlock,
  type HeaderField,
  mailboxAddress,
  mimeMessage,
  type MimePart,
  multipart,
  textPart
} from "../sample/MimeBuilder.ts"
import { htmlAsRead, textOf } from "./HtmlBody.ts"
import { sealedEntity } from "./SealedMail.ts"
import type { StoredAttachment } from "./StoredAttachment.ts"
import type { Recipient, StoredMessage } from "./StoredMessage.ts"

const addresses = (recipients: ReadonlyArray<Recipient>): string =>
  recipients
    .map(({ emailAddress: { name, address } }) =>
      mailboxAddress({ name: name ?? "", address: address ?? "" })
    )
    .join(",\r\n ")

const lines = (text: string): string => text.replaceAll(/\r?\n/gu, "\r\n")

/** The alternative in plain text is Exchange's own, not the one that came. */
const bodyPart = ({ parts: { body }, immutableId }: StoredMessage): MimePart =>
  body.contentType === "text"
    ? textPart(lines(body.content))
    : multipart("alternative", `_000_${immutableId.slice(-24)}_`, [
        textPart(lines(textOf(body.content))),
        textPart(lines(htmlAsRead(body.content, true)), "html")
      ])

const filePart = ({ name, contentType, contentId, isInline, octets }: StoredAttachment): MimePart => {
  const part = attachmentPart(name, contentType, octets.read(), isInline ? "inline" : "attachment")
  return contentId === undefined
    ? part
    : { ...part, fields: [...part.fields, ["Content-ID", `<${contentId}>`]] }
}

const wrapped = (message: StoredMessage): MimePart => {
  const key = message.immutableId.slice(-24)
  const inline = message.attachments.filter(({ isInline }) => isInline)
  const files = message.attachments.filter(({ isInline }) => !isInline)
  const body = bodyPart(message)
  const related =
    inline.length === 0 ? body : multipart("related", `_004_${key}_`, [body, ...inline.map(filePart)])
  return files.length === 0 ? related : multipart("mixed", `_005_${key}_`, [related, ...files.map(filePart)])
}

const header = ({ parts }: StoredMessage): ReadonlyArray<HeaderField> => {
  const line = (name: string, value: string | undefined): ReadonlyArray<HeaderField> =>
    value === undefined || value === "" ? [] : [[name, value]]
  const differs = parts.sender?.emailAddress.address !== parts.from?.emailAddress.address
  return [
    ...line("From", addresses(parts.from === undefined ? [] : [parts.from])),
    ...line("Sender", differs && parts.sender !== undefined ? addresses([parts.sender]) : undefined),
    ...line("To", addresses(parts.toRecipients)),
    ...line("CC", addresses(parts.ccRecipients)),
    ...line("BCC", addresses(parts.bccRecipients)),
    ...line("Reply-To", addresses(parts.replyTo)),
    ...line("Subject", encodedWords(parts.subject)),
    ...line("Thread-Topic", encodedWords(parts.subject.replace(/^(?:re|fwd?):\s*/iu, ""))),
    ["Date", dateField(Math.floor(parts.sent / 1000))],
    ...line("Message-ID", parts.internetMessageId),
    ...line("References", parts.references),
    ...line("In-Reply-To", parts.inReplyTo),
    ...line("Importance", parts.importance === "normal" ? undefined : parts.importance),
    ...line("Keywords", parts.categories.map(encodedWords).join(", ")),
    ...parts.headers.map(({ name, value }): HeaderField => [name, encodedWords(value)]),
    ["MIME-Version", "1.0"]
  ]
}

/** A message written anew from what is stored: never the octets that came. What was signed or sealed is as it was. */
export const mimeOf = (message: StoredMessage): Buffer => {
  const sealed = sealedEntity(message)
  return sealed === undefined
    ? Buffer.from(mimeMessage(header(message), wrapped(message)))
    : Buffer.concat([headerBlock(header(message)), sealed])
}
