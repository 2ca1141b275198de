import { octetsOf, type Octets } from "../http/Octets.ts"
import { AccountLabels } from "./AccountLabels.ts"
import { invalidArgument, notFound } from "./ApiError.ts"
import { Conversations } from "./Conversations.ts"
import { MailHistory } from "./MailHistory.ts"
import { type MessageHead, readHead } from "./MessageHead.ts"
import { StoredMessage } from "./StoredMessage.ts"

/** Ids are hexadecimal and grow, as Gmail's do; the steps are odd so that nobody counts on them. */
const firstId = 0x19a0_0000_0000_0000n
const idStep = 0x1_0f2bn

export interface NewMessage {
  readonly octets: Octets
  readonly head: MessageHead
  readonly labelIds: Iterable<string>
  /** Milliseconds since 1970. */
  readonly internalDate: number
  readonly threadId: string | undefined
  readonly by: StoredMessage["by"]
}

export interface LabelCounts {
  readonly messagesTotal: number
  readonly messagesUnread: number
  readonly threadsTotal: number
  readonly threadsUnread: number
}

/** One mailbox: its messages, labels and what happened to them. */
export class GmailAccount {
  readonly email: string
  readonly labels: AccountLabels
  readonly history = new MailHistory()
  private readonly stored = new Map<string, StoredMessage>()
  private readonly conversations = new Conversations()
  private ordered: Array<StoredMessage> = []
  private inOrder = true
  private given = 0n

  constructor(email: string, reserved: ReadonlySet<string>, mostLabels: number) {
    this.email = email
    this.labels = new AccountLabels(reserved, mostLabels)
  }

  /** In the order in which they came. */
  get messages(): ReadonlyArray<StoredMessage> {
    return [...this.stored.values()]
  }

  /** Newest first, as lists have them: by internalDate, then by id. */
  get newestFirst(): ReadonlyArray<StoredMessage> {
    if (!this.inOrder) {
      this.ordered.sort((a, b) => b.internalDate - a.internalDate || (a.id < b.id ? 1 : -1))
      this.inOrder = true
    }
    return this.ordered
  }

  /** Those with this Message-ID, angle brackets included. */
  withMessageId(messageId: string): ReadonlyArray<StoredMessage> {
    return this.conversations.withMessageId(messageId)
  }

  message(id: string): StoredMessage {
    if (!/^[\da-f]{1,16}$/u.test(id)) throw invalidArgument("Invalid id value")
    const message = this.stored.get(id)
    if (message === undefined) throw notFound()
    return message
  }

  /** How many messages ever came. */
  get arrived(): bigint {
    return this.given
  }

  get threadsTotal(): number {
    return new Set(this.messages.map(({ threadId }) => threadId)).size
  }

  counts(labelId: string): LabelCounts {
    const of = this.messages.filter((message) => message.has(labelId))
    const unread = of.filter((message) => message.has("UNREAD"))
    const threads = (messages: ReadonlyArray<StoredMessage>) =>
      new Set(messages.map(({ threadId }) => threadId)).size
    return {
      messagesTotal: of.length,
      messagesUnread: unread.length,
      threadsTotal: threads(of),
      threadsUnread: threads(unread)
    }
  }

  hasThread(threadId: string): boolean {
    return this.messages.some((message) => message.threadId === threadId)
  }

  add(wanted: NewMessage): StoredMessage {
    this.given += 1n
    const id = (firstId + this.given * idStep).toString(16)
    const message = new StoredMessage({
      ...wanted,
      id,
      threadId: wanted.threadId ?? id,
      storedAt: Date.now(),
      nameOf: (labelId) => (this.labels.has(labelId) ? this.labels.get(labelId).name : labelId)
    })
    this.stored.set(id, message)
    this.ordered.push(message)
    this.inOrder = false
    this.conversations.add(message)
    this.history.record("messageAdded", message)
    return message
  }

  /** The conversation a message with this header belongs to, where one is there. */
  threadOf(head: MessageHead): string | undefined {
    return this.conversations.threadOf(head)
  }

  relabel(message: StoredMessage, labelIds: ReadonlySet<string>): void {
    const removed = [...message.labelIds].filter((id) => !labelIds.has(id))
    const added = [...labelIds].filter((id) => !message.has(id))
    for (const id of removed) message.labelIds.delete(id)
    for (const id of added) message.labelIds.add(id)
    if (removed.length > 0) this.history.record("labelRemoved", message, removed)
    if (added.length > 0) this.history.record("labelAdded", message, added)
  }

  delete(message: StoredMessage): void {
    this.stored.delete(message.id)
    this.ordered = this.ordered.filter((each) => each !== message)
    this.conversations.delete(message)
    this.history.record("messageDeleted", message)
    message.octets.discard()
  }

  deleteLabel(id: string): void {
    this.labels.delete(id)
    for (const message of this.stored.values()) {
      if (message.has(id)) this.relabel(message, new Set([...message.labelIds].filter((each) => each !== id)))
    }
  }

  /**
   * Mail that was there before. `labels` by id or by name; a name that no label has becomes one. Without `date` it is
   * the message's own, and where it has none, now.
   */
  deposit(raw: Uint8Array, labels: Iterable<string> = [], date?: Date): StoredMessage {
    const octets = octetsOf(raw)
    const head = readHead(octets)
    const labelIds = [...labels].map((label) =>
      this.labels.has(label) ? label : (this.labels.named(label) ?? this.labels.create({ name: label })).id
    )
    const internalDate = date?.getTime() ?? head.date ?? Date.now()
    return this.add({ octets, head, labelIds, internalDate, threadId: this.threadOf(head), by: "deposit" })
  }
}
