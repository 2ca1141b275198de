import type { Mailbox } from "../../graph/Mailbox.ts"
import type { MailFolder } from "../../graph/MailFolder.ts"
import { MailStore } from "../MailStore.ts"
import type { ServerMailbox } from "../ServerMailbox.ts"
import type { ServerProfile } from "../ServerProfile.ts"
import { ExchangeMailbox } from "./ExchangeMailbox.ts"

/** What LIST says of them. Archive is a folder like any other to IMAP. */
const uses: Readonly<Record<string, string>> = {
  deleteditems: "\\Trash",
  drafts: "\\Drafts",
  junkemail: "\\Junk",
  sentitems: "\\Sent"
}

/** How a mailbox differs from others when it is looked at by IMAP. */
export interface ExchangeWays {
  /** What the inbox is called: `INBOX` at work, `Inbox` at Outlook.com. */
  readonly inbox: "INBOX" | "Inbox"
  readonly isFull: (octets: number) => boolean
}

/** The folders of an Exchange mailbox as IMAP's mailboxes. */
export class ExchangeStore extends MailStore {
  private readonly mail: Mailbox
  private readonly ways: ExchangeWays
  private readonly byFolder = new Map<MailFolder, ExchangeMailbox>()

  constructor(profile: ServerProfile, mail: Mailbox, ways: ExchangeWays) {
    super(profile)
    this.mail = mail
    this.ways = ways
  }

  override get mailboxes(): ReadonlyMap<string, ServerMailbox> {
    const names = new Map<string, ServerMailbox>()
    const folders = this.mail.folders.filter((folder) => !folder.isHidden && this.isBelowRoot(folder))
    for (const [folder, mailbox] of this.byFolder) {
      if (folders.includes(folder) || mailbox.gone) continue
      mailbox.delete()
      this.byFolder.delete(folder)
    }
    for (const folder of folders) {
      const name = this.nameOf(folder)
      // A folder that Graph made may have the delimiter in its name. IMAP has no name for it.
      if (name !== undefined) names.set(name, this.shown(folder, name))
    }
    return names
  }

  override find(name: string): ServerMailbox | undefined {
    const found = super.find(name)
    if (found instanceof ExchangeMailbox) found.look()
    return found
  }

  /** Makes what is missing above it, too. */
  override create(name: string): ServerMailbox {
    const levels = name.split(this.profile.delimiter)
    const last = levels.pop() ?? ""
    const folder = this.mail.addFolder(last, this.folderAt(levels))
    return this.shown(folder, name)
  }

  override delete(mailbox: ServerMailbox): void {
    if (!(mailbox instanceof ExchangeMailbox)) return
    this.mail.removeFolder(mailbox.folder)
    this.byFolder.delete(mailbox.folder)
    mailbox.delete()
  }

  override rename(mailbox: ServerMailbox, name: string): void {
    if (!(mailbox instanceof ExchangeMailbox) || this.nameOf(mailbox.folder) === name) return
    const levels = name.split(this.profile.delimiter)
    mailbox.folder.displayName = levels.pop() ?? ""
    mailbox.folder.parent = this.folderAt(levels)
    mailbox.name = name
  }

  override hasRoom(octets: number): boolean {
    return !this.ways.isFull(octets)
  }

  private folderAt(levels: ReadonlyArray<string>): MailFolder {
    if (levels.length === 0) return this.mail.root
    const name = levels.join(this.profile.delimiter)
    const found = this.find(name) ?? this.create(name)
    return found instanceof ExchangeMailbox ? found.folder : this.mail.root
  }

  private shown(folder: MailFolder, name: string): ExchangeMailbox {
    const known = this.byFolder.get(folder)
    if (known !== undefined) {
      known.name = name
      return known
    }
    const use = uses[folder.wellKnown ?? ""]
    const mailbox = new ExchangeMailbox(this.mail, folder, name, this.nextUidValidity(), use)
    this.byFolder.set(folder, mailbox)
    return mailbox
  }

  private isBelowRoot({ parent }: MailFolder): boolean {
    return parent !== undefined && (parent === this.mail.root || this.isBelowRoot(parent))
  }

  private nameOf({ displayName, parent, wellKnown }: MailFolder): string | undefined {
    if (wellKnown === "inbox") return this.ways.inbox
    if (displayName.includes(this.profile.delimiter)) return undefined
    if (parent === undefined || parent === this.mail.root) return displayName
    const above = this.nameOf(parent)
    return above === undefined ? undefined : `${above}${this.profile.delimiter}${displayName}`
  }
}
