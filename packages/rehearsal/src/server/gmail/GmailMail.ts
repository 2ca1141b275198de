import { firstValue } from "../../imap/HeaderBlock.ts"
import { encodeModifiedUtf7 } from "../../imap/ModifiedUtf7.ts"
import { quote } from "../../imap/WireString.ts"
import type { MailStore } from "../MailStore.ts"
import type { NewMessage, ServerMailbox, ServerMessage } from "../ServerMailbox.ts"
import type { GmailWays } from "../ServerProfile.ts"

/** X-GM-MSGID is a number of 64 bits; real ones are of this size. */
const firstId = 1_750_000_000_000_000_001n

/** Labels that X-GM-LABELS names in this way, whatever the mailbox is called. */
const systemLabels: Readonly<Record<string, string>> = {
  "\\Drafts": "\\Draft",
  "\\Flagged": "\\Starred",
  "\\Important": "\\Important",
  "\\Junk": "\\Spam",
  "\\Sent": "\\Sent",
  "\\Trash": "\\Trash"
}

/**
 * Gmail's idea of mail behind the mailboxes: a message exists once, and every mailbox but All Mail, Spam and Trash is a
 * label on it. Flags are the message's. Important and Starred are not kept up as views.
 */
export class GmailMail {
  private readonly store: MailStore
  private readonly ways: GmailWays
  private readonly places = new Map<string, Map<ServerMailbox, number>>()
  private readonly byMessageId = new Map<string, string>()
  private last = firstId

  constructor(store: MailStore, ways: GmailWays) {
    this.store = store
    this.ways = ways
  }

  /** Mail that comes by SMTP: a message of its own. */
  deliver(mailbox: ServerMailbox, message: NewMessage): ServerMessage {
    this.last += 1n
    const gmailId = String(this.last)
    const messageId = firstValue(message.bytes, "Message-ID")
    if (messageId !== undefined && !this.byMessageId.has(messageId)) this.byMessageId.set(messageId, gmailId)
    return this.show({ ...message, gmailId }, mailbox)
  }

  /**
   * APPEND. Of a message whose Message-ID the account has, no second copy is kept: the older one gets the label, and is
   * taken out of Trash and Spam, with its own octets, flags and date. Returns the UID that the client is told.
   */
  append(mailbox: ServerMailbox, message: NewMessage): number {
    const older = this.byMessageIdOf(message)
    if (older === undefined) return this.deliver(mailbox, message).uid
    const shown = this.show(older, mailbox)
    if (this.ways.tellsOfJoined === "older") return shown.uid
    const discarded = mailbox.add({ ...message, gmailId: "0" })
    mailbox.remove(new Set([discarded.uid]))
    return discarded.uid
  }

  /** Puts a label on a message: COPY. A label it has stays as it is. */
  show(message: NewMessage, mailbox: ServerMailbox): ServerMessage {
    const { gmailId = "" } = message
    const present = this.at(gmailId, mailbox)
    if (present !== undefined) return present
    for (const other of this.places.get(gmailId)?.keys() ?? []) {
      if (isApart(mailbox) || isApart(other)) this.remove(gmailId, other)
    }
    const everything = this.everything
    const shown = this.put(message, mailbox)
    if (!isApart(mailbox) && everything !== undefined && this.at(gmailId, everything) === undefined)
      this.put(message, everything)
    return shown
  }

  /** Takes a label off a message, which stays in All Mail. */
  hide({ gmailId = "" }: ServerMessage, mailbox: ServerMailbox): void {
    if (mailbox !== this.everything) this.remove(gmailId, mailbox)
  }

  /** Deletes a message for good, as a person does who empties the Trash. */
  destroy(gmailId: string): void {
    for (const mailbox of this.places.get(gmailId)?.keys() ?? []) this.remove(gmailId, mailbox)
    this.places.delete(gmailId)
    for (const [messageId, id] of this.byMessageId) if (id === gmailId) this.byMessageId.delete(messageId)
  }

  /** Flags are the same wherever a message shows. */
  setFlags({ gmailId = "" }: ServerMessage, flags: Iterable<string>): void {
    const wanted = [...flags]
    for (const mailbox of this.places.get(gmailId)?.keys() ?? []) {
      const message = this.at(gmailId, mailbox)
      if (message !== undefined) mailbox.setFlags(message, wanted)
    }
  }

  /** What X-GM-LABELS answers: system labels by their own names, others quoted, in modified UTF-7. */
  labelsOf({ gmailId = "" }: ServerMessage): ReadonlyArray<string> {
    return [...(this.places.get(gmailId)?.keys() ?? [])].flatMap((mailbox) => {
      if (mailbox === this.everything || this.at(gmailId, mailbox) === undefined) return []
      if (mailbox.name === "INBOX") return [quote("\\Inbox")]
      const own = systemLabels[mailbox.specialUse ?? ""]
      return [quote(own ?? encodeModifiedUtf7(mailbox.name))]
    })
  }

  /** The mailbox of a label as STORE X-GM-LABELS names it. */
  mailboxOf(label: string): ServerMailbox | undefined {
    if (/^\\?inbox$/iu.test(label)) return this.store.find("INBOX")
    const use = Object.keys(systemLabels).find(
      (each) => systemLabels[each]?.toLowerCase() === label.toLowerCase()
    )
    if (use === undefined) return this.store.find(label)
    return [...this.store.mailboxes.values()].find(({ specialUse }) => specialUse === use)
  }

  private get everything(): ServerMailbox | undefined {
    return [...this.store.mailboxes.values()].find(({ specialUse }) => specialUse === "\\All")
  }

  private byMessageIdOf({ bytes }: NewMessage): ServerMessage | undefined {
    const messageId = firstValue(bytes, "Message-ID")
    const gmailId = messageId === undefined ? undefined : this.byMessageId.get(messageId)
    if (gmailId === undefined) return undefined
    for (const mailbox of this.places.get(gmailId)?.keys() ?? []) {
      const message = this.at(gmailId, mailbox)
      if (message !== undefined) return message
    }
    return undefined
  }

  /** The message in a mailbox, unless it was expunged or the mailbox renumbered since. */
  private at(gmailId: string, mailbox: ServerMailbox): ServerMessage | undefined {
    const uid = this.places.get(gmailId)?.get(mailbox)
    const message = uid === undefined || mailbox.gone ? undefined : mailbox.find(uid)
    return message?.gmailId === gmailId ? message : undefined
  }

  private put(message: NewMessage, mailbox: ServerMailbox): ServerMessage {
    const shown = mailbox.add(message)
    const { gmailId = "" } = message
    const places = this.places.get(gmailId) ?? new Map<ServerMailbox, number>()
    this.places.set(gmailId, places.set(mailbox, shown.uid))
    return shown
  }

  private remove(gmailId: string, mailbox: ServerMailbox): void {
    const message = this.at(gmailId, mailbox)
    if (message !== undefined) mailbox.remove(new Set([message.uid]))
    this.places.get(gmailId)?.delete(mailbox)
  }
}

/** Mail in Spam or Trash is nowhere else. */
const isApart = ({ specialUse }: ServerMailbox): boolean =>
  specialUse === "\\Junk" || specialUse === "\\Trash"
