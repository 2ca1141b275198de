import * as Data from "effect/Data"
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
const looks = [Duration.seconds(1), Duration.seconds(3)]

/** Nobody knows whether it was stored: the last outcome was unknown, or could not be looked up. */
export class Unsettled extends Data.TaggedError("Unsettled")<{ readonly error: MailError }> {}

/**
 * Stores something exactly once although an outcome may be unknown: after each unknown one it looks first, and sends
 * again only what is certainly not there. Looking goes through the guard and so waits out a lost connection. Fails
 * with MailError only when it is certain that nothing was stored.
 */
export const storeOnce = (
  attempt: Effect.Effect<AppendReceipt, MailError>,
  lookFor: Effect.Effect<Option.Option<MessageLocator>, MailError | LedgerError>
): Effect.Effect<AppendReceipt, MailError | Unsettled | LedgerError> =>
  Effect.gen(function* () {
    for (let unknown = 1; ; unknown++) {
      const result = yield* Effect.result(attempt)
      if (Result.isSuccess(result)) return result.success
      if (!isUnknown(result.failure)) return yield* result.failure
      if (unknown > unknownOutcomes) return yield* new Unsettled({ error: result.failure })
      for (const wait of looks) {
        yield* Effect.sleep(wait)
        const locator = yield* lookFor.pipe(
          Effect.mapError((error) => (error._tag === "MailError" ? new Unsettled({ error }) : error))
        )
        if (Option.isSome(locator)) return { locator }
      }
    }
  })

/** Whether nobody can say if the server stored it. */
const isUnknown = ({ reason }: MailError): boolean =>
  reason._tag === "Transient" && reason.applied === "unknown"
