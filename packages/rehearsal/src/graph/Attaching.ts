import type { Octets } from "../http/Octets.ts"
import { badRequest, notRehearsed } from "./GraphError.ts"
import type { GraphWorld } from "./GraphWorld.ts"
import type { Mailbox } from "./Mailbox.ts"
import type { JsonObject } from "./MessageIntake.ts"
import type { Person } from "./Person.ts"
import { checkRoom } from "./Room.ts"
import type { StoredAttachment } from "./StoredAttachment.ts"
import type { StoredMessage } from "./StoredMessage.ts"
import type { AttachmentItem } from "./UploadSessions.ts"

export const newAttachment = (
  mailbox: Mailbox,
  item: Omit<AttachmentItem, "size">,
  octets: Octets
): StoredAttachment => ({
  ...item,
  id: mailbox.newAttachmentId(),
  immutableId: mailbox.newAttachmentId(),
  contentLocation: undefined,
  lastModified: Date.now(),
  octets
})

/** A file in JSON. Its type was checked before. */
export const attachmentFromJson = (mailbox: Mailbox, json: JsonObject): StoredAttachment => {
  const { name, contentType, contentBytes, contentId, contentLocation, isInline } = json
  if (json["@odata.type"] !== "#microsoft.graph.fileAttachment") {
    throw notRehearsed("attachments that are items or references")
  }
  if (typeof contentBytes !== "string") {
    throw badRequest("Required property is missing: contentBytes.", "ErrorRequiredPropertyMissing")
  }
  const item = {
    name: String(name),
    contentType: typeof contentType === "string" ? contentType : "application/octet-stream",
    isInline: isInline === true,
    contentId: typeof contentId === "string" ? contentId : undefined
  }
  const attachment = newAttachment(mailbox, item, mailbox.keep(Buffer.from(contentBytes, "base64")))
  return typeof contentLocation === "string" ? { ...attachment, contentLocation } : attachment
}

/** Adds what came, where there is room for it. */
export const attach = (
  world: GraphWorld,
  person: Person,
  message: StoredMessage,
  attachment: StoredAttachment
): void => {
  const added = attachment.octets.size
  checkRoom(world, person, message.size + added, added)
  message.attachments.push(attachment)
  message.touch()
  world.stats.attached += 1
}
