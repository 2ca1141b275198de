import type { MailboxDefinition } from "./MailboxDefinition.ts"
import type { StoredMessage } from "./StoredMessage.ts"

/** A message in a mailbox. */
export interface MailboxEntry {
  readonly uid: number
  readonly stored: StoredMessage
  /** `\Deleted` is gluon's own and belongs to the mailbox; Proton never hears of it. */
  deleted: boolean
  /** Not yet seen by any SELECT. */
  recent: boolean
}

/** One mailbox of gluon's database. */
export class BridgeMailbox {
  definition: MailboxDefinition
  readonly uidValidity: number
  uidNext = 1
  subscribed = true
  /** Counts every change a session may have to hear of. */
  revision = 0
  /** Set by a fault: the mailbox shows nothing, though its messages are in All Mail. */
  blind = false
  private readonly byId = new Map<string, MailboxEntry>()

  constructor(definition: MailboxDefinition, uidValidity: number) {
    this.definition = definition
    this.uidValidity = uidValidity
  }

  get name(): string {
    return this.definition.name
  }

  /** In the order of their UIDs. */
  get entries(): ReadonlyArray<MailboxEntry> {
    return this.blind ? [] : [...this.byId.values()]
  }

  get size(): number {
    return this.blind ? 0 : this.byId.size
  }

  add(stored: StoredMessage): number {
    const uid = this.uidNext
    this.uidNext += 1
    this.byId.set(stored.id, { uid, stored, deleted: false, recent: true })
    this.revision += 1
    return uid
  }

  remove(id: string): void {
    if (this.byId.delete(id)) this.revision += 1
  }

  find(id: string): MailboxEntry | undefined {
    return this.byId.get(id)
  }

  touch(): void {
    this.revision += 1
  }
}
