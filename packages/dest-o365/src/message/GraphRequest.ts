/** `microsoft.graph.recipient`. An address without a name of its own has none. */
export interface GraphRecipient {
  readonly emailAddress: { readonly address: string; readonly name?: string }
}

/** `microsoft.graph.fileAttachment` as it is sent. */
export interface GraphFileAttachment {
  readonly "@odata.type": "#microsoft.graph.fileAttachment"
  readonly name: string
  readonly contentType: string
  readonly isInline: boolean
  readonly contentId?: string
  /** Base64 (RFC 4648 section 4). */
  readonly contentBytes: string
}

/** A property by its MAPI tag or name; the value is a string whatever its type (a JSON number is a 400). */
export interface GraphProperty {
  readonly id: string
  readonly value: string
}

/** What `POST /me/mailFolders/{id}/messages` takes of a message that is not a draft. */
export interface GraphRequest {
  readonly subject: string
  readonly body: { readonly contentType: "html" | "text"; readonly content: string }
  readonly from: GraphRecipient
  readonly sender?: GraphRecipient
  readonly toRecipients: ReadonlyArray<GraphRecipient>
  readonly ccRecipients: ReadonlyArray<GraphRecipient>
  readonly bccRecipients: ReadonlyArray<GraphRecipient>
  readonly replyTo?: ReadonlyArray<GraphRecipient>
  readonly internetMessageId?: string
  readonly isRead: boolean
  readonly importance: "low" | "normal" | "high"
  readonly categories: ReadonlyArray<string>
  readonly flag?: { readonly flagStatus: "flagged" }
  readonly internetMessageHeaders?: ReadonlyArray<{ readonly name: string; readonly value: string }>
  readonly attachments?: ReadonlyArray<GraphFileAttachment>
  readonly singleValueExtendedProperties: ReadonlyArray<GraphProperty>
}

/** Octets of the request as it goes out. */
export const wireSize = (request: GraphRequest): number => Buffer.byteLength(JSON.stringify(request))
