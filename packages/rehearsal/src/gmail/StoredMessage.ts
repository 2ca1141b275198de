import type { Octets } from "../http/Octets.ts"
import type { MessageHead } from "./MessageHead.ts"

/** A message of an account. */
export class StoredMessage {
  /** Hexadecimal; of two messages the later one has the greater id. */
  readonly id: string
  readonly threadId: string
  readonly labelIds: Set<string>
  /** Milliseconds since 1970. */
  readonly internalDate: number
  readonly head: MessageHead
  readonly octets: Octets
  /** When it came to be here, in milliseconds since 1970: the search index knows it some time later. */
  readonly storedAt: number
  /** How it came to be here. */
  readonly by: "import" | "insert" | "draft" | "deposit"
  historyId = 0n
  /** How often an import with its Message-ID was taken for this message. */
  merges = 0
  private readonly nameOf: (labelId: string) => string

  constructor(parts: {
    readonly id: string
    readonly threadId: string
    readonly labelIds: Iterable<string>
    readonly internalDate: number
    readonly head: MessageHead
    readonly octets: Octets
    readonly storedAt: number
    readonly by: StoredMessage["by"]
    readonly nameOf: (labelId: string) => string
  }) {
    this.id = parts.id
    this.threadId = parts.threadId
    this.labelIds = new Set(parts.labelIds)
    this.internalDate = parts.internalDate
    this.head = parts.head
    this.octets = parts.octets
    this.storedAt = parts.storedAt
    this.by = parts.by
    this.nameOf = parts.nameOf
  }

  /** The bytes as they were sent. */
  get raw(): Buffer {
    return this.octets.read()
  }

  /** In bytes. */
  get size(): number {
    return this.octets.size
  }

  get messageId(): string | undefined {
    return this.head.messageId
  }

  /** Names of its labels, system labels by their id, in alphabetical order. */
  get labels(): ReadonlyArray<string> {
    return [...this.labelIds].map(this.nameOf).toSorted()
  }

  has(labelId: string): boolean {
    return this.labelIds.has(labelId)
  }
}
