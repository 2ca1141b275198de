import { randomBytes } from "node:crypto"

import { extendedProperty, propertyValue } from "./ExtendedProperty.ts"
import { badRequest } from "./GraphError.ts"
import type { HeaderValue, MessageBody, MessageParts, Recipient } from "./StoredMessage.ts"

export type JsonObject = Readonly<Record<string, unknown>>

/** How the server differs where nobody knows how the real one is, or where tenants differ. */
export interface IntakeRules {
  /** 0x0E07 is not honoured: all that comes is a draft. */
  readonly makesDrafts: boolean
  /** 0x0E07 "0" comes out as read all the same. */
  readonly ignoresUnread: boolean
  /** x- headers of a create live on. */
  readonly keepsInlineHeaders: boolean
  /** Headers without x-: dropped in silence, or the message refused. */
  readonly foreignHeaders: "ignore" | "refuse"
  /** Of 0x007D. Bytes. */
  readonly transportHeadersLimit: number
}

const headerRefused = (message: string): Error => badRequest(message, "InvalidInternetMessageHeader")

const xHeader = /^x-/iu

/** At most five, each name once, each value of at most 995 characters. */
export const internetHeaders = (body: JsonObject, rules: IntakeRules): ReadonlyArray<HeaderValue> => {
  const given = (body["internetMessageHeaders"] ?? []) as ReadonlyArray<{ name?: string; value?: string }>
  const headers = given.map(({ name, value }) => ({ name: name ?? "", value: value ?? "" }))
  const foreign = headers.find(({ name }) => !xHeader.test(name))
  if (foreign !== undefined && rules.foreignHeaders === "refuse") {
    throw headerRefused(`The internet message header name '${foreign.name}' should start with 'x-' or 'X-'.`)
  }
  const own = headers.filter(({ name }) => xHeader.test(name))
  // An empty list is refused in the same words (msgraph-sdk-dotnet#2208).
  if (own.length > 5 || (body["internetMessageHeaders"] !== undefined && given.length === 0)) {
    throw badRequest(
      "Maximum number of headers in one message should be less than or equal to 5.",
      "InvalidInternetMessageHeaderCollection"
    )
  }
  if (new Set(own.map(({ name }) => name.toLowerCase())).size < own.length) {
    throw badRequest(
      "The internet message headers must have different names.",
      "InvalidInternetMessageHeaderCollection"
    )
  }
  for (const { name, value } of own) {
    if (!/^[!-9;-~]+$/u.test(name))
      throw headerRefused(`The internet message header name '${name}' is invalid.`)
    if (value.length > 995) {
      throw headerRefused(
        `The value of the internet message header '${name}' exceeds the maximum length of 995.`
      )
    }
    if (/[\r\n\0]/u.test(value)) {
      throw headerRefused(`The value of the internet message header '${name}' is invalid.`)
    }
  }
  return rules.keepsInlineHeaders ? own : []
}

const refusedRecipient = (): Error =>
  badRequest("At least one recipient is not valid.", "ErrorInvalidRecipients")

const checked = (recipient: Recipient): Recipient => {
  const { name, address } = recipient.emailAddress ?? {}
  const shown = address ?? ""
  if (shown === "" || shown.length > 454 || /[\s<>,;\0]/u.test(shown)) throw refusedRecipient()
  // A name that is missing is the address.
  return {
    emailAddress: { name: name === undefined || name === null || name === "" ? shown : name, address: shown }
  }
}

export const recipientsOf = (body: JsonObject, name: string): ReadonlyArray<Recipient> | undefined => {
  const value = body[name]
  return value === undefined ? undefined : (value as ReadonlyArray<Recipient>).map(checked)
}

export const recipientOf = (body: JsonObject, name: string): Recipient | undefined => {
  const value = body[name]
  return value === undefined ? undefined : checked(value as Recipient)
}

/** Extended properties by id, in Exchange's spelling. */
export const propertiesIn = (body: JsonObject): ReadonlyMap<string, string> => {
  const given = (body["singleValueExtendedProperties"] ?? []) as ReadonlyArray<{
    id: string
    value: string | null
  }>
  return new Map(
    given.flatMap(({ id, value }) => {
      const property = extendedProperty(id)
      return value === null ? [] : [[property.id, propertyValue(property, value)] as const]
    })
  )
}

/** Properties that stand in fields of the message, or are the store's own and cannot be set. */
const elsewhere = new Set([
  "Integer 0xe07",
  "Integer 0xe08",
  "Long 0xe08",
  "String 0x1035",
  "String 0x1039",
  "String 0x1042",
  "String 0x37",
  "String 0x7d",
  "SystemTime 0x39",
  "SystemTime 0xe06"
])

/** Those that are kept as they are. */
export const plainProperties = (all: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...all].filter(([id]) => !elsewhere.has(id)))

export const textIn = (body: JsonObject, name: string): string | undefined => {
  const value = body[name]
  return typeof value === "string" ? value : undefined
}

export const bodyIn = (body: JsonObject): MessageBody | undefined => {
  const given = body["body"] as { contentType?: "html" | "text"; content?: string | null } | undefined
  return given === undefined
    ? undefined
    : { contentType: given.contentType ?? "text", content: given.content ?? "" }
}

/** Of the properties a client may set in PidTagMessageFlags (MS-OXCMSG 2.2.1.6): all others are the store's. */
const mfRead = 1
const mfUnsent = 8

const readState = (
  body: JsonObject,
  flags: number | undefined,
  rules: IntakeRules
): Pick<MessageParts, "isDraft" | "isRead"> => {
  const said = body["isRead"] === undefined ? true : body["isRead"] === true
  if (rules.makesDrafts || flags === undefined) return { isDraft: true, isRead: said }
  return { isDraft: (flags & mfUnsent) !== 0, isRead: (flags & mfRead) !== 0 || rules.ignoresUnread }
}

export const newMessageId = (): string =>
  `<${randomBytes(16).toString("hex").toUpperCase()}@rehearsal.prod.outlook.com>`

const transportHeaders = (value: string | undefined, rules: IntakeRules): string | undefined => {
  if (value === undefined || Buffer.byteLength(value) <= rules.transportHeadersLimit) return value
  throw badRequest(
    "Property validation failed. Property = [TransportMessageHeaders] Error = PropertyTooBig.",
    "ErrorPropertyValidationFailure"
  )
}

/**
 * A message from the JSON of a create. What may be said in plain fields and is none the less ignored: isDraft,
 * receivedDateTime, sentDateTime, id and all that is computed.
 */
export const partsFromJson = (body: JsonObject, rules: IntakeRules, owner: Recipient): MessageParts => {
  const properties = propertiesIn(body)
  const time = (id: string): number | undefined => {
    const value = properties.get(id)
    return value === undefined ? undefined : Date.parse(value)
  }
  const flags = properties.get("Integer 0xe07")
  const now = Date.now()
  const from = recipientOf(body, "from")
  const sender = recipientOf(body, "sender")
  return {
    subject: textIn(body, "subject") ?? "",
    body: bodyIn(body) ?? { contentType: "text", content: "" },
    from: from ?? sender ?? owner,
    sender: sender ?? from ?? owner,
    toRecipients: recipientsOf(body, "toRecipients") ?? [],
    ccRecipients: recipientsOf(body, "ccRecipients") ?? [],
    bccRecipients: recipientsOf(body, "bccRecipients") ?? [],
    replyTo: recipientsOf(body, "replyTo") ?? [],
    internetMessageId: textIn(body, "internetMessageId") ?? properties.get("String 0x1035") ?? newMessageId(),
    ...readState(body, flags === undefined ? undefined : Number(flags), rules),
    importance: textIn(body, "importance") ?? "normal",
    categories: (body["categories"] ?? []) as ReadonlyArray<string>,
    flag: { flagStatus: "notFlagged", ...(body["flag"] as object | undefined) },
    inferenceClassification: textIn(body, "inferenceClassification") ?? "focused",
    isReadReceiptRequested: body["isReadReceiptRequested"] === true,
    isDeliveryReceiptRequested: body["isDeliveryReceiptRequested"] === true,
    headers: internetHeaders(body, rules),
    transportHeaders: transportHeaders(properties.get("String 0x7d"), rules),
    inReplyTo: properties.get("String 0x1042"),
    references: properties.get("String 0x1039"),
    received: time("SystemTime 0xe06") ?? now,
    sent: time("SystemTime 0x39") ?? now,
    properties: plainProperties(properties)
  }
}
