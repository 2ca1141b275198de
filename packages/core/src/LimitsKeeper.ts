import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { RateLimiterError, RateLimiterStore } from "effect/persistence/RateLimiter"

import type { PaceRate } from "./PaceRate.ts"

/** A pause that an account asked for. Times are milliseconds since 1970. */
export interface Hold {
  readonly since: number
  readonly until: number
  /** The service's own words. */
  readonly detail: string
}

/** What remembers budgets: a file that jobs share, or this process's memory. */
export interface LimitsKeeper<E = RateLimiterError> {
  readonly take: (
    bucket: Parameters<RateLimiterStore["Service"]["tokenBucket"]>[0]
  ) => Effect.Effect<readonly [remaining: number, elapsedMillis: number], E>
  /** What is known of a bucket's rate. */
  readonly rate: (key: string) => Effect.Effect<Option.Option<PaceRate>, E>
  /** Changes it, with nobody in between, and gives what is known from now on. */
  readonly changeRate: (
    key: string,
    change: (known: PaceRate | undefined) => PaceRate
  ) => Effect.Effect<PaceRate, E>
  /** Holds the account; a pause that lasts longer stays, unless its beginning is still to come: a clock was wrong. */
  readonly hold: (account: string, hold: Hold) => Effect.Effect<void, E>
  readonly held: (account: string) => Effect.Effect<Option.Option<Hold>, E>
}
