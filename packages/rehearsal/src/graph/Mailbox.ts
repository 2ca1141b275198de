import { type Octets, OctetSink, type SpillDirectory } from "../http/Octets.ts"
import { Conversations } from "./Conversations.ts"
import { type DepositedParts, depositedParts } from "./DepositedParts.ts"
import { ItemIds } from "./ItemIds.ts"
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
  /** Each is made once for the mailbox and stays for ever; there is room for some thousands (x- headers count too). */
  readonly namedProperties = new Set<string>()
  /** Bytes it may hold. */
  quota = Infinity
  private readonly spill: SpillDirectory
  private readonly ids = new ItemIds()
  private readonly folderById = new Map<string, MailFolder>()
  private readonly messageById = new Map<string, StoredMessage>()
  private readonly held = new Set<StoredMessage>()
  private readonly byFolder = new Map<MailFolder, Set<StoredMessage>>()
  private readonly conversations = new Conversations()

  constructor(
    address: string,
    spill: SpillDirectory,
    options: { readonly names?: FolderNames; readonly archive?: boolean } = {}
  ) {
    this.spill = spill
    this.address = address
    this.root = this.addFolder("Top of Information Store", undefined, { wellKnown: "msgfolderroot" })
    for (const [wellKnown, name] of Object.entries(wellKnownFolders)) {
      if (wellKnown === "archive" && options.archive === false) continue
      const isHidden = wellKnown === "conversationhistory"
      this.addFolder(options.names?.[wellKnown] ?? name, this.root, { wellKnown, isHidden })
    }
    const store = new MailFolder({ id: this.ids.next("folder"), displayName: "", parent: undefined })
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

  /** Octets on their way: in memory while they are few, in a file then. */
  newSink(): OctetSink {
    return new OctetSink(this.spill)
  }

  keep(octets: Uint8Array): Octets {
    const sink = this.newSink()
    sink.write(octets)
    const kept = sink.octets()
    sink.close()
    return kept
  }

  newAttachmentId(): string {
    return this.ids.next("attachment")
  }

  addFolder(
    displayName: string,
    parent: MailFolder | undefined,
    options: { readonly isHidden?: boolean; readonly wellKnown?: string } = {}
  ): MailFolder {
    const folder = new MailFolder({ id: this.ids.next("folder"), displayName, parent, ...options })
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
    return [...(this.byFolder.get(folder) ?? [])]
  }

  countIn(folder: MailFolder): number {
    return this.byFolder.get(folder)?.size ?? 0
  }

  /** By either kind of id. */
  message(id: string): StoredMessage | undefined {
    return this.messageById.get(id)
  }

  add(parts: MessageParts, folder: MailFolder, by: Origin): StoredMessage {
    const ids = {
      id: this.ids.next("item"),
      immutableId: this.ids.next("immutable"),
      conversationId: this.conversations.idFor(parts)
    }
    const message = new StoredMessage(ids, folder, parts, by)
    this.held.add(message)
    this.put(message, folder)
    this.noteNames(parts.properties.keys())
    for (const { name } of parts.headers) this.namedProperties.add(name.toLowerCase())
    this.messageById.set(message.id, message).set(message.immutableId, message)
    return message
  }

  /** The old id is good for nothing from now on. */
  move(message: StoredMessage, folder: MailFolder): void {
    this.messageById.delete(message.id)
    message.id = this.ids.next("item")
    this.byFolder.get(message.folder)?.delete(message)
    message.folder = folder
    this.put(message, folder)
    this.messageById.set(message.id, message)
    message.touch()
  }

  remove(message: StoredMessage): void {
    this.held.delete(message)
    this.byFolder.get(message.folder)?.delete(message)
    this.messageById.delete(message.id)
    this.messageById.delete(message.immutableId)
  }

  /** Mail that was there before. `folder`: a well-known name, or a path whose folders are made where they are missing. */
  deposit(folder: string, parts: DepositedParts = {}): StoredMessage {
    return this.add(
      depositedParts(parts, this.address),
      this.folder(folder) ?? this.folderMade(folder),
      "deposit"
    )
  }

  /** Counts extended properties that have names. */
  noteNames(ids: Iterable<string>): void {
    for (const id of ids) if (id.includes("{")) this.namedProperties.add(id)
  }

  private folderMade(path: string): MailFolder {
    let parent = this.root
    for (const name of path.split("/")) {
      const found = this.childrenOf(parent).find((child) => child.displayName === name)
      parent = found ?? this.addFolder(name, parent)
    }
    return parent
  }

  private put(message: StoredMessage, folder: MailFolder): void {
    const there = this.byFolder.get(folder)
    if (there === undefined) this.byFolder.set(folder, new Set([message]))
    else there.add(message)
  }
}
