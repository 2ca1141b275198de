import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as RateLimiter from "effect/persistence/RateLimiter"

import type { Hold, LimitsKeeper } from "./LimitsKeeper.ts"
import type { PaceRate } from "./PaceRate.ts"

/** Budgets that end with the process. */
export const makeLimitsMemory = Effect.gen(function* () {
  const { tokenBucket } = yield* RateLimiter.RateLimiterStore
  const rates = new Map<string, PaceRate>()
  const holds = new Map<string, Hold>()
  const keeper: LimitsKeeper<never> = {
    // A map cannot fail: the error is the store's, for stores that are far away.
    take: (bucket) => Effect.orDie(tokenBucket(bucket)),
    rate: (key) => Effect.sync(() => Option.fromUndefinedOr(rates.get(key))),
    changeRate: (key, change) =>
      Effect.sync(() => {
        const rate = change(rates.get(key))
        rates.set(key, rate)
        return rate
      }),
    hold: (account, hold) =>
      Effect.sync(() => {
        const before = holds.get(account)
        if (before === undefined || before.until < hold.until || before.since > hold.since) {
          holds.set(account, hold)
        }
      }),
    held: (account) => Effect.sync(() => Option.fromUndefinedOr(holds.get(account)))
  }
  return keeper
}).pipe(Effect.provide(RateLimiter.layerStoreMemory, { local: true }))
