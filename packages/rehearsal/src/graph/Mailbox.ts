import { randomBytes } from "node:crypto"

import { MailFolder } from "./MailFolder.ts"
import { MasterCategories } from "./MasterCategories.ts"
import { type MessageParts, type Origin, StoredMessage } from "./StoredMessage.ts"

/** Folders every mailbox has (learn.microsoft.com/graph/api/resources/mailfolder), and their names in English. */
const wellKnownFolders: Readonly<Record<string, string>> = {
  archive: "Archive",
  deleteditems: "Deleted Items",
  drafts: "Drafts",
  inbox: "Inbox",
  junkemail: "Junk Email",
  outbox: "Outbox",
  sentitems: "Sent Items",
  conversationhistory: "Conversation History"
}

/** Found by their well-known names and never in a list. */
const unlisted: Readonly<Record<string, string>> = {
  recoverableitemsdeletions: "Deletions",
  searchfolders: "Finder"
}

/** Of a mailbox in another language. */
export type FolderNames = Readonly<Record<string, string>>

/** One mailbox: its folders, messages and categories. */
export class Mailbox {
  readonly address: string
  readonly root: MailFolder
  readonly categories = new MasterCategories()
  /** Bytes it may hold. */
  quota = Infinity
  private readonly prefix: string
  private serial = 0
  private readonly folderById = new Map<string, MailFolder>()
  private readonly messageById = new Map<string, StoredMessage>()
  private readonly held = new Set<StoredMessage>()
  /** Conversations by the Message-IDs that are in them. */
  private readonly conversations = new Map<string, string>()

  constructor(address: string, options: { readonly names?: FolderNames; readonly archive?: boolean } = {}) {
    this.address = address
    this.prefix = randomBytes(18).toString("base64url")
    this.root = this.addFolder("Top of Information Store", undefined, { wellKnown: "msgfolderroot" })
    for (const [wellKnown, name] of Object.entries(wellKnownFolders)) {
      if (wellKnown === "archive" && options.archive === false) continue
      const isHidden = wellKnown === "conversationhistory"
      this.addFolder(options.names?.[wellKnown] ?? name, this.root, { wellKnown, isHidden })
    }
    const store = new MailFolder({ id: this.newId("folder"), displayName: "", parent: undefined })
    for (const [wellKnown, name] of Object.entries(unlisted)) this.addFolder(name, store, { wellKnown })
  }

  get folders(): ReadonlyArray<MailFolder> {
    return [...this.folderById.values()]
  }

  /** In the order in which they came. */
  get messages(): ReadonlyArray<StoredMessage> {
    return [...this.held]
  }

  /** Bytes of all messages. */
  get used(): number {
    return this.messages.reduce((sum, { size }) => sum + size, 0)
  }

  newId(kind: "attachment" | "folder" | "immutable" | "item"): string {
    this.serial += 1
    const head = { attachment: "AAMkAT", folder: "AQMkAF", immutable: "AAkALg", item: "AAMkAD" }[kind]
    // Two ids that differ in the case of letters only are two ids; many stores fold case.
    const number = Buffer.from(this.serial.toString(36).padStart(9, "0")).toString("base64url")
    return `${head}${this.prefix}${number}${randomBytes(30).toString("base64url")}AAA=`
  }

  addFolder(
    displayName: string,
    parent: MailFolder | undefined,
    options: { readonly isHidden?: boolean; readonly wellKnown?: string } = {}
  ): MailFolder {
    const folder = new MailFolder({ id: this.newId("folder"), displayName, parent, ...options })
    this.folderById.set(folder.id, folder)
    return folder
  }

  removeFolder(folder: MailFolder): void {
    for (const child of this.childrenOf(folder)) this.removeFolder(child)
    for (const message of this.messagesIn(folder)) this.remove(message)
    this.folderById.delete(folder.id)
  }

  /** By id or well-known name, which has no case. */
  folder(id: string): MailFolder | undefined {
    const name = id.toLowerCase()
    return this.folderById.get(id) ?? this.folders.find(({ wellKnown }) => wellKnown === name)
  }

  /** By names from under the root down, joined by `/`. */
  folderAt(path: string): MailFolder | undefined {
    return this.folders.find((folder) => folder.path === path && folder !== this.root)
  }

  /** In the order of their names, hidden ones too. */
  childrenOf(parent: MailFolder): ReadonlyArray<MailFolder> {
    return this.folders
      .filter((folder) => folder.parent === parent)
      .toSorted((a, b) => (a.displayName.toLowerCase() < b.displayName.toLowerCase() ? -1 : 1))
  }

  messagesIn(folder: MailFolder): ReadonlyArray<StoredMessage> {
    return this.messages.filter((message) => message.folder === folder)
  }

  /** By either kind of id. */
  message(id: string): StoredMessage | undefined {
    return this.messageById.get(id)
  }

  add(parts: MessageParts, folder: MailFolder, by: Origin): StoredMessage {
    const ids = {
      id: this.newId("item"),
      immutableId: this.newId("immutable"),
      conversationId: this.conversationOf(parts)
    }
    const message = new StoredMessage(ids, folder, parts, by)
    this.held.add(message)
    this.messageById.set(message.id, message).set(message.immutableId, message)
    return message
  }

  /** The old id is good for nothing from now on. */
  move(message: StoredMessage, folder: MailFolder): void {
    this.messageById.delete(message.id)
    message.id = this.newId("item")
    message.folder = folder
    this.messageById.set(message.id, message)
    message.touch()
  }

  remove(message: StoredMessage): void {
    this.held.delete(message)
    this.messageById.delete(message.id)
    this.messageById.delete(message.immutableId)
  }

  private conversationOf({ internetMessageId, inReplyTo = "", references = "" }: MessageParts): string {
    const ids = `${references} ${inReplyTo}`.match(/<[^<>\s]+>/gu) ?? []
    const known = ids.map((id) => this.conversations.get(id)).find((id) => id !== undefined)
    const conversation =
      known ?? this.conversations.get(internetMessageId) ?? `AAQkAD${randomBytes(30).toString("base64url")}=`
    for (const id of [...ids, internetMessageId]) {
      if (!this.conversations.has(id)) this.conversations.set(id, conversation)
    }
    return conversation
  }
}
