import type { Flags } from "@mailferry/core/Message.ts"
import { dateOf } from "@mailferry/core/NeededHeaders.ts"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

import type { GraphProperty } from "./GraphRequest.ts"
import type { MessageLoss } from "./MessageLoss.ts"
import { fieldOf, type MimePart } from "./MimeTree.ts"
import { oneLine } from "./PlainText.ts"

/** Set of the named properties that are mailferry's own. Never to be changed: messages are found by it. */
const ours = "{8a0d4a24-bd65-4275-b58e-6f57182c02e2}"

/** Ids of the properties that are set when a message is made, as Graph spells them. */
export const propertyIds = {
  /** PidTagMessageFlags ([MS-OXCMSG] 2.2.1.6): decides for ever that the message is no draft, and whether it was read. */
  messageFlags: "Integer 0x0E07",
  /** PidTagMessageDeliveryTime: receivedDateTime. */
  deliveryTime: "SystemTime 0x0E06",
  /** PidTagClientSubmitTime: sentDateTime. */
  submitTime: "SystemTime 0x0039",
  /** PidTagTransportMessageHeaders. */
  headers: "String 0x007D",
  /** PidTagInReplyToId. */
  inReplyTo: "String 0x1042",
  /** PidTagInternetReferences. */
  references: "String 0x1039",
  /** PidTagLastVerbExecuted ([MS-OXOMSG] 2.2.1.29): 102 replied, 104 forwarded. */
  lastVerb: "Integer 0x1081",
  /** PidTagIconIndex ([MS-OXOMSG] 2.2.1.10): 261 replied, 262 forwarded. */
  icon: "Integer 0x1080",
  /** The key by which a message is found again after an unknown outcome. */
  key: `String ${ours} Name MigrationKey`,
  /** `partial` until the last attachment is there. */
  state: `String ${ours} Name MigrationState`
} as const

/** Values of {@link propertyIds}.state. */
export const migrationState = { partial: "partial", done: "done" } as const

/** PtypTime counts from 1601-01-01 ([MS-OXCDATA] 2.11.1), where 0 is "none"; Outlook's own "none" is 4501-01-01. */
const earliest = DateTime.makeUnsafe("1601-01-02T00:00:00Z")
const latest = DateTime.makeUnsafe("4500-08-31T00:00:00Z")

/** What PidTagInternetReferences is kept to, in characters: the first and the last of a long thread are what joins it. */
const longestReferences = 8_000

/** Characters of a Date field that are looked at. */
const longestDate = 500

interface PropertyInput {
  readonly flags: Flags["flags"]
  readonly keywords: Flags["keywords"]
  readonly internalDate: DateTime.Utc
  /** SHA-256 in lower-case hexadecimal. */
  readonly key: string
  readonly headers: string
}

export interface MessageProperties {
  readonly properties: ReadonlyArray<GraphProperty>
  readonly losses: ReadonlyArray<MessageLoss>
}

/** ISO 8601 in UTC to the second: what SystemTime values look like in Graph's documentation. */
export const dateText = (date: DateTime.Utc): string => DateTime.formatIso(date).replace(/\.\d+Z$/u, "Z")

const shortened = (references: string): string => {
  if (references.length <= longestReferences) return references
  const [first = "", ...rest] = references.split(/\s+/u)
  let kept = ""
  for (const id of rest.toReversed()) {
    if (first.length + kept.length + id.length + 2 > longestReferences) break
    kept = ` ${id}${kept}`
  }
  return first.slice(0, longestReferences) + kept
}

/** Marks of answered and forwarded mail. Exchange holds one last verb and one icon: where both happened, each tells of one. */
export const verbProperties = ({
  flags,
  keywords
}: Pick<PropertyInput, "flags" | "keywords">): ReadonlyArray<GraphProperty> => {
  const isForwarded = keywords.has("$Forwarded")
  const isAnswered = flags.has("\\Answered")
  if (!isAnswered && !isForwarded) return []
  return [
    { id: propertyIds.lastVerb, value: isAnswered ? "102" : "104" },
    { id: propertyIds.icon, value: isForwarded ? "262" : "261" }
  ]
}

/** The properties that have to come with the creating request; later Exchange changes none of the first three. */
export const messageProperties = (root: MimePart, input: PropertyInput): MessageProperties => {
  const losses: Array<MessageLoss> = []
  const fit = (date: DateTime.Utc, label: string): string => {
    const fitted = DateTime.max(earliest, DateTime.min(date, latest))
    if (fitted !== date)
      losses.push({ kind: "date-clamped", detail: `${label}: ${DateTime.formatIso(date)}` })
    return dateText(fitted)
  }
  const header = fieldOf(root, "date")
  const sent = dateOf((header ?? "").slice(0, longestDate))
  if (Option.isNone(sent)) {
    const why = header === undefined ? "there is no Date header" : "its Date header holds no date"
    losses.push({ kind: "sent-date-missing", detail: `${why}, so the day of arrival is shown` })
  }
  const text = (id: string, name: string): ReadonlyArray<GraphProperty> => {
    const value = oneLine(fieldOf(root, name) ?? "")
    return value === "" ? [] : [{ id, value: shortened(value) }]
  }
  const properties = [
    { id: propertyIds.messageFlags, value: input.flags.has("\\Seen") ? "1" : "0" },
    { id: propertyIds.deliveryTime, value: fit(input.internalDate, "INTERNALDATE") },
    {
      id: propertyIds.submitTime,
      value: fit(
        Option.getOrElse(sent, () => input.internalDate),
        "Date"
      )
    },
    ...(input.headers === "" ? [] : [{ id: propertyIds.headers, value: input.headers }]),
    ...text(propertyIds.inReplyTo, "in-reply-to"),
    ...text(propertyIds.references, "references"),
    ...verbProperties(input),
    { id: propertyIds.key, value: input.key }
  ]
  return { properties, losses }
}
