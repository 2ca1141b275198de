import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Pace } from "./Capabilities.ts"
import { forecastOf, workOf } from "./Forecast.ts"
import { LimitsStore } from "./LimitsStore.ts"
import { bucketKey } from "./PaceBudget.ts"
import type { PaceLimit } from "./PaceLimit.ts"
import { firstRate, knownRate } from "./PaceRate.ts"
import type { PlanSummary } from "./PlanSummary.ts"
import { RunEvents } from "./RunEvent.ts"

/** The forecast for a plan at the rates that earlier runs have found; none where no limit is published, or nothing to do. */
export const forecastNow = Effect.fn("ForecastNow")(function* (
  summary: PlanSummary,
  pace: Pick<Pace, "limits" | "otherWays">
) {
  const store = Option.getOrUndefined(yield* Effect.serviceOption(LimitsStore))
  const now = yield* Clock.currentTimeMillis
  const amounts = new Map<PaceLimit, number>()
  for (const limit of pace.limits) {
    const kept = store === undefined ? Option.none() : yield* store.rate(bucketKey(limit))
    amounts.set(limit, knownRate(limit, Option.getOrUndefined(kept), now).amount)
  }
  return forecastOf(workOf(summary), pace, (limit) => amounts.get(limit) ?? firstRate(limit, now).amount)
})

/** Says the forecast before anything is carried over. */
export const tellForecast = Effect.fnUntraced(function* (...plan: Parameters<typeof forecastNow>) {
  const events = yield* RunEvents
  const foreseen = yield* forecastNow(...plan)
  if (Option.isSome(foreseen)) yield* events.emit({ _tag: "Forecast", forecast: foreseen.value })
})
