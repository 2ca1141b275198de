import { fieldValue, headerFields } from "../imap/HeaderBlock.ts"
import { propertiesOf } from "./contract/SchemaCheck.ts"
import { graphTime } from "./ExtendedProperty.ts"
import { htmlAsRead, htmlOf, textOf } from "./HtmlBody.ts"
import type { Preferences } from "./Preferences.ts"
import type { StoredAttachment } from "./StoredAttachment.ts"
import type { HeaderValue, StoredMessage } from "./StoredMessage.ts"

export type Json = Readonly<Record<string, unknown>>

/** What an expansion asks for. */
export interface Expansion {
  readonly attachments: boolean
  /** Ids in Exchange's spelling. */
  readonly properties: ReadonlyArray<string>
}

/** Given only where it is asked for by name. */
const onRequest = new Set(["internetMessageHeaders", "uniqueBody", "extensions", "conversationIndex"])
const expanded = new Set(["attachments", "singleValueExtendedProperties", "multiValueExtendedProperties"])

const standard = [...propertiesOf("message")].filter(
  (name) => !onRequest.has(name) && !expanded.has(name) && name !== "@odata.type"
)

/** PidTagMessageFlags as the store keeps it (MS-OXCMSG 2.2.1.6): read, unsent, has attachments. */
const messageFlags = (message: StoredMessage): number =>
  (message.isRead ? 1 : 0) + (message.isDraft ? 8 : 0) + (message.hasAttachments ? 16 : 0)

/** The value of an extended property, those included that Exchange keeps in fields of its own. */
export const propertyOf = (message: StoredMessage, id: string): string | undefined => {
  const { parts } = message
  const own: Readonly<Record<string, () => string | undefined>> = {
    "Integer 0xe07": () => String(messageFlags(message)),
    "Integer 0xe08": () => String(message.size),
    "Long 0xe08": () => String(message.size),
    "String 0x1035": () => parts.internetMessageId,
    "String 0x1039": () => parts.references,
    "String 0x1042": () => parts.inReplyTo,
    "String 0x37": () => parts.subject,
    "String 0x7d": () => parts.transportHeaders,
    "SystemTime 0x39": () => graphTime(parts.sent),
    "SystemTime 0xe06": () => graphTime(parts.received)
  }
  return (own[id] ?? (() => message.properties.get(id)))()
}

/** Of the header block in 0x007D, and those that live on as properties. */
const internetHeaders = ({ parts }: StoredMessage): ReadonlyArray<HeaderValue> => {
  const block = Buffer.from(parts.transportHeaders ?? "")
  const fields = headerFields(block).map((field) => ({ name: field.name, value: fieldValue(block, field) }))
  const there = new Set(fields.map(({ name }) => name.toLowerCase()))
  return [
    ...fields.filter(({ name }) => name !== ""),
    ...parts.headers.filter(({ name }) => !there.has(name.toLowerCase()))
  ]
}

const bodyView = ({ parts: { body } }: StoredMessage, { bodyType, unsafeHtml }: Preferences): Json => {
  if (body.contentType === "html" && bodyType !== "text") {
    return { contentType: "html", content: htmlAsRead(body.content, unsafeHtml) }
  }
  if (body.contentType === "text" && bodyType === "html") {
    return { contentType: "html", content: htmlAsRead(htmlOf(body.content), unsafeHtml) }
  }
  return { contentType: "text", content: body.contentType === "text" ? body.content : textOf(body.content) }
}

/** As much of a body as a preview is made from: all of it would take its time. Characters. */
const previewed = 8192

const preview = ({ parts: { body } }: StoredMessage): string => {
  const begin = body.content.slice(0, previewed)
  return (body.contentType === "text" ? begin : textOf(begin)).replaceAll("\u0000", "").slice(0, 255)
}

/** One field as Graph shows it; undefined for what no message has. */
export const fieldOf = (message: StoredMessage, name: string, preferences: Preferences): unknown => {
  const { parts } = message
  switch (name) {
    case "id":
      return preferences.immutableIds ? message.immutableId : message.id
    case "changeKey":
      return message.changeKey
    case "createdDateTime":
      return graphTime(message.created)
    case "lastModifiedDateTime":
      return graphTime(message.lastModified)
    case "receivedDateTime":
      return graphTime(message.received)
    case "sentDateTime":
      return graphTime(message.sent)
    case "hasAttachments":
      return message.hasAttachments
    case "conversationId":
      return message.conversationId
    case "conversationIndex":
      return Buffer.from(message.conversationId.slice(-22)).toString("base64")
    case "parentFolderId":
      return message.folder.id
    case "body":
    case "uniqueBody":
      return bodyView(message, preferences)
    case "bodyPreview":
      return preview(message)
    case "internetMessageHeaders":
      return internetHeaders(message)
    case "webLink":
      return `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(message.id)}&exvsurl=1&viewmodel=ReadMessageItem`
    case "extensions":
      return undefined
    default:
      return parts[name as keyof typeof parts]
  }
}

export const attachmentView = (
  attachment: StoredAttachment,
  preferences: Preferences,
  bytes = true
): Json => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  "@odata.mediaContentType": attachment.contentType,
  id: preferences.immutableIds ? attachment.immutableId : attachment.id,
  lastModifiedDateTime: graphTime(attachment.lastModified),
  name: attachment.name,
  contentType: attachment.contentType,
  // Exchange counts what it needs for the attachment, not its bytes alone.
  size: attachment.octets.size + 250,
  isInline: attachment.isInline,
  contentId: attachment.contentId ?? null,
  contentLocation: attachment.contentLocation ?? null,
  ...(bytes ? { contentBytes: attachment.octets.read().toString("base64") } : {})
})

/** A message as Graph shows it. `select`: names, all standard ones where it is undefined. */
export const messageView = (
  message: StoredMessage,
  preferences: Preferences,
  select?: ReadonlyArray<string>,
  expansion?: Expansion
): Json => {
  const view: Record<string, unknown> = { "@odata.etag": `W/"${message.changeKey}"` }
  // The id comes with every selection.
  for (const name of select === undefined ? standard : new Set(["id", ...select])) {
    const value = fieldOf(message, name, preferences)
    if (value !== undefined) view[name] = value
  }
  if (expansion?.attachments === true) {
    view["attachments"] = message.attachments.map((each) => attachmentView(each, preferences))
  }
  const properties = (expansion?.properties ?? []).flatMap((id) => {
    const value = propertyOf(message, id)
    return value === undefined ? [] : [{ id, value }]
  })
  if (properties.length > 0) view["singleValueExtendedProperties"] = properties
  return view
}
