import { attach, attachmentFromJson } from "./Attaching.ts"
import { schemaFault } from "./contract/SchemaCheck.ts"
import { badRequest, irresolvableConflict, itemNotFound, notRehearsed, unreadableBody } from "./GraphError.ts"
import type { GraphCall, GraphMethod } from "./GraphMethod.ts"
import { listOptions, page } from "./ListOptions.ts"
import { attachmentView } from "./MessageView.ts"
import type { StoredAttachment } from "./StoredAttachment.ts"
import type { StoredMessage } from "./StoredMessage.ts"
import { type AttachmentItem, expiryOf, uploadUrl } from "./UploadSessions.ts"

const reading = ["Mail.ReadWrite", "Mail.Read"]
const writing = ["Mail.ReadWrite"]

/** Smaller ones go by POST, larger ones not at all (outlook-large-attachments). Bytes. */
const leastBySession = 3 * 1024 * 1024
const mostBySession = 150 * 1024 * 1024

export const messageOf = ({ person, places }: GraphCall): StoredMessage => {
  const message = person.mailbox.message(places["mid"] ?? "")
  if (message === undefined) throw itemNotFound()
  return message
}

/** Two writers at one message: the second to finish has looked at a message that is no more. */
export const checkVersion = ({ versionSeen }: GraphCall, message: StoredMessage): void => {
  if (versionSeen !== undefined && message.version !== versionSeen) throw irresolvableConflict()
}

const attachmentOf = (call: GraphCall): StoredAttachment => {
  const id = call.places["aid"] ?? ""
  const found = messageOf(call).attachments.find((each) => each.id === id || each.immutableId === id)
  if (found === undefined) throw itemNotFound()
  return found
}

const create = (call: GraphCall) => {
  const { world, person, json, preferences, url } = call
  const message = messageOf(call)
  checkVersion(call, message)
  const attachment = attachmentFromJson(person.mailbox, json)
  attach(world, person, message, attachment)
  const view = attachmentView(attachment, preferences)
  return { status: 201, body: view, headers: { location: `${url}/${String(view["id"])}` } }
}

const beginUpload = (call: GraphCall) => {
  const { world, person, json } = call
  const message = messageOf(call)
  checkVersion(call, message)
  const [[name, given] = ["", undefined], ...others] = Object.entries(json)
  if (name.toLowerCase() !== "attachmentitem" || others.length > 0) {
    throw unreadableBody("The parameter 'AttachmentItem' is missing or not alone.")
  }
  const fault = schemaFault(given, "attachmentItem")
  if (fault !== undefined) throw unreadableBody(fault)
  const item = given as Partial<AttachmentItem> & { readonly attachmentType?: string }
  if (item.attachmentType !== "file") throw notRehearsed("upload of attachments that are not files")
  const { size = 0 } = item
  if (size < leastBySession) {
    throw badRequest(
      `Attachment size should be greater than the minimum size: ${leastBySession}.`,
      "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"
    )
  }
  if (size > mostBySession) {
    throw badRequest(
      `Attachment size exceeds the maximum size: ${mostBySession}.`,
      "ErrorAttachmentSizeLimitExceeded"
    )
  }
  if (typeof item.name !== "string" || item.name === "") {
    throw badRequest("Required property is missing: name.", "ErrorRequiredPropertyMissing")
  }
  const session = world.sessions.begin(person, message, {
    name: item.name,
    size,
    contentType: item.contentType ?? "application/octet-stream",
    isInline: item.isInline === true,
    contentId: item.contentId ?? undefined
  })
  const body = {
    "@odata.context": `${world.url}/v1.0/$metadata#microsoft.graph.uploadSession`,
    uploadUrl: uploadUrl(world.url, session),
    expirationDateTime: expiryOf(session),
    nextExpectedRanges: ["0-"]
  }
  return { status: 201, body }
}

export const attachmentMethods: ReadonlyArray<GraphMethod> = [
  {
    id: "attachments.list",
    verb: "GET",
    path: "messages/{mid}/attachments",
    permissions: reading,
    handle: (call) => {
      const options = listOptions(call.query, "fileAttachment", call.preferences.maxPageSize ?? 1000)
      const view = (each: StoredAttachment) => {
        const all = attachmentView(each, call.preferences)
        const { select } = options
        const wanted = (name: string) => name.startsWith("@") || name === "id" || select?.includes(name)
        return select === undefined
          ? all
          : Object.fromEntries(Object.entries(all).filter(([name]) => wanted(name)))
      }
      return { status: 200, body: page(messageOf(call).attachments, options, call.url, call.query, view) }
    }
  },
  {
    id: "attachments.create",
    verb: "POST",
    path: "messages/{mid}/attachments",
    permissions: writing,
    body: "attachment",
    stores: true,
    handle: create
  },
  {
    id: "attachments.createUploadSession",
    verb: "POST",
    path: "messages/{mid}/attachments/createUploadSession",
    permissions: writing,
    body: "",
    handle: beginUpload
  },
  {
    id: "attachments.get",
    verb: "GET",
    path: "messages/{mid}/attachments/{aid}",
    permissions: reading,
    handle: (call) => ({ status: 200, body: attachmentView(attachmentOf(call), call.preferences) })
  },
  {
    id: "attachments.getValue",
    verb: "GET",
    path: "messages/{mid}/attachments/{aid}/$value",
    permissions: reading,
    handle: (call) => {
      const { octets, contentType } = attachmentOf(call)
      return { status: 200, body: octets.read(), headers: { "content-type": contentType } }
    }
  },
  {
    id: "attachments.delete",
    verb: "DELETE",
    path: "messages/{mid}/attachments/{aid}",
    permissions: writing,
    handle: (call) => {
      const message = messageOf(call)
      checkVersion(call, message)
      message.attachments.splice(message.attachments.indexOf(attachmentOf(call)), 1)
      message.touch()
      return { status: 204 }
    }
  }
]
