import { badRequest } from "./GraphError.ts"
import {
  bodyIn,
  type JsonObject,
  plainProperties,
  propertiesIn,
  recipientOf,
  recipientsOf,
  textIn
} from "./MessageIntake.ts"
import type { MessageParts, StoredMessage } from "./StoredMessage.ts"

/** Updatable of drafts only (learn.microsoft.com/graph/api/message-update; for receipts EWS's UpdateItem). */
const ofDrafts = [
  "bccRecipients",
  "body",
  "ccRecipients",
  "from",
  "internetMessageId",
  "isDeliveryReceiptRequested",
  "isReadReceiptRequested",
  "replyTo",
  "sender",
  "subject",
  "toRecipients"
]

type Writable = { -readonly [Name in keyof MessageParts]?: MessageParts[Name] }

const draftChanges = (body: JsonObject): Writable => {
  const changes: Writable = {}
  const subject = textIn(body, "subject")
  const messageId = textIn(body, "internetMessageId")
  const content = bodyIn(body)
  if (subject !== undefined) changes.subject = subject
  if (messageId !== undefined) changes.internetMessageId = messageId
  if (content !== undefined) changes.body = content
  for (const name of ["toRecipients", "ccRecipients", "bccRecipients", "replyTo"] as const) {
    const recipients = recipientsOf(body, name)
    if (recipients !== undefined) changes[name] = recipients
  }
  for (const name of ["from", "sender"] as const) {
    const recipient = recipientOf(body, name)
    if (recipient !== undefined) changes[name] = recipient
  }
  for (const name of ["isReadReceiptRequested", "isDeliveryReceiptRequested"] as const) {
    if (typeof body[name] === "boolean") changes[name] = body[name]
  }
  return changes
}

/**
 * Changes a message as PATCH does. isDraft, the dates and 0x0E07, 0x0E06, 0x0039 are taken and change nothing: what a
 * message is was decided when it was created.
 */
export const patchMessage = (message: StoredMessage, body: JsonObject): void => {
  if (!message.isDraft && ofDrafts.some((name) => body[name] !== undefined)) {
    throw badRequest(
      "Update operation is invalid for property of a sent message.",
      "ErrorInvalidPropertyUpdateSentMessage"
    )
  }
  const changes = draftChanges(body)
  if (typeof body["isRead"] === "boolean") changes.isRead = body["isRead"]
  const importance = textIn(body, "importance")
  const inference = textIn(body, "inferenceClassification")
  if (importance !== undefined) changes.importance = importance
  if (inference !== undefined) changes.inferenceClassification = inference
  if (body["categories"] !== undefined) changes.categories = body["categories"] as ReadonlyArray<string>
  if (body["flag"] !== undefined) changes.flag = { ...message.parts.flag, ...(body["flag"] as object) }
  const properties = propertiesIn(body)
  for (const [id, value] of plainProperties(properties)) message.properties.set(id, value)
  message.change(changes)
}
