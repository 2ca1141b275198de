import { assert, describe, it } from "@effect/vitest"
import { makeLimitsAlone } from "@mailferry/core/LimitsStore.ts"
import { bucketKey, makePaceBudget } from "@mailferry/core/PaceBudget.ts"
import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import type { Prices } from "@mailferry/core/PacePrice.ts"
import { Clock, Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

import { octets, units } from "./PaceLimits.ts"

const limit: PaceLimit = { ...units, amount: 100, amountAtMost: 100, per: Duration.seconds(90), burst: 100 }

interface Spent {
  readonly at: number
  readonly price: number
  readonly name: string
}

/** Takes prices one after another from one budget, waits as told, and notes when each was spent. */
const spender = Effect.gen(function* () {
  const budget = makePaceBudget(yield* makeLimitsAlone)
  const spent: Array<Spent> = []
  const spend = Effect.fnUntraced(function* (prices: Prices, name = "") {
    const { millis } = yield* budget.take(prices)
    if (millis > 0) yield* Effect.sleep(Duration.millis(Math.ceil(millis)))
    spent.push({ at: yield* Clock.currentTimeMillis, price: prices[0]?.[1] ?? 0, name })
  })
  const start = (prices: Prices, name?: string) =>
    Effect.forkChild(spend(prices, name), { startImmediately: true })
  return { budget, spend, start, spent, at: () => spent.map(({ at }) => at) }
})

/** The most that was spent in any window beyond what had come in by then. */
const mostBeyond = (spent: ReadonlyArray<Spent>, perMillis: number): number => {
  let most = 0
  let beyond = 0
  let before = spent[0]?.at ?? 0
  for (const { at, price } of spent) {
    beyond = Math.max(0, beyond - (at - before) * perMillis) + price
    before = at
    most = Math.max(most, beyond)
  }
  return most
}

/** Work without end by eight workers for half an hour. */
const halfAnHour = (prices: () => Prices) =>
  Effect.gen(function* () {
    const { spend, spent } = yield* spender
    const worker = Effect.forkChild(Effect.forever(spend(prices())), { startImmediately: true })
    const workers = yield* Effect.all(Array.from({ length: 8 }, () => worker))
    // What the burst allows takes no time: it must be spent before time goes on.
    for (let turn = 0; turn < 2000; turn++) yield* Effect.yieldNow
    yield* TestClock.adjust("30 minutes")
    yield* Fiber.interruptAll(workers)
    return { spent, total: spent.reduce((sum, { price }) => sum + price, 0) }
  })

describe("a budget", () => {
  it.effect("is used to 95 % and more in half an hour of work without end, and never beyond its burst", () =>
    Effect.gen(function* () {
      const { spent, total } = yield* halfAnHour(() => [[units, 25]])
      const allowed = 5400 * 30
      assert.isAtLeast(total, 0.95 * allowed)
      assert.isAtMost(total, allowed + units.burst)
      assert.isAtMost(mostBeyond(spent, 5400 / 60_000), units.burst + 1e-6)
    })
  )

  it.effect("is used as fully where a price is no round part of it", () =>
    Effect.gen(function* () {
      const { spent, total } = yield* halfAnHour(() => [[octets, 137_000.4]])
      const allowed = 135_000_000 * 6
      assert.isAtLeast(total, 0.95 * allowed)
      assert.isAtMost(total, allowed + octets.burst)
      assert.isAtMost(mostBeyond(spent, 450), octets.burst + 1)
    })
  )

  it.effect("costs no time while it lasts", () =>
    Effect.gen(function* () {
      const { at, spend } = yield* spender
      for (let i = 0; i < 4; i++) yield* spend([[limit, 25]])
      assert.deepStrictEqual(at(), [0, 0, 0, 0])
    })
  )

  it.effect("serves whoever came first, however small the others are", () =>
    Effect.gen(function* () {
      const { spend, spent, start } = yield* spender
      yield* spend([[limit, 100]], "all of it")
      yield* start([[limit, 90]], "large")
      yield* start([[limit, 1]], "small")
      yield* TestClock.adjust("89 seconds")
      assert.deepStrictEqual(
        spent.map(({ name }) => name),
        ["all of it"]
      )
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(
        spent.map(({ at, name }) => [name, at]),
        [
          ["all of it", 0],
          ["large", 90_000],
          ["small", 91_000]
        ]
      )
    })
  )

  it.effect("keeps nobody longer than until the last part of a price has come in", () =>
    Effect.gen(function* () {
      const { at, spend, start } = yield* spender
      yield* spend([[limit, 100]])
      yield* TestClock.adjust("500 millis")
      yield* start([[limit, 10]])
      yield* TestClock.adjust("1 minutes")
      assert.deepStrictEqual(at(), [0, 10_000])
    })
  )

  it.effect("gives a price above the burst a full bucket, and the debt to those after it", () =>
    Effect.gen(function* () {
      const { at, spend, start } = yield* spender
      yield* spend([[limit, 50]])
      yield* start([[limit, 300]])
      yield* start([[limit, 10]])
      yield* TestClock.adjust("10 minutes")
      // 50 s until the bucket is full; then 200 are owed, and 10 more are to come in.
      assert.deepStrictEqual(at(), [0, 50_000, 50_000 + 210_000])
    })
  )

  it.effect("of two kinds waits for the slower, and two calls that want both never block each other", () =>
    Effect.gen(function* () {
      const { at, start } = yield* spender
      const other: PaceLimit = { ...limit, of: "octets", burst: 10 }
      const prices: Prices = [
        [limit, 100],
        [other, 10]
      ]
      yield* start(prices)
      yield* start(prices.toReversed())
      yield* start(prices)
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(at(), [0, 100_000, 200_000])
    })
  )

  it.effect("says which limit it waits for", () =>
    Effect.gen(function* () {
      const { budget } = yield* spender
      const slow: PaceLimit = { ...limit, of: "octets", per: Duration.hours(1) }
      yield* budget.take([
        [limit, 100],
        [slow, 100]
      ])
      const { of } = yield* budget.take([
        [limit, 1],
        [slow, 1]
      ])
      assert.strictEqual(of, "octets")
    })
  )

  it.effect("is lower from the moment a call is refused", () =>
    Effect.gen(function* () {
      const { at, budget, spend, start } = yield* spender
      yield* spend([[limit, 100]])
      yield* budget.refused([[limit, 100]], 0)
      yield* start([[limit, 75]])
      yield* TestClock.adjust("10 minutes")
      // 75 at 67.5 in 90 s; a nanosecond each is rounded up.
      assert.closeTo(at()[1] ?? 0, 100_000, 1)
    })
  )

  it("has a key of its own for each thing that is counted, and each time it is counted in", () => {
    const keys = [units, { ...units, of: "octets" }, { ...units, per: Duration.days(1) }].map(bucketKey)
    assert.strictEqual(new Set(keys).size, 3)
    assert.isTrue(keys.every((key) => key.startsWith(units.key)))
  })
})
