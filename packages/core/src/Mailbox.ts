import type * as Option from "effect/Option"

/**
 * A mailbox name as hierarchy levels, outermost first: `["Folders", "Work"]`.
 *
 * Core never sees a hierarchy delimiter or modified UTF-7; an adapter joins and
 * encodes levels at the wire, and only there.
 */
export type MailboxPath = readonly [string, ...ReadonlyArray<string>]

/** RFC 6154 special-use, plus `inbox` (RFC 9051 section 5.1) and `important` (RFC 8457). */
export type SpecialUse =
  | "inbox"
  | "all"
  | "archive"
  | "drafts"
  | "flagged"
  | "important"
  | "junk"
  | "sent"
  | "trash"

/**
 * What it means that a message is listed in a mailbox of the source.
 *
 * `home`: the message lives there. `label`: it carries that label as well.
 * `starred`: a view of everything flagged. `everything`: a view of all mail,
 * read only to find what no other mailbox shows.
 */
export type MailboxRole = "home" | "label" | "starred" | "everything"

export interface Mailbox {
  /** As this account spells it. */
  readonly path: MailboxPath
  readonly specialUse: Option.Option<SpecialUse>
  readonly role: MailboxRole
  /** The name to carry to another account, without the source's own prefixes: `Folders/A` is proposed as `A`. */
  readonly proposed: MailboxPath
}

/** One spelling of a path for keys in maps and tables: a JSON array, since a level may hold any character. */
export const pathKey = (path: MailboxPath): string => JSON.stringify(path)

/** A path as a person reads it. For display only: `["a/b"]` and `["a", "b"]` look alike. */
export const showPath = (path: MailboxPath): string => path.join("/")

/** The path behind a key made by {@link pathKey}. */
export const pathOfKey = (key: string): MailboxPath => JSON.parse(key)
