import { assert, describe, it } from "@effect/vitest"
import { forecastOf, type Work, workOf } from "@mailferry/core/Forecast.ts"
import { forecastNow } from "@mailferry/core/ForecastNow.ts"
import { LimitsStore, makeLimitsAlone } from "@mailferry/core/LimitsStore.ts"
import { bucketKey } from "@mailferry/core/PaceBudget.ts"
import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import { firstRate } from "@mailferry/core/PaceRate.ts"
import type { PlanSummary } from "@mailferry/core/PlanSummary.ts"
import { Effect, Option } from "effect"

import { octets, units } from "./PaceLimits.ts"

const work: Work = { messages: 92_110, octets: 18_400_000_000, labelSteps: 0, flagChanges: 0 }
const carefully = (limit: PaceLimit) => firstRate(limit, 0).amount
const forecast = (limits: ReadonlyArray<PaceLimit>, asked: Partial<Work> = {}) =>
  Option.getOrUndefined(forecastOf({ ...work, ...asked }, { limits }, carefully))

const summary: PlanSummary = {
  mailboxes: [],
  planned: 3000,
  toDo: 2000,
  appends: 2000,
  alreadyThere: 1000,
  quarantined: 0,
  unreadable: 0,
  tooLarge: 0,
  bytes: 5_000_000,
  labelRule: "copy",
  labels: 7,
  flagChanges: 3,
  losses: {},
  changes: {}
}

describe("a forecast", () => {
  it("is 7 h 06 min for 92,110 messages of 25 units at 5,400 a minute", () => {
    const foreseen = forecast([units])
    assert.strictEqual(Math.floor((foreseen?.seconds ?? 0) / 60), 7 * 60 + 6)
    assert.deepStrictEqual(foreseen?.boundBy, { of: "units", amount: 5400, perSeconds: 60 })
  })

  it("is 37 days for 18.4 GB at 500 MB a day, the other way in", () => {
    const otherWays = [{ name: "IMAP", octetsPerDay: 500_000_000 }]
    const foreseen = Option.getOrThrow(forecastOf(work, { limits: [units], otherWays }, carefully))
    assert.deepStrictEqual(
      foreseen.otherWays.map(({ name, seconds }) => [name, Math.round(seconds / 86_400)]),
      [["IMAP", 37]]
    )
  })

  it("goes by the limit that takes longest, and names it", () => {
    const foreseen = forecast([units, octets])
    assert.strictEqual(foreseen?.boundBy.of, "octets")
    assert.closeTo(foreseen?.seconds ?? 0, (18_400_000_000 * 1.37 - 10_000_000) / 450_000, 1)
    assert.strictEqual(forecast([units, octets], { octets: 1000 })?.boundBy.of, "units")
  })

  it("counts labels and flags that are calls of their own", () => {
    const plain = forecast([units])?.seconds ?? 0
    const labelled = forecast([units], { labelSteps: 1080, flagChanges: 1000 })?.seconds ?? 0
    assert.closeTo(labelled - plain, 60, 1e-6)
  })

  it("is nothing at all for what one burst carries", () => {
    assert.strictEqual(forecast([units], { messages: 10 })?.seconds, 0)
  })

  it("is not made where nothing is published, nor where nothing is to do", () => {
    assert.isUndefined(forecast([]))
    assert.isUndefined(forecast([units], { messages: 0 }))
  })

  it("is made of what is left to do of a plan", () => {
    assert.deepStrictEqual(workOf(summary), {
      messages: 2000,
      octets: 5_000_000,
      labelSteps: 7,
      flagChanges: 3
    })
    assert.strictEqual(workOf({ ...summary, appends: 0, bytes: 0 }).messages, 0, "labels and flags alone")
  })

  it.effect("goes by the rate that earlier runs have found", () =>
    Effect.gen(function* () {
      const pace = { limits: [{ ...units, amountAtMost: 15_000 }] }
      const before = Option.getOrThrow(yield* forecastNow(summary, pace))
      const store = yield* makeLimitsAlone
      yield* store.changeRate(bucketKey(units), () => ({ ...firstRate(units, 0), amount: 10_800 }))
      const found = Option.getOrThrow(
        yield* forecastNow(summary, pace).pipe(Effect.provideService(LimitsStore, store))
      )
      assert.closeTo(before.seconds / found.seconds, 2, 1e-9)
    })
  )
})
