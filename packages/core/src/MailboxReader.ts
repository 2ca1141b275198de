import * as Brand from "effect/Brand"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"

import type { Mailbox, MailboxPath } from "./Mailbox.ts"
import type { MailError } from "./MailError.ts"
import type { Flags, Glimpse, MessageLocator, MessageSummary } from "./Message.ts"

/**
 * A place in a mailbox to list on from: `<UIDVALIDITY>:<UID>` for IMAP, a page token for Gmail.
 * Opaque to core, good across connections and runs.
 */
export type Cursor = string & Brand.Brand<"Cursor">
export const Cursor = Brand.nominal<Cursor>()

/** One listed message: its locator, and what the service gives with it for nothing: its flags, or all of its summary. */
export interface Entry {
  readonly locator: MessageLocator
  readonly flags: Option.Option<Flags>
  readonly summary?: MessageSummary
}

export interface Page {
  /**
   * The life of this mailbox to which the locators belong: UIDVALIDITY on IMAP. When it changes, every locator
   * seen before is void. One constant where locators never change.
   */
  readonly epoch: string
  readonly entries: ReadonlyArray<Entry>
  /** Where the next page begins; none when this was the last. */
  readonly next: Option.Option<Cursor>
}

/** The reading half, the same for both ends, so verify compares like with like. */
export interface MailboxReader {
  /** The adapter's kind: `imap`, `gmail`. Names the ledger rows and the log lines. */
  readonly kind: string
  /** The account as a person would say it. Safe to print. */
  readonly account: string

  /**
   * Every selectable mailbox, once. A source that is still starting and shows no mailbox at all
   * fails with `Transient`: an empty account is never inferred from an empty list.
   */
  readonly listMailboxes: Effect.Effect<ReadonlyArray<Mailbox>, MailError>

  /**
   * One page of a mailbox, from a cursor or from the start, oldest locator first. Cheap: nothing is described.
   * Pages are small enough to hold (at most about 10,000 entries). A message present throughout is listed
   * exactly once over all pages, whatever arrives meanwhile. Fails with
   * `MailboxRejected(uidvalidity-changed)` when the cursor belongs to an earlier life of the mailbox.
   */
  readonly list: (mailbox: MailboxPath, from: Option.Option<Cursor>) => Effect.Effect<Page, MailError>

  /** The cursor at which mail that arrives from now on will be listed; none where the service has no such order. */
  readonly end: (mailbox: MailboxPath) => Effect.Effect<Option.Option<Cursor>, MailError>

  /**
   * Summaries of these messages, in any order; a message that is gone is left out. Reads headers, marks nothing.
   * Fails with `MessageRejected(unreadable)` when the service cannot read one of them: core then asks for fewer.
   */
  readonly describe: (
    mailbox: MailboxPath,
    locators: ReadonlyArray<MessageLocator>
  ) => Effect.Effect<ReadonlyArray<MessageSummary>, MailError>

  /** What can be said of a message that `describe` or `fetch` cannot read. Never fails because of the message. */
  readonly glimpse: (mailbox: MailboxPath, locator: MessageLocator) => Effect.Effect<Glimpse, MailError>

  /**
   * The RFC 5322 octets to carry over: CRLF line ends, nothing re-encoded, sets no `\Seen` (BODY.PEEK[]).
   * Fails with `MessageRejected(gone)` or `MessageRejected(unreadable)`.
   */
  readonly fetch: (mailbox: MailboxPath, locator: MessageLocator) => Effect.Effect<Uint8Array, MailError>
}
