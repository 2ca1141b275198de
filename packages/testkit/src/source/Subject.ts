import type { StoredAt } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { Flags, MessageLocator } from "@mailferry/core/Message.ts"
import { Source } from "@mailferry/core/Source.ts"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"

import type { ConnectionProbes, ConnectionSubject } from "../ConnectionLaws.ts"
import type { Law } from "../Law.ts"
import { describeOne, locatorsOf } from "../Listing.ts"
import { onAnotherConnection } from "../Reconnect.ts"

/** A message of the test account as it is, known from elsewhere than the adapter. */
export interface KnownMessage extends Flags {
  readonly mailbox: MailboxPath
  /** Brackets included; no other message of that mailbox has it. */
  readonly messageId: string
  readonly internalDate: DateTime.Utc
  /** What `fetch` must give. */
  readonly bytes: Uint8Array
}

/**
 * A source cannot be filled through the contract, so the suite is told what is in the test account;
 * and what a law needs to see or to do behind the adapter's back.
 */
export interface SourceProbes extends ConnectionProbes<Source> {
  /** A mailbox with more than 1,000 messages, and how many. */
  readonly long?: { readonly mailbox: MailboxPath; readonly messages: number }
  /** A message without `\Seen`. */
  readonly known?: KnownMessage
  /** One message that several mailboxes show, and no other message of those has its Message-ID. */
  readonly shared?: { readonly messageId: string; readonly mailboxes: ReadonlyArray<MailboxPath> }
  /** A message the service cannot read: its mailbox and its place in the listing, from 0. */
  readonly unreadable?: { readonly mailbox: MailboxPath; readonly place: number }
  /** A mailbox that the probes below may change. */
  readonly scratch?: MailboxPath
  /** One more message arrives in a mailbox. */
  readonly deliver?: (mailbox: MailboxPath) => Effect.Effect<void>
  /** Removes a message as another client would. */
  readonly expunge?: (message: StoredAt) => Effect.Effect<void>
  /** Gives a mailbox a new UIDVALIDITY, with or without its messages. Connections that have it open may be lost. */
  readonly renew?: (mailbox: MailboxPath) => Effect.Effect<void>
  /** Changes ever made to the account, however counted: any number that a change would change. */
  readonly writes?: Effect.Effect<number>
  /** An account that is still starting and shows no mailbox yet. */
  readonly starting?: Layer.Layer<Source, MailError>
}

export interface SourceSubject extends SourceProbes, ConnectionSubject<Source> {}

export type SourceLaw = Law<Source, SourceSubject>

export const law = (name: string, check: SourceLaw["check"], ...needs: SourceLaw["needs"]): SourceLaw => ({
  name,
  needs,
  check
})

/** Uses another connection to the same account, and closes it. */
export const again = <A>(
  subject: SourceSubject,
  use: (source: MailboxReader) => Effect.Effect<A, MailError>
): Effect.Effect<A, MailError> => onAnotherConnection(Source, subject.layer, use)

/** The one message of a mailbox with this Message-ID. Dies when the account is not as the suite was told. */
export const theMessage = Effect.fnUntraced(function* (
  source: MailboxReader,
  mailbox: MailboxPath,
  messageId: string
) {
  const matching: Array<MessageLocator> = []
  for (const locator of yield* locatorsOf(source, mailbox)) {
    // One by one: another message of the mailbox may be unreadable.
    const summaries = yield* Effect.catch(source.describe(mailbox, [locator]), () => Effect.succeed([]))
    if (summaries.some((summary) => Option.contains(summary.messageId, messageId))) matching.push(locator)
  }
  const [locator, ...others] = matching
  if (locator === undefined || others.length > 0) {
    return yield* Effect.die(new Error(`${matching.length} messages ${messageId} in ${mailbox.join("/")}`))
  }
  return yield* describeOne(source, mailbox, locator)
})
