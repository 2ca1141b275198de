import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

import type { LimitsStore } from "./LimitsStore.ts"
import type { PaceLimit } from "./PaceLimit.ts"
import type { Prices } from "./PacePrice.ts"
import { refusing, spending } from "./PaceRate.ts"

/** A user's units in a minute and octets in a day are two budgets, whatever their adapter calls the user. */
export const bucketKey = ({ key, of, per }: PaceLimit): string => `${key} ${of}/${Duration.toMillis(per)}`

/** Milliseconds for one to come in. Durations are whole nanoseconds: rounded up, so that no bucket fills too fast. */
const refillMillis = ({ per }: PaceLimit, amount: number): number =>
  Math.ceil((Duration.toMillis(per) / amount) * 1e6) / 1e6

/**
 * Milliseconds until a bucket holds the price. What was just taken may have left it with less than nothing: that is how
 * the ones before us in the row are counted. A price above the burst waits for a full bucket and leaves a debt.
 */
const waitFor = (
  { burst }: PaceLimit,
  price: number,
  [remaining, elapsed]: readonly [number, number],
  every: number
): number => {
  const missing = -remaining - Math.max(0, price - burst)
  return missing > 0 ? Math.max(0, missing * every - elapsed) : 0
}

/**
 * Takes prices from the buckets of published limits. Taking never waits: it notes the debt and says how long to stay
 * away. So whoever came first is served first, in this process or another; two limits are taken one after the other with
 * nothing held in between and cannot block each other; and a wait that is rounded up delays one call, not the rest.
 * What a call took and was then not sent for is lost: the careful side, and no more than the calls in flight.
 */
export const makePaceBudget = (store: LimitsStore["Service"]) => ({
  /** Milliseconds to stay away before a call of these prices. */
  take: (prices: Prices): Effect.Effect<{ readonly millis: number; readonly of: string }> =>
    Effect.gen(function* () {
      let longest = { millis: 0, of: "" }
      for (const [limit, price] of prices) {
        const now = yield* Clock.currentTimeMillis
        const key = bucketKey(limit)
        const rate = yield* store.changeRate(key, (known) =>
          spending(limit, known, price, now, store.alone())
        )
        const every = refillMillis(limit, rate.amount)
        const taken = yield* store.take({
          key,
          tokens: price,
          limit: limit.burst,
          refillRate: Duration.millis(every),
          allowOverflow: true
        })
        const millis = waitFor(limit, price, taken, every)
        if (millis > longest.millis) longest = { millis, of: limit.of }
      }
      return longest
    }),

  /** A call that began at `sentAt` was refused as too much in a time. */
  refused: (prices: Prices, sentAt: number): Effect.Effect<void> =>
    Effect.forEach(
      prices,
      ([limit]) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          store.changeRate(bucketKey(limit), (known) => refusing(limit, known, sentAt, now))
        ),
      { discard: true }
    )
})
