import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

import type { Pace } from "./Capabilities.ts"

/** How patient a call is with a service that fails to answer. */
export interface Patience {
  /** Tries beyond the first. */
  readonly retries: number
  /** No further try so long after the first failure, or the last pause. */
  readonly within: Duration.Duration
  /** Milliseconds before the next try; `attempt` counts from 0. */
  readonly wait: (attempt: number) => Effect.Effect<number>
}

const jittered = (longest: number, least: number) =>
  Effect.map(Random.nextBetween(least, 1), (share) => Math.round(longest * share))

/**
 * Eight tries with waits of 0.5 to 30 s, each between half and all of that, so that workers cut off together do not
 * return together: they ride out about a minute and a half.
 */
export const steady: Patience = {
  retries: 8,
  within: Duration.infinity,
  wait: (attempt) => jittered(Math.min(500 * 2 ** attempt, 30_000), 0.5)
}

/** As the service wants it; up to a fifth earlier, so that workers cut off together do not return together. */
const asked = ({ first, longest, tries }: NonNullable<Pace["backoff"]>): Patience => ({
  retries: tries - 1,
  within: Duration.minutes(30),
  wait: (attempt) =>
    jittered(Math.min(Duration.toMillis(first) * 2 ** attempt, Duration.toMillis(longest)), 0.8)
})

/** Services that publish limits recommend 1, 2, 4 … 64 s with full jitter: gmail.md, behaviour 10. */
const paced: Patience = {
  retries: 9,
  within: Duration.minutes(30),
  wait: (attempt) => jittered(Math.min(1000 * 2 ** attempt, 64_000), 0)
}

/** The patience with a service of this pace. */
export const patienceWith = ({ backoff, limits }: Pick<Pace, "backoff" | "limits">): Patience => {
  if (backoff !== undefined) return asked(backoff)
  return limits.length > 0 ? paced : steady
}
