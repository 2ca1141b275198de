import * as Brand from "effect/Brand"
import type * as DateTime from "effect/DateTime"
import type * as Option from "effect/Option"

import type { MailboxPath } from "./Mailbox.ts"

/**
 * Where one copy of a message lives, in the adapter's own spelling:
 * `<UIDVALIDITY>:<UID>` for IMAP, the message id for Gmail. Opaque to core.
 */
export type MessageLocator = string & Brand.Brand<"MessageLocator">
export const MessageLocator = Brand.nominal<MessageLocator>()

/** The system flags of RFC 9051 section 2.3.2 that mean something after a move. `\Deleted` never travels. */
export type SystemFlag = "\\Seen" | "\\Answered" | "\\Flagged" | "\\Draft"

export const systemFlags: ReadonlyArray<SystemFlag> = ["\\Seen", "\\Answered", "\\Flagged", "\\Draft"]

/** The marks on a message: system flags and keywords such as `$Forwarded` (RFC 9051 section 2.3.2). */
export interface Flags {
  readonly flags: ReadonlySet<SystemFlag>
  readonly keywords: ReadonlySet<string>
}

export interface MessageSummary extends Flags {
  readonly locator: MessageLocator
  readonly mailbox: MailboxPath
  /**
   * Identity that survives a new UIDVALIDITY and is equal for every mailbox that
   * shows the same message: the `X-Pm-Internal-Id` header, at both ends. None where the account
   * has no such thing (any plain IMAP source): core then knows a copy by its locator, and
   * re-matches by size, date and Message-ID when the mailbox's epoch changes.
   */
  readonly stableId: Option.Option<string>
  /** The `Message-ID` header, brackets included. Absent on some mail; not unique in the wild. */
  readonly messageId: Option.Option<string>
  readonly internalDate: DateTime.Utc
  /** Octets as the server states them (RFC822.SIZE). */
  readonly size: number
  /** The key that it was stored with, where the service keeps one (`findsByKey`). */
  readonly migrationKey?: string
}

/** All that can be said of a message whose header cannot be read. */
export interface Glimpse {
  readonly subject: Option.Option<string>
  readonly internalDate: Option.Option<DateTime.Utc>
  readonly size: Option.Option<number>
  readonly flags: Option.Option<Flags>
  /** Whatever part of the message could be read after all. */
  readonly bytes: Option.Option<Uint8Array>
}

/** What makes two copies the same message when no locator is known. */
export interface Identity {
  readonly stableId: Option.Option<string>
  readonly messageId: Option.Option<string>
  /** Octets of the copy we wrote. */
  readonly size: number
  readonly internalDate: DateTime.Utc
  /** What it is marked with where the destination finds messages by such a key. */
  readonly migrationKey?: string
}
