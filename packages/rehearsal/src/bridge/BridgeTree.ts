import { randomUUID } from "node:crypto"

import { type ProtonAccount, type ProtonMessage, SystemLabel } from "../ProtonAccount.ts"
import { BridgeMailbox } from "./BridgeMailbox.ts"
import { mailboxDefinitions, recoveredMessages } from "./MailboxDefinition.ts"
import { type StoredMessage, flagsOf } from "./StoredMessage.ts"

export interface BridgeTreeOptions {
  readonly account: ProtonAccount
  /** In split mode the one address whose mail this tree shows. */
  readonly address: string | undefined
  readonly nextUidValidity: () => number
  readonly now: () => number
}

/** gluon's database for one mailbox tree: what Bridge has made of the account so far. */
export class BridgeTree {
  private readonly options: BridgeTreeOptions
  private readonly mailboxes = new Map<string, BridgeMailbox>()
  private readonly stored = new Map<string, StoredMessage>()
  private readonly skipped = new Set<string>()

  constructor(options: BridgeTreeOptions) {
    this.options = options
  }

  /** None before the labels are synced. */
  get all(): ReadonlyArray<BridgeMailbox> {
    return [...this.mailboxes.values()]
  }

  /** Names are compared to the letter; only INBOX may be written in any case (RFC 3501, section 5.1). */
  find(name: string): BridgeMailbox | undefined {
    const wanted = name.toUpperCase() === "INBOX" ? "INBOX" : name
    return this.all.find((mailbox) => mailbox.name === wanted)
  }

  holding(id: string): ReadonlyArray<BridgeMailbox> {
    return this.all.filter((mailbox) => mailbox.find(id) !== undefined)
  }

  /** The ids of messages Bridge could not build. */
  get failed(): ReadonlyArray<string> {
    return [...this.skipped]
  }

  byGluonId(gluonId: string): StoredMessage | undefined {
    return [...this.stored.values()].find((each) => each.gluonId === gluonId)
  }

  /** The messages of this tree as Proton has them now, in no order. */
  messages(): ReadonlyArray<ProtonMessage> {
    const { account, address } = this.options
    if (address === undefined) return account.messages
    return account.messages.filter((message) => message.address.toLowerCase() === address.toLowerCase())
  }

  /** The first step of a sync, and of every event about labels: mailboxes are made, renamed and removed. */
  applyLabels(): void {
    const definitions = mailboxDefinitions(this.options.account)
    const known = new Set(definitions.map((definition) => definition.labelId))
    for (const labelId of this.mailboxes.keys()) if (!known.has(labelId)) this.mailboxes.delete(labelId)
    for (const definition of definitions) {
      const mailbox = this.mailboxes.get(definition.labelId)
      if (mailbox !== undefined) mailbox.definition = definition
      else {
        this.mailboxes.set(definition.labelId, new BridgeMailbox(definition, this.options.nextUidValidity()))
      }
    }
  }

  /** Takes a message in. One that cannot be built is remembered and shown nowhere. */
  insert(message: ProtonMessage): void {
    if (message.trouble === "skipped") this.skipped.add(message.id)
    else if (!this.stored.has(message.id)) this.file(message)
  }

  /** Mail a client appended and Proton refused. It exists only here. */
  recover(octets: Uint8Array): void {
    const gluonId = randomUUID()
    const stored: StoredMessage = {
      id: gluonId,
      gluonId,
      internalDate: this.options.now(),
      message: undefined,
      recovered: octets,
      flags: [],
      labelIds: new Set([recoveredMessages])
    }
    this.stored.set(stored.id, stored)
    this.mailboxes.get(recoveredMessages)?.add(stored)
  }

  /**
   * What Bridge does with the events it polls: brings labels, messages and flags up to Proton's state. A message with
   * other octets, as an edited draft has, is deleted and made anew under another UID and Gluon id.
   */
  applyEvents(): void {
    this.applyLabels()
    const messages = this.messages()
    const known = new Set(messages.map((message) => message.id))
    for (const stored of this.stored.values()) {
      if (stored.message !== undefined && !known.has(stored.id)) this.forget(stored)
    }
    for (const message of messages) {
      const stored = this.stored.get(message.id)
      if (stored?.message !== undefined && stored.message.raw !== message.raw) this.forget(stored)
      const kept = this.stored.get(message.id)
      if (kept === undefined) this.insert(message)
      else this.update(kept, message)
    }
  }

  private file(message: ProtonMessage): void {
    const stored: StoredMessage = {
      id: message.id,
      gluonId: randomUUID(),
      internalDate: message.time > 0 ? message.time * 1000 : this.options.now(),
      message,
      recovered: undefined,
      flags: flagsOf(message),
      labelIds: labelsOf(message)
    }
    this.stored.set(message.id, stored)
    for (const labelId of stored.labelIds) this.mailboxes.get(labelId)?.add(stored)
  }

  private forget(stored: StoredMessage): void {
    for (const labelId of stored.labelIds) this.mailboxes.get(labelId)?.remove(stored.id)
    this.stored.delete(stored.id)
  }

  private update(stored: StoredMessage, message: ProtonMessage): void {
    const labelIds = labelsOf(message)
    for (const labelId of stored.labelIds) {
      if (!labelIds.has(labelId)) this.mailboxes.get(labelId)?.remove(stored.id)
    }
    for (const labelId of labelIds) {
      const mailbox = this.mailboxes.get(labelId)
      if (mailbox !== undefined && mailbox.find(stored.id) === undefined) mailbox.add(stored)
    }
    const flags = flagsOf(message)
    stored.message = message
    const changed = flags.join(" ") !== stored.flags.join(" ")
    stored.labelIds = labelIds
    stored.flags = flags
    if (changed) for (const labelId of labelIds) this.mailboxes.get(labelId)?.touch()
  }
}

const labelsOf = (message: ProtonMessage): ReadonlySet<string> =>
  new Set([...message.labelIds, SystemLabel.allMail])
