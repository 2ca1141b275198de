import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"

import type { DestinationCapabilities } from "./Capabilities.ts"
import type { MailboxPath, SpecialUse } from "./Mailbox.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import type { MailError } from "./MailError.ts"
import type { Flags, Identity, MessageLocator, MessageSummary } from "./Message.ts"

export interface AppendRequest extends Flags {
  readonly mailbox: MailboxPath
  /** Further mailboxes to show the message in. Empty unless `placement` is `labels`. */
  readonly labels: ReadonlyArray<MailboxPath>
  readonly internalDate: DateTime.Utc
  /** The Message-ID in `bytes`, brackets included, so that no adapter parses it again. */
  readonly messageId: Option.Option<string>
  readonly bytes: Uint8Array
  /**
   * In the most careful way the service has, since it was refused in the usual one: not in one command with others
   * (MULTIAPPEND is atomic), in an upload session of its own.
   */
  readonly alone?: boolean
  /**
   * Writes a ticket down before the octets go out, by which `recall` can ask what became of them: the URI of an upload
   * session. Durable when it returns. A service without tickets never calls it.
   */
  readonly note: (ticket: string) => Effect.Effect<void, MailError>
  /** The ticket that was noted last for this message in this mailbox, by this attempt or an earlier one. */
  readonly ticket: Effect.Effect<Option.Option<string>>
  /** What the message is to be marked with where the service finds messages by such a key (`findsByKey`): 64 hexadecimal digits. */
  readonly migrationKey: string
  /** Enters in the ledger what the service cannot keep of this message, before it is sent. `detail` holds none of its text. */
  readonly lose: (loss: Loss) => Effect.Effect<void, MailError>
  /** Waits until the account may be sent one more request with so many octets. Only where a limit is `metered`. */
  readonly spend: (octets: number) => Effect.Effect<void, MailError>
}

/** Something of one message that the destination cannot keep. */
export interface Loss {
  readonly kind: string
  readonly detail: string
}

export interface AppendReceipt {
  /** Where the message went; none unless `reportsLocator`. */
  readonly locator: Option.Option<MessageLocator>
  /** The date that the service shows it with, where it is not the one it was given: drafts are of the day they came. */
  readonly internalDate?: DateTime.Utc
}

/** A stored message: the mailbox it is in and where in it. */
export interface StoredAt {
  readonly mailbox: MailboxPath
  readonly locator: MessageLocator
}

export interface DestinationService extends MailboxReader {
  readonly capabilities: DestinationCapabilities

  /**
   * Creates the mailbox and its parents unless they exist, and subscribes to it. Calling it again changes nothing.
   * Fails with `MailboxRejected(name)` when the server will not have the name.
   */
  readonly ensureMailbox: (
    path: MailboxPath,
    specialUse: Option.Option<SpecialUse>
  ) => Effect.Effect<void, MailError>

  /**
   * Stores one message once. Not idempotent unless `joinsByMessageId`: a second call stores a second copy,
   * so an adapter never retries it and core looks before it does. With `joinsByMessageId`, a message whose Message-ID
   * is there already gives the locator of the one that is. Fails with `MailboxRejected(missing)` when a mailbox is not
   * there, with `instead` when the service keeps one for itself and another has to do.
   * Calls run concurrently may travel as one wire command; each gets its own verdict.
   */
  readonly append: (request: AppendRequest) => Effect.Effect<AppendReceipt, MailError>

  /**
   * Shows a stored message in one further mailbox: COPY on IMAP, a label elsewhere.
   * Not idempotent on `one-mailbox`. Fails with `MessageRejected(gone)` when the message is no longer there.
   */
  readonly copy: (message: StoredAt, into: MailboxPath) => Effect.Effect<AppendReceipt, MailError>

  /**
   * What became of an append whose ticket was noted: its receipt when the message was stored. None when that append
   * stored nothing and never will, or when nobody knows any more. Stores nothing.
   */
  readonly recall: (ticket: string) => Effect.Effect<Option.Option<AppendReceipt>, MailError>

  /**
   * Removes what the append of this ticket left unfinished; nothing where it finished, or began nothing. Called only
   * where `leavesUnfinished`, for messages that will not be sent again.
   */
  readonly discard: (ticket: string) => Effect.Effect<void, MailError>

  /** Adds these flags and keywords to a message we stored; takes none away. Calling it again changes nothing. */
  readonly addFlags: (message: StoredAt, flags: Flags) => Effect.Effect<void, MailError>

  /**
   * Whole copies in `mailbox` with this migration key where `findsByKey` and the identity has one, else with this stable
   * id or, where the identity has none, this Message-ID.
   * Sees an append as soon as it returned. Candidates, not a verdict: core compares size and date.
   */
  readonly find: (
    mailbox: MailboxPath,
    identity: Identity
  ) => Effect.Effect<ReadonlyArray<MessageSummary>, MailError>
}

/** The account being filled. */
export class Destination extends Context.Service<Destination, DestinationService>()(
  "@mailferry/core/Destination"
) {}
