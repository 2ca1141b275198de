import { attachmentFromJson } from "./Attaching.ts"
import { checkVersion, messageOf } from "./AttachmentMethods.ts"
import { scalar } from "./FilterExpression.ts"
import { folderIn } from "./FolderMethods.ts"
import { badRequest } from "./GraphError.ts"
import type { GraphAnswer, GraphCall, GraphMethod } from "./GraphMethod.ts"
import { type ListOptions, listOptions, page } from "./ListOptions.ts"
import type { MailFolder } from "./MailFolder.ts"
import { partsFromJson, textIn } from "./MessageIntake.ts"
import { patchMessage } from "./MessagePatch.ts"
import { fieldOf, messageView, propertyOf } from "./MessageView.ts"
import { messageFromMime } from "./MimeIntake.ts"
import { mimeOf } from "./MimeOutput.ts"
import { checkFolderRoom, checkRoom } from "./Room.ts"
import type { StoredAttachment } from "./StoredAttachment.ts"
import type { MessageParts, Origin, StoredMessage } from "./StoredMessage.ts"

const reading = ["Mail.ReadWrite", "Mail.Read", "Mail.ReadBasic"]
const writing = ["Mail.ReadWrite"]

const immutable = { immutableIds: true, unsafeHtml: true, bodyType: undefined, maxPageSize: undefined }

/** What a filter or an order may name, as Graph shows it. */
const readable = (message: StoredMessage) => {
  const value = (path: string) => {
    const [first = "", ...steps] = path.split("/")
    const inside = (at: unknown, step: string) =>
      (at as Readonly<Record<string, unknown>> | undefined)?.[step]
    return scalar(steps.reduce<unknown>(inside, fieldOf(message, first, immutable)))
  }
  return { value, property: (id: string) => propertyOf(message, id) }
}

const inOrder = (
  messages: ReadonlyArray<StoredMessage>,
  { orderBy }: ListOptions
): ReadonlyArray<StoredMessage> => {
  // Newest first, and the later one of two of the same second before the other.
  if (orderBy === undefined) return messages.toReversed().toSorted((a, b) => b.received - a.received)
  const { name, descending } = orderBy
  const key = (message: StoredMessage) => String(readable(message).value(name) ?? "")
  const sorted = messages.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  return descending ? sorted.toReversed() : sorted
}

const list = (call: GraphCall, messages: ReadonlyArray<StoredMessage>): GraphAnswer => {
  const { query, preferences, url } = call
  const options = listOptions(query, "message", preferences.maxPageSize)
  const { filter } = options
  const found = filter === undefined ? messages : messages.filter((each) => filter.holds(readable(each)))
  const view = (each: StoredMessage) => messageView(each, preferences, options.select, options.expansion)
  return { status: 200, body: page(inOrder(found, options), options, url, query, view) }
}

const store = (
  call: GraphCall,
  folder: MailFolder,
  parts: MessageParts,
  attachments: ReadonlyArray<StoredAttachment>,
  by: Origin
): GraphAnswer => {
  const { world, person, preferences, url } = call
  const size = attachments.reduce(
    (sum, { octets }) => sum + octets.size,
    Buffer.byteLength(parts.body.content)
  )
  checkFolderRoom(world, person, folder)
  checkRoom(world, person, size, size)
  const message = person.mailbox.add(parts, folder, by)
  message.attachments.push(...attachments)
  world.stats.stored += 1
  const body = messageView(message, preferences)
  return { status: 201, body, headers: { location: `${url}/${encodeURIComponent(String(body["id"]))}` } }
}

const create = (call: GraphCall, folder: MailFolder, intoFolder: boolean): GraphAnswer => {
  const { world, person, json, octets, request } = call
  if ((request.header("content-type") ?? "").toLowerCase().startsWith("text/plain")) {
    const { faults, rules } = world
    if (intoFolder && !rules.mimeIntoFolder) {
      throw badRequest("were unable to deserialize", "UnableToDeserializePostBody")
    }
    const mime = messageFromMime(person.mailbox, octets)
    // microsoft-graph-docs#13979: success, and nothing there.
    if (faults.is("mimeVanishes") && mime.size > rules.mimeVanishesAbove) return { status: 200, body: {} }
    return store(call, folder, mime.parts, mime.attachments, "mime")
  }
  const refusal = world.faults.refusalOf(json)
  if (refusal !== undefined) throw refusal
  const owner = { emailAddress: { name: person.displayName, address: person.address } }
  const parts = partsFromJson(json, world.rules, owner)
  const given = (json["attachments"] ?? []) as ReadonlyArray<Record<string, unknown>>
  const attachments = given.map((each) => attachmentFromJson(person.mailbox, each))
  return store(call, folder, parts, attachments, "json")
}

const destinationOf = (call: GraphCall): MailFolder =>
  folderIn(call, textIn(call.json, "destinationId") ?? "")

const shown = (call: GraphCall, message: StoredMessage, status: number): GraphAnswer => {
  const { select, expansion } = listOptions(call.query, "message")
  return { status, body: messageView(message, call.preferences, select, expansion) }
}

const drafts = (call: GraphCall): MailFolder => folderIn(call, "drafts")

const inFolder = (call: GraphCall): MailFolder => folderIn(call, call.places["id"] ?? "")

const copied = (call: GraphCall): GraphAnswer => {
  const { world, person } = call
  const message = messageOf(call)
  const folder = destinationOf(call)
  checkFolderRoom(world, person, folder)
  checkRoom(world, person, message.size, message.size)
  const copy = person.mailbox.add({ ...message.parts, properties: message.properties }, folder, message.by)
  copy.attachments.push(...message.attachments)
  return shown(call, copy, 201)
}

const moved = (call: GraphCall): GraphAnswer => {
  const message = messageOf(call)
  const folder = destinationOf(call)
  checkFolderRoom(call.world, call.person, folder)
  call.person.mailbox.move(message, folder)
  return shown(call, message, 201)
}

const removed = (call: GraphCall): GraphAnswer => {
  const { mailbox } = call.person
  const message = messageOf(call)
  const trash = mailbox.folder("deleteditems")
  if (trash === undefined || message.folder === trash) mailbox.remove(message)
  else mailbox.move(message, trash)
  return { status: 204 }
}

export const messageMethods: ReadonlyArray<GraphMethod> = [
  {
    id: "messages.list",
    verb: "GET",
    path: "messages",
    permissions: reading,
    handle: (call) => list(call, call.person.mailbox.messages)
  },
  {
    id: "messages.list",
    verb: "GET",
    path: "mailFolders/{id}/messages",
    permissions: reading,
    handle: (call) => list(call, call.person.mailbox.messagesIn(inFolder(call)))
  },
  {
    id: "messages.create",
    verb: "POST",
    path: "messages",
    permissions: writing,
    body: "message",
    mime: true,
    stores: true,
    handle: (call) => create(call, drafts(call), false)
  },
  {
    id: "messages.create",
    verb: "POST",
    path: "mailFolders/{id}/messages",
    permissions: writing,
    body: "message",
    mime: true,
    stores: true,
    handle: (call) => create(call, inFolder(call), true)
  },
  {
    id: "messages.get",
    verb: "GET",
    path: "messages/{mid}",
    permissions: reading,
    handle: (call) => shown(call, messageOf(call), 200)
  },
  {
    id: "messages.getValue",
    verb: "GET",
    path: "messages/{mid}/$value",
    permissions: ["Mail.ReadWrite", "Mail.Read"],
    handle: (call) => ({
      status: 200,
      body: mimeOf(messageOf(call)),
      headers: { "content-type": "text/plain" }
    })
  },
  {
    id: "messages.update",
    verb: "PATCH",
    path: "messages/{mid}",
    permissions: writing,
    body: "message",
    handle: (call) => {
      const message = messageOf(call)
      checkVersion(call, message)
      patchMessage(message, call.json)
      call.person.mailbox.noteNames(message.properties.keys())
      return shown(call, message, 200)
    }
  },
  {
    id: "messages.delete",
    verb: "DELETE",
    path: "messages/{mid}",
    permissions: writing,
    handle: removed
  },
  {
    id: "messages.permanentDelete",
    verb: "POST",
    path: "messages/{mid}/permanentDelete",
    permissions: writing,
    handle: (call) => {
      call.person.mailbox.remove(messageOf(call))
      return { status: 204 }
    }
  },
  {
    id: "messages.move",
    verb: "POST",
    path: "messages/{mid}/move",
    permissions: writing,
    body: "",
    stores: true,
    handle: moved
  },
  {
    id: "messages.copy",
    verb: "POST",
    path: "messages/{mid}/copy",
    permissions: writing,
    body: "",
    stores: true,
    handle: copied
  }
]
