import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

import type { Pace } from "./Capabilities.ts"
import type { PaceLimit } from "./PaceLimit.ts"
import { priceOf } from "./PacePrice.ts"
import type { PlanSummary } from "./PlanSummary.ts"

/** What a plan asks of a destination. */
export interface Work {
  /** Messages to append, and their octets. */
  readonly messages: number
  readonly octets: number
  /** Label changes or copies that are a call of their own. */
  readonly labelSteps: number
  readonly flagChanges: number
}

/** How long the published limits make a plan take, when nothing else does. */
export interface Forecast {
  readonly messages: number
  readonly octets: number
  readonly seconds: number
  /** The limit that makes it so long: so much of `of` is used in so many seconds. */
  readonly boundBy: { readonly of: string; readonly amount: number; readonly perSeconds: number }
  /** The same messages by other ways into the account. */
  readonly otherWays: ReadonlyArray<{ readonly name: string; readonly seconds: number }>
}

const secondsPerDay = 86_400

const priceOfWork = (limit: PaceLimit, { flagChanges, labelSteps, messages, octets }: Work): number =>
  messages * priceOf(limit, "append") +
  octets * limit.perOctet +
  labelSteps * priceOf(limit, "copy") +
  flagChanges * priceOf(limit, "addFlags")

/** The arithmetic of the buckets that the run waits for; `amountOf` is what a bucket gives in its limit's time. */
export const forecastOf = (
  work: Work,
  { limits, otherWays = [] }: Pick<Pace, "limits" | "otherWays">,
  amountOf: (limit: PaceLimit) => number
): Option.Option<Forecast> => {
  const times = limits.flatMap((limit) => {
    const price = priceOfWork(limit, work)
    if (price === 0) return []
    const amount = amountOf(limit)
    const perSeconds = Duration.toSeconds(limit.per)
    // A bucket is full when nothing was asked of the account before.
    const seconds = (Math.max(0, price - limit.burst) * perSeconds) / amount
    return [{ seconds, boundBy: { of: limit.of, amount, perSeconds } }]
  })
  const [longest] = times.toSorted((a, b) => b.seconds - a.seconds)
  return Option.map(Option.fromUndefinedOr(longest), (longest) => ({
    messages: work.messages,
    octets: work.octets,
    ...longest,
    otherWays: otherWays.map(({ name, octetsPerDay }) => ({
      name,
      seconds: (work.octets / octetsPerDay) * secondsPerDay
    }))
  }))
}

/** What is left to do of a plan. */
export const workOf = ({ appends, bytes, flagChanges, labels }: PlanSummary): Work => ({
  messages: appends,
  octets: bytes,
  labelSteps: labels,
  flagChanges
})
