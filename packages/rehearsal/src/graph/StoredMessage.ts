import type { MailFolder } from "./MailFolder.ts"
import type { StoredAttachment } from "./StoredAttachment.ts"

export interface Recipient {
  readonly emailAddress: { readonly name?: string | null; readonly address?: string | null }
}

export interface MessageBody {
  readonly contentType: "html" | "text"
  readonly content: string
}

export interface HeaderValue {
  readonly name: string
  readonly value: string
}

/** What a message is made of when it comes. */
export interface MessageParts {
  readonly subject: string
  readonly body: MessageBody
  readonly from: Recipient | undefined
  readonly sender: Recipient | undefined
  readonly toRecipients: ReadonlyArray<Recipient>
  readonly ccRecipients: ReadonlyArray<Recipient>
  readonly bccRecipients: ReadonlyArray<Recipient>
  readonly replyTo: ReadonlyArray<Recipient>
  readonly internetMessageId: string
  readonly isRead: boolean
  readonly isDraft: boolean
  readonly importance: string
  readonly categories: ReadonlyArray<string>
  readonly flag: Readonly<Record<string, unknown>>
  readonly inferenceClassification: string
  readonly isReadReceiptRequested: boolean
  readonly isDeliveryReceiptRequested: boolean
  /** Headers that live on as properties of their own: x- ones only. */
  readonly headers: ReadonlyArray<HeaderValue>
  /** PidTagTransportMessageHeaders. */
  readonly transportHeaders: string | undefined
  readonly inReplyTo: string | undefined
  readonly references: string | undefined
  /** Milliseconds since 1970. */
  readonly received: number
  /** Milliseconds since 1970. */
  readonly sent: number
  /** Extended properties but those that stand in fields above, by id. */
  readonly properties: ReadonlyMap<string, string>
}

/** How a message came to be here. */
export type Origin = "copy" | "deposit" | "imap" | "json" | "mime"

/** What one costs beyond what it carries; a guess. Bytes. */
const overhead = 4096

/** A message of a mailbox. */
export class StoredMessage {
  /** Another one after each move. */
  id: string
  /** The same as long as it is in this mailbox. */
  readonly immutableId: string
  folder: MailFolder
  readonly conversationId: string
  readonly by: Origin
  parts: MessageParts
  readonly properties: Map<string, string>
  readonly attachments: Array<StoredAttachment> = []
  /** Counts changes; in `changeKey`. */
  version = 1
  readonly created: number
  lastModified: number

  constructor(
    ids: { readonly id: string; readonly immutableId: string; readonly conversationId: string },
    folder: MailFolder,
    parts: MessageParts,
    by: Origin
  ) {
    this.id = ids.id
    this.immutableId = ids.immutableId
    this.conversationId = ids.conversationId
    this.folder = folder
    this.parts = parts
    this.properties = new Map(parts.properties)
    this.by = by
    this.created = Date.now()
    this.lastModified = this.created
  }

  get subject(): string {
    return this.parts.subject
  }

  get internetMessageId(): string {
    return this.parts.internetMessageId
  }

  get isDraft(): boolean {
    return this.parts.isDraft
  }

  get isRead(): boolean {
    return this.parts.isRead
  }

  get received(): number {
    return this.parts.received
  }

  get sent(): number {
    return this.parts.sent
  }

  get categories(): ReadonlyArray<string> {
    return this.parts.categories
  }

  /** Names from under the root down, joined by `/`. */
  get folderPath(): string {
    return this.folder.path
  }

  /** In bytes, computed. */
  get size(): number {
    const text = Buffer.byteLength(this.parts.body.content) + Buffer.byteLength(this.parts.subject)
    const headers = Buffer.byteLength(this.parts.transportHeaders ?? "")
    return this.attachments.reduce((sum, { octets }) => sum + octets.size, overhead + text + headers)
  }

  /** Inline ones do not count, as at Exchange. */
  get hasAttachments(): boolean {
    return this.attachments.some(({ isInline }) => !isInline)
  }

  get changeKey(): string {
    return Buffer.from(`CQAAABYAAA${this.immutableId.slice(-12)}${this.version}`).toString("base64")
  }

  change(parts: Partial<MessageParts>): void {
    this.parts = { ...this.parts, ...parts }
    this.touch()
  }

  touch(): void {
    this.version += 1
    this.lastModified = Date.now()
  }
}
