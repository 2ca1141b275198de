import { notFound } from "./ApiError.ts"
import type { StoredMessage } from "./StoredMessage.ts"

export type HistoryType = "messageAdded" | "messageDeleted" | "labelAdded" | "labelRemoved"

interface HistoryRecord {
  readonly id: bigint
  readonly type: HistoryType
  readonly message: {
    readonly id: string
    readonly threadId: string
    readonly labelIds: ReadonlyArray<string>
  }
  /** The labels added or removed. */
  readonly labelIds: ReadonlyArray<string>
}

interface HistoryPage {
  readonly history: ReadonlyArray<object>
  readonly nextPageToken?: string
}

const fieldOf: Readonly<Record<HistoryType, string>> = {
  messageAdded: "messagesAdded",
  messageDeleted: "messagesDeleted",
  labelAdded: "labelsAdded",
  labelRemoved: "labelsRemoved"
}

const shown = ({ id, type, message, labelIds }: HistoryRecord): object => {
  const bare = { id: message.id, threadId: message.threadId }
  const entry = type === "labelAdded" || type === "labelRemoved" ? { message, labelIds } : { message }
  return { id: String(id), messages: [bare], [fieldOf[type]]: [entry] }
}

/** What happened to an account's messages, in order. */
export class MailHistory {
  private readonly records: Array<HistoryRecord> = []
  private last = 1000n
  private oldest = 0n

  get latest(): bigint {
    return this.last
  }

  record(type: HistoryType, message: StoredMessage, labelIds: Iterable<string> = []): void {
    this.last += 1n
    message.historyId = this.last
    this.records.push({
      id: this.last,
      type,
      message: { id: message.id, threadId: message.threadId, labelIds: [...message.labelIds] },
      labelIds: [...labelIds]
    })
  }

  /** From here on nobody learns what happened before now: about a week later it is so at Google's too. */
  forget(): void {
    this.records.length = 0
    this.oldest = this.last + 1n
  }

  page(options: {
    readonly after: bigint
    readonly types: ReadonlyArray<string>
    readonly labelId: string | undefined
    readonly most: number
    readonly skip: number
  }): HistoryPage {
    const { after, types, labelId, most, skip } = options
    if (after < this.oldest) throw notFound()
    const found = this.records.filter(
      ({ id, type, message, labelIds }) =>
        id > after &&
        (types.length === 0 || types.includes(type)) &&
        (labelId === undefined || message.labelIds.includes(labelId) || labelIds.includes(labelId))
    )
    const end = skip + most
    return {
      history: found.slice(skip, end).map(shown),
      ...(end < found.length ? { nextPageToken: String(end) } : {})
    }
  }
}
