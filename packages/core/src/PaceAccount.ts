import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"

import { makeAccountGate, type PauseTooLong } from "./AccountGate.ts"
import { LimitsStore, makeLimitsAlone } from "./LimitsStore.ts"
import type { Side, Throttled } from "./MailError.ts"
import { makePaceBudget } from "./PaceBudget.ts"
import type { PaceLimit } from "./PaceLimit.ts"
import { longestJitter, pauseLength } from "./PacePause.ts"
import type { Prices } from "./PacePrice.ts"
import { RunEvents } from "./RunEvent.ts"

/** Waits for budget that a person should hear of; a full bucket refills within seconds where limits are by the minute. */
const worthSaying = Duration.toMillis("15 seconds")

const jitter = Random.nextBetween(0, Duration.toMillis(longestJitter))

/** Closes the gate for a pause that another job was asked for, or an earlier run. */
export const heedHold = Effect.fnUntraced(function* (
  store: LimitsStore["Service"],
  gate: ReturnType<typeof makeAccountGate>
) {
  const held = yield* store.held
  if (Option.isNone(held)) return
  const now = yield* Clock.currentTimeMillis
  const { detail, since, until } = held.value
  // One that begins in the future was noted when the clock was wrong.
  if (until <= now || since > now) return
  yield* gate.close(Duration.millis(until - now + (yield* jitter)), detail)
})

/**
 * The pause and the budgets of one account, in this job and those beside and after it. Calls that cost nothing wait only
 * for the pauses of this job and ask no file.
 */
export const makePaceAccount = Effect.fnUntraced(function* (side: Side, limits: ReadonlyArray<PaceLimit>) {
  const events = yield* RunEvents
  const shared = yield* Effect.serviceOption(LimitsStore)
  const store = Option.isSome(shared) && limits.length > 0 ? shared.value : yield* makeLimitsAlone
  const gate = makeAccountGate(side, events)
  const budget = makePaceBudget(store)

  const heedOthers = heedHold(store, gate)

  const admitted = (prices: Prices): Effect.Effect<void, PauseTooLong> =>
    Effect.gen(function* () {
      for (;;) {
        yield* heedOthers
        yield* gate.open
        const { millis, of } = yield* budget.take(prices)
        if (millis >= worthSaying) yield* events.emit({ _tag: "Pacing", side, forMillis: millis, of })
        if (millis > 0) {
          yield* Effect.sleep(Duration.millis(Math.ceil(millis)))
          yield* heedOthers
        }
        // A pause that came meanwhile is worth a second price: in it the bucket fills, and a full one is all we may use.
        if (!(yield* gate.isClosed)) return
      }
    })

  return {
    /** Waits until the account may be called at this price. */
    whenAdmitted:
      (prices: Prices) =>
      <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | PauseTooLong, R> =>
        Effect.andThen(prices.length > 0 ? admitted(prices) : gate.open, effect),

    /** A call that began at `sentAt` was refused: everything waits, and what was too fast becomes slower. */
    refused: Effect.fnUntraced(function* (reason: Throttled, prices: Prices, sentAt: number) {
      const now = yield* Clock.currentTimeMillis
      const { guess, stated } = pauseLength(reason, now)
      if (reason.over === "rate") yield* budget.refused(prices, sentAt)
      if (stated === undefined || limits.length === 0) {
        return yield* gate.close(stated, reason.detail, guess)
      }
      const until = now + Duration.toMillis(stated)
      yield* gate.close(Duration.millis(until - now + (yield* jitter)), reason.detail)
      yield* store.hold({ since: now, until, detail: reason.detail })
    }),

    answered: gate.answered
  }
})
