import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { DestinationService } from "./Destination.ts"
import { Ledger } from "./Ledger.ts"
import { ledgerErrorOf } from "./LedgerError.ts"
import type { MailError } from "./MailError.ts"
import { type PlacementRecord, rowOf } from "./PlacementRow.ts"

/** Nothing can be removed there any more: the message or its mailbox is gone. */
const isGone = ({ reason }: MailError): boolean =>
  reason._tag === "MessageRejected" || reason._tag === "MailboxRejected"

/**
 * Removes what appends left unfinished that no run will go on with: of messages that were refused, and of those that an
 * earlier run was cut short on and that since have another place, or none. What this run gave up is left for the next.
 */
export const discardLeftovers = Effect.fn("Leftovers")(function* (
  destination: DestinationService,
  run: number
) {
  if (!destination.capabilities.leavesUnfinished) return
  const ledger = yield* Ledger
  yield* ledger.placements.flush
  const records = yield* ledger.sql<PlacementRecord>`
    SELECT * FROM placements WHERE ticket IS NOT NULL
      AND (state = 'rejected' OR (state = 'failed' AND run < ${run}))`.pipe(Effect.mapError(ledgerErrorOf))
  for (const row of records.map(rowOf)) {
    if (Option.isNone(row.ticket)) continue
    yield* destination.discard(row.ticket.value).pipe(Effect.catchIf(isGone, () => Effect.void))
    yield* ledger.placements.put({ ...row, ticket: Option.none() })
  }
})
