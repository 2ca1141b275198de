import { scalar } from "./FilterExpression.ts"
import { badRequest, GraphError, invalidId, itemNotFound } from "./GraphError.ts"
import type { GraphCall, GraphMethod } from "./GraphMethod.ts"
import { listOptions, page } from "./ListOptions.ts"
import type { MailFolder } from "./MailFolder.ts"
import { textIn } from "./MessageIntake.ts"
import type { Json } from "./MessageView.ts"

const reading = ["Mail.ReadWrite", "Mail.Read", "Mail.ReadBasic"]
const writing = ["Mail.ReadWrite"]

/** PidTagDisplayName. Characters. */
const longestName = 255

/** Deeper no folder may lie (Exchange Online limits). */
const deepest = 300

const mostSubfolders = 10_000

export const folderIn = ({ person }: GraphCall, id: string): MailFolder => {
  const folder = person.mailbox.folder(id)
  if (folder !== undefined) return folder
  // A short word is a well-known name that this mailbox has no folder for, or none at all.
  throw /^[A-Za-z]{1,40}$/u.test(id) || id.length > 40 ? itemNotFound() : invalidId()
}

const view = ({ person }: GraphCall, folder: MailFolder, select?: ReadonlyArray<string>): Json => {
  const { mailbox } = person
  const messages = mailbox.messagesIn(folder)
  const all: Json = {
    id: folder.id,
    displayName: folder.displayName,
    parentFolderId: folder.parent?.id ?? mailbox.root.id,
    childFolderCount: mailbox.childrenOf(folder).filter(({ isHidden }) => !isHidden).length,
    unreadItemCount: messages.filter(({ isRead }) => !isRead).length,
    totalItemCount: messages.length,
    isHidden: folder.isHidden
  }
  if (select === undefined) return all
  return Object.fromEntries(Object.entries(all).filter(([name]) => name === "id" || select.includes(name)))
}

const list = (call: GraphCall, parent: MailFolder) => {
  const { person, query, preferences, url } = call
  const options = listOptions(query, "mailFolder", preferences.maxPageSize)
  const hidden = [...query].some(
    ([name, value]) => name.toLowerCase() === "includehiddenfolders" && value.toLowerCase() === "true"
  )
  const folders = person.mailbox
    .childrenOf(parent)
    .filter((folder) => hidden || !folder.isHidden)
    .filter((folder) => {
      const all = view(call, folder)
      return options.filter?.holds({ value: (path) => scalar(all[path]), property: () => undefined }) ?? true
    })
  return {
    status: 200,
    body: page(folders, options, url, query, (folder) => view(call, folder, options.select))
  }
}

const depthOf = (folder: MailFolder): number => (folder.parent === undefined ? 0 : 1 + depthOf(folder.parent))

const exists = (): Error =>
  new GraphError(409, "ErrorFolderExists", "A folder with the specified name already exists.")

const checkedName = (call: GraphCall, parent: MailFolder, name: string, except?: MailFolder): string => {
  const trimmed = name.trim()
  if (trimmed === "") throw badRequest("The folder name is missing.", "ErrorInvalidFolderName")
  if (trimmed.length > longestName || /\p{Cc}/u.test(trimmed)) {
    throw badRequest("The folder name is not valid.", "ErrorInvalidFolderName")
  }
  const same = call.person.mailbox
    .childrenOf(parent)
    .find((folder) => folder !== except && folder.displayName.toLowerCase() === trimmed.toLowerCase())
  if (same !== undefined) throw exists()
  return trimmed
}

const create = (call: GraphCall, parent: MailFolder) => {
  const { mailbox } = call.person
  const name = checkedName(call, parent, textIn(call.json, "displayName") ?? "")
  if (depthOf(parent) >= deepest) {
    throw badRequest("The folder hierarchy is too deep.", "ErrorFolderHierarchyDepthQuotaExceeded")
  }
  if (mailbox.childrenOf(parent).length >= mostSubfolders) {
    throw badRequest("The folder has too many subfolders.", "ErrorSubfolderCountQuotaExceeded")
  }
  const folder = mailbox.addFolder(name, parent, { isHidden: call.json["isHidden"] === true })
  return { status: 201, body: view(call, folder) }
}

const rename = (call: GraphCall) => {
  const folder = folderIn(call, call.places["id"] ?? "")
  const name = textIn(call.json, "displayName")
  if (folder.wellKnown !== undefined) {
    throw new GraphError(403, "ErrorAccessDenied", "Distinguished folders cannot be renamed.")
  }
  if (name !== undefined) folder.displayName = checkedName(call, folder.parent ?? folder, name, folder)
  return { status: 200, body: view(call, folder) }
}

const remove = (call: GraphCall) => {
  const folder = folderIn(call, call.places["id"] ?? "")
  if (folder.wellKnown !== undefined) {
    throw badRequest("Distinguished folders cannot be deleted.", "ErrorDeleteDistinguishedFolder")
  }
  const { mailbox } = call.person
  const trash = mailbox.folder("deleteditems")
  const gone = call.request.method === "POST" || trash === undefined || within(folder, trash)
  if (gone) mailbox.removeFolder(folder)
  else folder.parent = trash
  return { status: 204 }
}

const within = (folder: MailFolder, ancestor: MailFolder): boolean =>
  folder.parent !== undefined && (folder.parent === ancestor || within(folder.parent, ancestor))

export const folderMethods: ReadonlyArray<GraphMethod> = [
  {
    id: "mailFolders.list",
    verb: "GET",
    path: "mailFolders",
    permissions: reading,
    handle: (call) => list(call, call.person.mailbox.root)
  },
  {
    id: "mailFolders.create",
    verb: "POST",
    path: "mailFolders",
    permissions: writing,
    body: "mailFolder",
    handle: (call) => create(call, call.person.mailbox.root)
  },
  {
    id: "mailFolders.get",
    verb: "GET",
    path: "mailFolders/{id}",
    permissions: reading,
    handle: (call) => {
      const { select } = listOptions(call.query, "mailFolder")
      return { status: 200, body: view(call, folderIn(call, call.places["id"] ?? ""), select) }
    }
  },
  {
    id: "mailFolders.update",
    verb: "PATCH",
    path: "mailFolders/{id}",
    permissions: writing,
    body: "mailFolder",
    handle: rename
  },
  {
    id: "mailFolders.delete",
    verb: "DELETE",
    path: "mailFolders/{id}",
    permissions: writing,
    handle: remove
  },
  {
    id: "mailFolders.permanentDelete",
    verb: "POST",
    path: "mailFolders/{id}/permanentDelete",
    permissions: writing,
    handle: remove
  },
  {
    id: "childFolders.list",
    verb: "GET",
    path: "mailFolders/{id}/childFolders",
    permissions: reading,
    handle: (call) => list(call, folderIn(call, call.places["id"] ?? ""))
  },
  {
    id: "childFolders.create",
    verb: "POST",
    path: "mailFolders/{id}/childFolders",
    permissions: writing,
    body: "mailFolder",
    handle: (call) => create(call, folderIn(call, call.places["id"] ?? ""))
  }
]
