import * as Data from "effect/Data"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

import type { AppendReceipt } from "./Destination.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { MailError } from "./MailError.ts"
import type { MessageLocator } from "./Message.ts"

/** Unknown outcomes in a row after which one message is given up for this run; the ledger row stays open. */
const unknownOutcomes = 5

/**
 * Waits before each of two looks. A server that lost its client may still be storing what it got: Dovecot was seen to
 * commit a message some milliseconds after a look had not found it, and a second copy would have been sent.
 */
const usualLooks = [Duration.seconds(1), Duration.seconds(3)]

/**
 * Waits before each look at a destination that finds what it stored within this time: a look that comes early may spare
 * the rest of it, and only one at the end proves that there is nothing.
 */
export const looksWithin = (foundWithin: Duration.Duration): ReadonlyArray<Duration.Duration> =>
  Duration.isZero(foundWithin)
    ? usualLooks
    : [Duration.times(foundWithin, 1 / 6), Duration.times(foundWithin, 5 / 6)]

/** Where a message that comes twice is joined with itself, nothing has to be proved: one wait, so as not to hammer. */
export const looksBeforeRepeating: ReadonlyArray<Duration.Duration> = [Duration.seconds(1)]

/** A message whose outcome was unknown, as it was found. */
export interface FoundAgain {
  readonly locator: MessageLocator
  /** The date it is shown with, where it was found by a key that is on nothing else. */
  readonly internalDate?: DateTime.Utc
}

/** What the receipt would have said. */
export const receiptOfFound = ({ internalDate, locator }: FoundAgain): AppendReceipt => ({
  locator: Option.some(locator),
  ...(internalDate === undefined ? {} : { internalDate })
})

/** Nobody knows whether it was stored: the last outcome was unknown, or could not be looked up. */
export class Unsettled extends Data.TaggedError("Unsettled")<{ readonly error: MailError }> {}

/**
 * Stores something exactly once although an outcome may be unknown: after each unknown one it looks first, and sends
 * again only what is certainly not there. Looking goes through the guard and so waits out a lost connection. Fails
 * with MailError only when it is certain that nothing was stored.
 */
export const storeOnce = (
  attempt: Effect.Effect<AppendReceipt, MailError>,
  lookFor: Effect.Effect<Option.Option<FoundAgain>, MailError | LedgerError>,
  looks: ReadonlyArray<Duration.Duration> = usualLooks
): Effect.Effect<AppendReceipt, MailError | Unsettled | LedgerError> =>
  Effect.gen(function* () {
    const look = lookFor.pipe(
      Effect.mapError((error) => (error._tag === "MailError" ? new Unsettled({ error }) : error))
    )
    for (let unknown = 1; ; unknown++) {
      const result = yield* Effect.result(attempt)
      if (Result.isSuccess(result)) return result.success
      if (!isUnknown(result.failure)) {
        // A refusal now says nothing of the tries before it.
        const earlier = unknown > 1 ? yield* look : Option.none<FoundAgain>()
        return Option.isSome(earlier) ? receiptOfFound(earlier.value) : yield* result.failure
      }
      if (unknown > unknownOutcomes) return yield* new Unsettled({ error: result.failure })
      for (const wait of looks) {
        yield* Effect.sleep(wait)
        const found = yield* look
        if (Option.isSome(found)) return receiptOfFound(found.value)
      }
    }
  })

/** Whether nobody can say if the server stored it. */
const isUnknown = ({ reason }: MailError): boolean =>
  reason._tag === "Transient" && reason.applied === "unknown"
