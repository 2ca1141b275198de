import { ServerMailbox } from "./ServerMailbox.ts"
import type { ServerProfile } from "./ServerProfile.ts"

/** A real server's UIDVALIDITY is often the time of creation; a fixed beginning keeps transcripts the same. */
const firstUidValidity = 1_700_000_000

/** The mailboxes of the one account, by decoded name. */
export class MailStore {
  protected readonly profile: ServerProfile
  private readonly byName = new Map<string, ServerMailbox>()
  private validity = firstUidValidity

  constructor(profile: ServerProfile) {
    this.profile = profile
  }

  /** With the mailboxes that are there from the start. */
  static begun(profile: ServerProfile): MailStore {
    const store = new MailStore(profile)
    store.create("INBOX").subscribed = true
    for (const [name, specialUse] of Object.entries(profile.atStart))
      store.create(name, specialUse).subscribed = true
    return store
  }

  get mailboxes(): ReadonlyMap<string, ServerMailbox> {
    return this.byName
  }

  /** INBOX in any case; every other name to the letter, unless the profile says otherwise. */
  find(name: string): ServerMailbox | undefined {
    const { mailboxes } = this
    const exact = mailboxes.get(name.toUpperCase() === "INBOX" ? "INBOX" : name)
    if (exact !== undefined || this.profile.caseInsensitive !== true) return exact
    const folded = name.toLowerCase()
    return [...mailboxes.values()].find((mailbox) => mailbox.name.toLowerCase() === folded)
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
    return [...this.mailboxes.keys()].some((other) => this.isBelow(other, name))
  }

  /** Whether so many octets more fit in. Summing up what is held costs time; most servers have no quota. */
  hasRoom(octets: number): boolean {
    const { quota } = this.profile
    if (quota === Infinity) return true
    return [...this.mailboxes.values()].reduce((sum, mailbox) => sum + mailbox.octets, octets) <= quota
  }
}
