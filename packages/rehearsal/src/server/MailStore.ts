import { ServerMailbox } from "./ServerMailbox.ts"
import type { ServerProfile } from "./ServerProfile.ts"

/** A real server's UIDVALIDITY is often the time of creation; a fixed beginning keeps transcripts the same. */
const firstUidValidity = 1_700_000_000

/** The mailboxes of the one account, by decoded name. */
export class MailStore {
  private readonly profile: ServerProfile
  private readonly byName = new Map<string, ServerMailbox>()
  private validity = firstUidValidity

  constructor(profile: ServerProfile) {
    this.profile = profile
    this.create("INBOX").subscribed = true
    for (const [name, specialUse] of Object.entries(profile.atStart))
      this.create(name, specialUse).subscribed = true
  }

  get mailboxes(): ReadonlyMap<string, ServerMailbox> {
    return this.byName
  }

  /** INBOX in any case; every other name to the letter, unless the profile says otherwise. */
  find(name: string): ServerMailbox | undefined {
    const exact = this.byName.get(name.toUpperCase() === "INBOX" ? "INBOX" : name)
    if (exact !== undefined || this.profile.caseInsensitive !== true) return exact
    const folded = name.toLowerCase()
    return [...this.byName.values()].find((mailbox) => mailbox.name.toLowerCase() === folded)
  }

  create(name: string, specialUse?: string): ServerMailbox {
    const mailbox = new ServerMailbox(name, this.nextUidValidity(), specialUse)
    this.byName.set(name, mailbox)
    return mailbox
  }

  delete(mailbox: ServerMailbox): void {
    this.byName.delete(mailbox.name)
    mailbox.delete()
  }

  /** A mailbox keeps its messages, UIDs and UIDVALIDITY under its new name. */
  rename(mailbox: ServerMailbox, name: string): void {
    this.byName.delete(mailbox.name)
    mailbox.name = name
    this.byName.set(name, mailbox)
  }

  nextUidValidity(): number {
    this.validity += 1
    return this.validity
  }

  /** Every name above `name` in the hierarchy, the nearest first. */
  superiors(name: string): ReadonlyArray<string> {
    const levels = name.split(this.profile.delimiter)
    return levels
      .slice(1)
      .map((_, index) => levels.slice(0, levels.length - 1 - index).join(this.profile.delimiter))
  }

  isBelow(name: string, superior: string): boolean {
    return name.startsWith(`${superior}${this.profile.delimiter}`)
  }

  hasChildren(name: string): boolean {
    return [...this.byName.keys()].some((other) => this.isBelow(other, name))
  }

  get octets(): number {
    return [...this.byName.values()].reduce((sum, mailbox) => sum + mailbox.octets, 0)
  }
}
