import { assert, describe, it } from "@effect/vitest"
import { firstRate, knownRate, type PaceRate, refusing, spending } from "@mailferry/core/PaceRate.ts"

import { units } from "./PaceLimits.ts"

const minutes = (n: number) => n * 60_000
const limit = { ...units, amountAtMost: 15_000 }

/** Ten minutes and more in which this share of the bucket was spent, one call a second. */
const tenMinutesAt = (share: number, from: PaceRate, start: number, alone = false): PaceRate => {
  let rate: PaceRate = from
  for (let second = 0; second <= 600; second++) {
    rate = spending(limit, rate, (share * rate.amount) / 60, start + second * 1000, alone)
  }
  return rate
}

const begun = (at: number, change: Partial<PaceRate> = {}) => ({ ...firstRate(limit, at), ...change })

describe("the rate of a bucket", () => {
  it("begins at nine tenths of what is published", () => {
    assert.strictEqual(spending(limit, undefined, 25, 0, false).amount, 5400)
  })

  it("rises by a tenth after ten minutes without a refusal in which the bucket was the limit", () => {
    const after = tenMinutesAt(1, begun(0), 0)
    assert.closeTo(after.amount, 5940, 1e-6)
    assert.closeTo(tenMinutesAt(1, after, minutes(10) + 1000).amount, 6534, 1e-6)
  })

  it("does not rise sooner", () => {
    const at = minutes(10) - 1
    assert.strictEqual(spending(limit, begun(0, { spent: 54_000 }), 25, at, false).amount, 5400)
  })

  it("does not rise while something else held us back", () => {
    assert.strictEqual(tenMinutesAt(0.8, begun(0), 0).amount, 5400)
  })

  it("does not rise on the work of ten minutes in an hour", () => {
    const idle = begun(0, { spent: 54_000 })
    assert.strictEqual(spending(limit, idle, 25, minutes(60), false).amount, 5400)
  })

  it("never rises above nine tenths of the most there may be", () => {
    const after = tenMinutesAt(1, begun(0, { amount: 13_000 }), 0)
    assert.strictEqual(after.amount, 13_500)
    assert.strictEqual(tenMinutesAt(1, after, minutes(10) + 1000).amount, 13_500)
  })

  it("never rises where the published amount is certain", () => {
    let rate = firstRate(units, 0)
    for (let second = 0; second <= 3600; second++) rate = spending(units, rate, 100, second * 1000, false)
    assert.strictEqual(rate.amount, 5400)
  })

  it("falls back to where it began when a higher one is refused, and does not try that one again for a day", () => {
    const high = begun(0, { amount: 6534 })
    const refused = refusing(limit, high, minutes(1), minutes(1))
    assert.strictEqual(refused.amount, 5400)
    const again = tenMinutesAt(1, refused, minutes(2))
    assert.closeTo(again.amount, 5940, 1e-6, "a step below the one that was refused")
    assert.closeTo(tenMinutesAt(1, again, minutes(13)).amount, 5940, 1e-6)
    const nextDay = minutes(60 * 24 + 30)
    const rested = { ...again, since: nextDay, spent: 0 }
    assert.closeTo(tenMinutesAt(1, rested, nextDay).amount, 6534, 1e-6)
  })

  it("falls further when what is published is refused, but never below a quarter of it", () => {
    let rate = begun(0)
    const amounts = [1, 2, 3, 4, 5, 6].map((minute) => {
      rate = refusing(limit, rate, minutes(minute), minutes(minute))
      return Math.round(rate.amount)
    })
    assert.deepStrictEqual(amounts, [4050, 3038, 2278, 1709, 1500, 1500])
  })

  it("falls once for calls that were refused together", () => {
    const first = refusing(limit, begun(0), 1000, 2000)
    assert.deepStrictEqual(refusing(limit, first, 1500, 2100), first)
    assert.isBelow(refusing(limit, first, 2001, 3000).amount, first.amount)
  })

  it("comes back to where it began after a fall, and no higher than certain while it cannot see other jobs", () => {
    let rate = begun(0, { amount: 4050 })
    for (let i = 0; i < 6; i++) rate = tenMinutesAt(1, rate, i * minutes(11), true)
    assert.strictEqual(rate.amount, 5400)
    assert.strictEqual(spending(limit, begun(0, { amount: 9000 }), 25, 1000, true).amount, 5400)
  })

  it("begins anew when another amount is published", () => {
    const was = { ...begun(0), published: 15_000, amount: 13_500 }
    assert.strictEqual(knownRate(limit, was, 5).amount, 5400)
    assert.strictEqual(knownRate(limit, begun(0, { amount: 4050 }), 5).amount, 4050)
  })

  it("is not misled by a clock that was set back", () => {
    const later = begun(minutes(600), { spent: 54_000 })
    const rate = spending(limit, later, 25, minutes(5), false)
    assert.deepInclude(rate, { amount: 5400, since: minutes(5), spent: 25 })
  })
})
