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
 * Stores something exactly once although an outcome may be unknown: after each unknown one it looks first, and sends
 * again only what is certainly not there. Looking goes through the guard and so waits out a lost connection.
 */
export const storeOnce = (
  attempt: Effect.Effect<AppendReceipt, MailError>,
  lookFor: Effect.Effect<Option.Option<MessageLocator>, MailError | LedgerError>
): Effect.Effect<AppendReceipt, MailError | LedgerError> =>
  Effect.gen(function* () {
    for (let unknown = 1; ; unknown++) {
      const result = yield* Effect.result(attempt)
      if (Result.isSuccess(result)) return result.success
      if (!isUnknown(result.failure) || unknown > unknownOutcomes) return yield* result.failure
      const locator = yield* lookFor
      if (Option.isSome(locator)) return { locator }
      yield* Effect.sleep(Duration.millis(250 * 2 ** unknown))
    }
  })

/** Whether nobody can say if the server stored it. */
export const isUnknown = ({ reason }: MailError): boolean =>
  reason._tag === "Transient" && reason.applied === "unknown"
