import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { makeAsSent } from "./AsSent.ts"
import type { DestinationCapabilities } from "./Capabilities.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { Mailbox } from "./Mailbox.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import type { MailError } from "./MailError.ts"
import { makeMessageFetch } from "./MessageFetch.ts"
import type { PlacementRow } from "./PlacementRow.ts"

/** How far mail that is read back can be compared: to the octet, by what is in it, or not at all. */
export type Comparison = "octets" | "content" | "nothing"

export const comparisonOf = ({
  contentMissing,
  keepsOctets
}: Pick<DestinationCapabilities, "contentMissing" | "keepsOctets">): Comparison =>
  keepsOctets ? "octets" : contentMissing === undefined ? "nothing" : "content"

type Placed = Pick<PlacementRow, "fingerprint" | "internalDate" | "message">

type Differs = Effect.Effect<Option.Option<ReadonlyArray<string>>, MailError | LedgerError>

const isOfThisMessage = ({ reason }: MailError): boolean =>
  reason._tag === "MessageRejected" || reason._tag === "MailboxRejected"

/**
 * Compares what a destination gives back with what was written, as far as it keeps that. A line for each difference;
 * none when the source can no longer give what it is to be compared with.
 */
export const makeReturned = Effect.fnUntraced(function* (
  source: MailboxReader,
  capabilities: DestinationCapabilities,
  mailboxes: ReadonlyMap<number, Mailbox>
) {
  const ledger = yield* Ledger
  const isAsSent = yield* makeAsSent(source, capabilities, mailboxes)
  const { fetch } = makeMessageFetch(source, mailboxes)
  const { contentMissing } = capabilities
  const comparison = comparisonOf(capabilities)

  const sameOctets = (placed: Placed, there: Uint8Array) =>
    Effect.map(isAsSent(placed, there), (isSame) =>
      Option.some(isSame ? [] : ["its octets are not the ones that were written"])
    )

  const sent = Effect.fnUntraced(function* ({ message }: Placed) {
    const memberships = yield* ledger.messages.memberships(message)
    return yield* fetch({ memberships }).pipe(Effect.catchIf(isOfThisMessage, () => Effect.succeedNone))
  })

  /** Takes what was read back, and tells how to compare it. Holds its octets only where they are what is compared. */
  return (there: Uint8Array): ((placed: Placed) => Differs) => {
    if (comparison === "octets") return (placed) => sameOctets(placed, there)
    const missingOf = contentMissing?.(there)
    return missingOf === undefined
      ? () => Effect.succeed(Option.some([]))
      : (placed) => Effect.map(sent(placed), Option.map(missingOf))
  }
})
