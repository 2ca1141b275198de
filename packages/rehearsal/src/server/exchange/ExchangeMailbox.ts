import type { Mailbox } from "../../graph/Mailbox.ts"
import type { MailFolder } from "../../graph/MailFolder.ts"
import { partsOfMime } from "../../graph/MimeIntake.ts"
import { mimeOf } from "../../graph/MimeOutput.ts"
import { sealed } from "../../graph/SealedMail.ts"
import type { MessageParts, StoredMessage } from "../../graph/StoredMessage.ts"
import { bodyStart } from "../../imap/HeaderBlock.ts"
import { type NewMessage, ServerMailbox, type ServerMessage } from "../ServerMailbox.ts"

/** PidTagLastVerbExecuted; 102 and 103 are replies. */
const lastVerb = "Integer 0x1081"

/** What the last FETCH of a message made: its items are asked for one by one. */
let written: { readonly stored: StoredMessage; readonly version: number; readonly octets: Buffer } | undefined

const octetsOf = (stored: StoredMessage): Buffer => {
  if (written?.stored !== stored || written.version !== stored.version)
    written = { stored, version: stored.version, octets: mimeOf(stored) }
  return written.octets
}

/** A message of the mailbox as IMAP shows it. */
class ExchangeMessage implements ServerMessage {
  readonly uid: number
  readonly flags: ReadonlySet<string>
  readonly internalDate: Date
  readonly stored: StoredMessage
  readonly version: number

  constructor(uid: number, stored: StoredMessage, flags: ReadonlySet<string>) {
    this.uid = uid
    this.stored = stored
    this.flags = flags
    this.version = stored.version
    this.internalDate = new Date(stored.received)
  }

  get bytes(): Uint8Array {
    return octetsOf(this.stored)
  }

  /** An estimate, unless an administrator set EnableExactRFC822Size. */
  get size(): number {
    return this.stored.size
  }
}

const changesOf = ({ parts }: StoredMessage, flags: ReadonlySet<string>): Partial<MessageParts> => ({
  isRead: flags.has("\\Seen"),
  flag: { ...parts.flag, flagStatus: flags.has("\\Flagged") ? "flagged" : "notFlagged" }
})

/** One folder of an Exchange mailbox as IMAP shows it. What came by Graph is there too, with UIDs in the order it came. */
export class ExchangeMailbox extends ServerMailbox {
  readonly folder: MailFolder
  private readonly mail: Mailbox
  private readonly uids = new Map<StoredMessage, number>()
  /** `\Deleted` and `$MDNSent`: no property of Graph's has them. */
  private readonly own = new Map<StoredMessage, ReadonlySet<string>>()

  constructor(mail: Mailbox, folder: MailFolder, name: string, uidValidity: number, specialUse?: string) {
    super(name, uidValidity, specialUse)
    this.mail = mail
    this.folder = folder
    this.subscribed = true
  }

  override get messages(): ReadonlyArray<ServerMessage> {
    this.look()
    return super.messages
  }

  override get version(): number {
    this.look()
    return super.version
  }

  /** A received message, no draft unless it is said: what Graph would have to be told with 0x0E07. */
  override add(message: NewMessage): ServerMessage {
    const stored = message instanceof ExchangeMessage ? this.copyOf(message.stored) : this.intake(message)
    this.keepOwn(stored, message.flags)
    this.look()
    return this.find(this.uids.get(stored) ?? 0) ?? this.shown(0, stored)
  }

  override setFlags(message: ServerMessage, flags: Iterable<string>): ServerMessage {
    const present = this.find(message.uid)
    if (!(present instanceof ExchangeMessage)) return message
    const { stored } = present
    const wanted = new Set(flags)
    this.keepOwn(stored, wanted)
    if (!wanted.has("\\Answered")) stored.properties.delete(lastVerb)
    else if (!present.flags.has("\\Answered")) stored.properties.set(lastVerb, "102")
    stored.change(changesOf(stored, wanted))
    this.look()
    return this.find(message.uid) ?? message
  }

  override remove(uids: ReadonlySet<number>): void {
    for (const message of this.held)
      if (uids.has(message.uid) && message instanceof ExchangeMessage) this.mail.remove(message.stored)
    this.look()
  }

  override renumber(uidValidity: number): void {
    this.uidValidity = uidValidity
    this.uids.clear()
    this.held = []
    this.uidNext = 1
    this.look()
    this.changed()
  }

  /** Takes note of what has changed in the folder, whoever changed it. */
  look(): void {
    const there = this.mail.messagesIn(this.folder)
    const known = new Set(there)
    const kept = this.held.filter(
      (message) => message instanceof ExchangeMessage && known.has(message.stored)
    )
    let different = kept.length < this.held.length
    this.held = kept.map((message) => {
      if (!(message instanceof ExchangeMessage) || message.version === message.stored.version) return message
      different = true
      return this.shown(message.uid, message.stored)
    })
    for (const stored of this.uids.keys()) if (!known.has(stored)) this.uids.delete(stored)
    for (const stored of there) {
      if (this.uids.has(stored)) continue
      this.uids.set(stored, this.uidNext)
      this.held.push(this.shown(this.uidNext, stored))
      this.uidNext += 1
      different = true
    }
    if (different) this.changed()
  }

  private shown(uid: number, stored: StoredMessage): ExchangeMessage {
    const { flag } = stored.parts
    const flags = new Set(this.own.get(stored))
    if (stored.isRead) flags.add("\\Seen")
    if (stored.isDraft) flags.add("\\Draft")
    if (flag["flagStatus"] === "flagged") flags.add("\\Flagged")
    if (["102", "103"].includes(stored.properties.get(lastVerb) ?? "")) flags.add("\\Answered")
    return new ExchangeMessage(uid, stored, flags)
  }

  private keepOwn(stored: StoredMessage, flags: ReadonlySet<string>): void {
    this.own.set(stored, new Set([...flags].filter((flag) => ["\\Deleted", "$MDNSent"].includes(flag))))
  }

  private intake({ bytes, flags, internalDate }: NewMessage): StoredMessage {
    const octets = Buffer.from(bytes)
    const { attachments, parts } = sealed(this.mail, octets, partsOfMime(this.mail, octets))
    const stored = this.mail.add(
      {
        ...parts,
        isRead: flags.has("\\Seen"),
        isDraft: flags.has("\\Draft"),
        flag: { flagStatus: flags.has("\\Flagged") ? "flagged" : "notFlagged" },
        transportHeaders: octets.toString("utf8", 0, bodyStart(octets)),
        received: Math.floor(internalDate.getTime() / 1000) * 1000,
        properties: flags.has("\\Answered")
          ? new Map([...parts.properties, [lastVerb, "102"]])
          : parts.properties
      },
      this.folder,
      "imap"
    )
    stored.attachments.push(...attachments)
    return stored
  }

  private copyOf(original: StoredMessage): StoredMessage {
    const parts = { ...original.parts, properties: original.properties }
    const copy = this.mail.add(parts, this.folder, "copy")
    copy.attachments.push(...original.attachments)
    return copy
  }
}
