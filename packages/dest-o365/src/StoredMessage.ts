import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { MessageLocator, type MessageSummary, type SystemFlag } from "@mailferry/core/Message.ts"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

import { migrationState, propertyIds } from "./message/GraphProperties.ts"

const optional = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** A message as Graph gives it back, as far as it is looked at. */
export const StoredMessage = Schema.Struct({
  /** The same wherever in the mailbox it is moved, since `IdType="ImmutableId"` is asked for. Its case matters. */
  id: Schema.String,
  subject: optional(Schema.String),
  internetMessageId: optional(Schema.String),
  receivedDateTime: optional(Schema.String),
  sentDateTime: optional(Schema.String),
  isRead: optional(Schema.Boolean),
  isDraft: optional(Schema.Boolean),
  parentFolderId: optional(Schema.String),
  categories: optional(Schema.Array(Schema.String)),
  flag: optional(Schema.Struct({ flagStatus: optional(Schema.String) })),
  internetMessageHeaders: optional(
    Schema.Array(Schema.Struct({ name: optional(Schema.String), value: optional(Schema.String) }))
  ),
  singleValueExtendedProperties: optional(
    Schema.Array(Schema.Struct({ id: Schema.String, value: optional(Schema.String) }))
  )
})
export type StoredMessage = typeof StoredMessage.Type

/** PidTagMessageSize ([MS-OXPROPS] 2.787): octets of what Exchange has made of it, not of the mail it was. */
const sizeId = "Integer 0x0E08"

const properties = [sizeId, propertyIds.key, propertyIds.state, propertyIds.lastVerb, propertyIds.icon]

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** `$expand` of the properties that are looked at. */
const expand = `$expand=${encodeURIComponent(
  `singleValueExtendedProperties($filter=${properties.map((id) => `id eq ${quoted(id)}`).join(" or ")})`
)}`

const fields =
  "id,internetMessageId,receivedDateTime,sentDateTime,isRead,isDraft,parentFolderId,categories,flag"

/** The query for many: what a summary is made of, but for the stable id, which stands among all the headers. */
export const listed = `$select=${fields}&${expand}`

/** The query for one, its headers too. */
export const described = `$select=${fields},subject,internetMessageHeaders&${expand}`

/** The filter for messages that were stored with this key. */
export const withKey = (key: string): string =>
  `$filter=${encodeURIComponent(
    `singleValueExtendedProperties/Any(ep: ep/id eq ${quoted(propertyIds.key)} and ep/value eq ${quoted(key)})`
  )}`

/** The filter for messages with this Message-ID, brackets included. */
export const withMessageId = (messageId: string): string =>
  `$filter=${encodeURIComponent(`internetMessageId eq ${quoted(messageId)}`)}`

/** Graph answers `Integer 0xe07` for `Integer 0x0E07`. */
const sameProperty = (one: string, other: string): boolean => {
  const spelt = (id: string) => id.toLowerCase().replace(/ 0x0*(?=[\da-f])/u, " 0x")
  return spelt(one) === spelt(other)
}

export const propertyOf = (
  { singleValueExtendedProperties: all }: StoredMessage,
  wanted: string
): string | undefined => all?.find(({ id }) => sameProperty(id, wanted))?.value ?? undefined

/** Whether attachments are still to come, or its key. */
export const isPartial = (message: StoredMessage): boolean =>
  propertyOf(message, propertyIds.state) === migrationState.partial

const dateOf = (text: string | null | undefined): DateTime.Utc | undefined =>
  text === null || text === undefined ? undefined : Option.getOrUndefined(DateTime.make(text))

/** The day it is shown with, which stands for INTERNALDATE. */
export const receivedAt = ({ receivedDateTime }: StoredMessage): DateTime.Utc | undefined =>
  dateOf(receivedDateTime)

export const sentAt = ({ sentDateTime }: StoredMessage): DateTime.Utc | undefined => dateOf(sentDateTime)

/** [MS-OXOMSG] 2.2.1.29 and 2.2.1.10: the last verb and the icon can tell of one each. */
const answered = { verbs: new Set(["102", "103"]), icon: "261" }
const forwarded = { verb: "104", icon: "262" }

export const flagsOf = (message: StoredMessage): Pick<MessageSummary, "flags" | "keywords"> => {
  const verb = propertyOf(message, propertyIds.lastVerb) ?? ""
  const icon = propertyOf(message, propertyIds.icon)
  const flags = new Set<SystemFlag>()
  if (message.isRead === true) flags.add("\\Seen")
  if (message.flag?.flagStatus === "flagged") flags.add("\\Flagged")
  if (message.isDraft === true) flags.add("\\Draft")
  if (answered.verbs.has(verb) || icon === answered.icon) flags.add("\\Answered")
  const isForwarded = verb === forwarded.verb || icon === forwarded.icon
  return { flags, keywords: new Set([...(message.categories ?? []), ...(isForwarded ? ["$Forwarded"] : [])]) }
}

const headerOf = ({ internetMessageHeaders: all }: StoredMessage, wanted: string): string | undefined =>
  all?.find(({ name }) => name?.toLowerCase() === wanted)?.value?.trim()

const nonEmpty = (text: string | null | undefined): Option.Option<string> =>
  Option.filter(Option.fromNullishOr(text), (value) => value !== "")

/** Proton's own id of a message, which it has in a header of its own. */
export const stableIdOf = (message: StoredMessage): Option.Option<string> =>
  nonEmpty(headerOf(message, "x-pm-internal-id"))

/** The message as core sees it. */
export const summaryOf = (mailbox: MailboxPath, message: StoredMessage): MessageSummary => {
  const key = propertyOf(message, propertyIds.key)
  return {
    locator: MessageLocator(message.id),
    mailbox,
    stableId: stableIdOf(message),
    messageId: nonEmpty(message.internetMessageId),
    internalDate: receivedAt(message) ?? DateTime.makeUnsafe(0),
    size: Number(propertyOf(message, sizeId) ?? 0),
    ...flagsOf(message),
    ...(key === undefined ? {} : { migrationKey: key.toLowerCase() })
  }
}
