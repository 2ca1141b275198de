import { bodyStart, headerFields } from "../imap/HeaderBlock.ts"
import { parseMime } from "../imap/MimeTree.ts"
import { newAttachment } from "./Attaching.ts"
import type { Mailbox } from "./Mailbox.ts"
import type { MimeMessage } from "./MimeIntake.ts"
import type { StoredMessage } from "./StoredMessage.ts"

/** PidTagMessageClass. */
const messageClass = "String 0x1a"

/** Classes of MS-OXOSMIME 2.1: the one attachment of such a message is its whole content as it came. */
const classOf = (octets: Buffer): string | undefined => {
  const { type, subtype } = parseMime(octets)
  if (type === "multipart" && subtype === "signed") return "IPM.Note.SMIME.MultipartSigned"
  return type === "application" && /^(?:x-)?pkcs7-mime$/u.test(subtype) ? "IPM.Note.SMIME" : undefined
}

/** The content: its own header fields, and the body octet for octet. */
const entityOf = (octets: Buffer): Buffer => {
  const own = headerFields(octets).filter(({ name }) => /^content-/iu.test(name))
  const fields = own.map(({ start, end }) => octets.subarray(start, end))
  return Buffer.concat([...fields, Buffer.from("\r\n"), octets.subarray(bodyStart(octets))])
}

/** A signed or encrypted message as S/MIME has it, kept so that its signature holds; any other as it is. */
export const sealed = (mailbox: Mailbox, octets: Buffer, message: MimeMessage): MimeMessage => {
  const kind = classOf(octets)
  if (kind === undefined) return message
  const { type, subtype } = parseMime(octets)
  const item = {
    name: "smime.p7m",
    contentType: `${type}/${subtype}`,
    isInline: false,
    contentId: undefined
  }
  return {
    ...message,
    parts: { ...message.parts, properties: new Map([...message.parts.properties, [messageClass, kind]]) },
    attachments: [newAttachment(mailbox, item, mailbox.keep(entityOf(octets)))]
  }
}

/** The content of such a message. */
export const sealedEntity = ({ attachments, properties }: StoredMessage): Buffer | undefined =>
  /^IPM\.Note\.SMIME\b/u.test(properties.get(messageClass) ?? "") ? attachments[0]?.octets.read() : undefined
