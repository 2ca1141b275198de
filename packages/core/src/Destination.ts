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
  /** Not to be sent in one command with others: a batch it was part of has just been refused (MULTIAPPEND is atomic). */
  readonly alone?: boolean
}

export interface AppendReceipt {
  /** Where the message went; none unless `reportsLocator`. */
  readonly locator: Option.Option<MessageLocator>
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
   * Stores one message once. Not idempotent: a second call stores a second copy,
   * so an adapter never retries it and core looks before it does.
   * Calls run concurrently may travel as one wire command; each gets its own verdict.
   */
  readonly append: (request: AppendRequest) => Effect.Effect<AppendReceipt, MailError>

  /**
   * Shows a stored message in one further mailbox: COPY on IMAP, a label elsewhere.
   * Not idempotent on `one-mailbox`. Fails with `MessageRejected(gone)` when the message is no longer there.
   */
  readonly copy: (message: StoredAt, into: MailboxPath) => Effect.Effect<AppendReceipt, MailError>

  /** Adds these flags and keywords to a message we stored; takes none away. Calling it again changes nothing. */
  readonly addFlags: (message: StoredAt, flags: Flags) => Effect.Effect<void, MailError>

  /**
   * Copies in `mailbox` with this stable id or, where the identity has none, this Message-ID.
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
