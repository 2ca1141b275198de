import { extendedProperty, propertyValue } from "./ExtendedProperty.ts"
import { newMessageId } from "./MessageIntake.ts"
import type { MessageParts } from "./StoredMessage.ts"

/** What a test says of mail that was there before; all else is as in any received message. */
export interface DepositedParts extends Partial<Omit<MessageParts, "properties">> {
  /** By id, in whatever spelling. */
  readonly properties?: Readonly<Record<string, string>>
}

export const depositedParts = (
  { properties = {}, ...parts }: DepositedParts,
  address: string
): MessageParts => {
  const somebody = { emailAddress: { name: "Somebody", address: "somebody@example.org" } }
  const now = Date.now()
  return {
    subject: "Here before",
    body: { contentType: "text", content: "Here before" },
    from: somebody,
    sender: somebody,
    toRecipients: [{ emailAddress: { name: address, address } }],
    ccRecipients: [],
    bccRecipients: [],
    replyTo: [],
    internetMessageId: newMessageId(),
    isRead: true,
    isDraft: false,
    importance: "normal",
    categories: [],
    flag: { flagStatus: "notFlagged" },
    inferenceClassification: "focused",
    isReadReceiptRequested: false,
    isDeliveryReceiptRequested: false,
    headers: [],
    transportHeaders: undefined,
    inReplyTo: undefined,
    references: undefined,
    received: now,
    sent: now,
    ...parts,
    properties: new Map(
      Object.entries(properties).map(([id, value]) => {
        const property = extendedProperty(id)
        return [property.id, propertyValue(property, value)]
      })
    )
  }
}
