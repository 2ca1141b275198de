import {
  type AppendRequest,
  Destination,
  type DestinationService,
  type StoredAt
} from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import { migrationKeyOf } from "@mailferry/core/MigrationKey.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { ConnectionProbes, ConnectionSubject } from "../ConnectionLaws.ts"
import type { Law } from "../Law.ts"
import { onAnotherConnection } from "../Reconnect.ts"
import { sampleMessage, type SampleOptions } from "../SampleMessage.ts"

/** What a law may need besides the contract: ways to see and to do what an adapter cannot. */
export interface DestinationProbes extends ConnectionProbes<Destination> {
  /** Removes a message as another client would. */
  readonly expunge?: (message: StoredAt) => Effect.Effect<void>
  /** Gives a mailbox a new UIDVALIDITY, with or without its messages. Connections that have it open may be lost. */
  readonly renew?: (mailbox: MailboxPath) => Effect.Effect<void>
  /** Messages in the mailbox of the long listing; 1,050 unless said. Fewer only where each costs money. */
  readonly listingSize?: number
}

export interface DestinationSubject extends DestinationProbes, ConnectionSubject<Destination> {}

export type DestinationLaw = Law<Destination, DestinationSubject>

export const law = (
  name: string,
  check: DestinationLaw["check"],
  ...needs: DestinationLaw["needs"]
): DestinationLaw => ({ name, needs, check })

/** A mailbox no other run and no other law uses. */
export const freshMailbox = Effect.fnUntraced(function* (destination: DestinationService, name: string) {
  const mailbox: MailboxPath = ["conformance", `${name} ${crypto.randomUUID().slice(0, 13)}`]
  yield* destination.ensureMailbox(mailbox, Option.none())
  return mailbox
})

/** The day clocks changed in Europe, in the hour that does not exist there. */
export const someDate = DateTime.makeUnsafe("2019-03-31T01:30:00Z")

export interface Letter extends AppendRequest {
  readonly stableId: string
}

/** A request to append a message like no other. */
export const letterTo = (
  mailbox: MailboxPath,
  overrides: Partial<AppendRequest> = {},
  options: SampleOptions = {}
): Letter => {
  const { bytes, messageId, stableId } = sampleMessage(options)
  return {
    mailbox,
    labels: [],
    flags: new Set(),
    keywords: new Set(),
    internalDate: someDate,
    messageId: Option.some(messageId),
    bytes,
    note: () => Effect.void,
    ticket: Effect.succeedNone,
    migrationKey: migrationKeyOf("the kit", stableId),
    lose: () => Effect.void,
    spend: () => Effect.void,
    stableId,
    ...overrides
  }
}

/** Uses another connection to the same account, and closes it. */
export const again = <A>(
  subject: DestinationSubject,
  use: (destination: DestinationService) => Effect.Effect<A, MailError>
): Effect.Effect<A, MailError> => onAnotherConnection(Destination, subject.layer, use)
