import { describe, expect, it } from "vitest"

import { mostWithin, rampOf, type Sample, steadyOf } from "../../bench/Samples.ts"

const sample = (seconds: number, brought: number): Sample => ({
  at: seconds * 1000,
  brought,
  spent: 10 + brought * 25,
  requests: brought,
  refused: 0,
  refusedByQuota: 0,
  peakInFlight: 1
})

/** Nothing for ten seconds, ten messages at once, then one a second until 100 are there, and silence after that. */
const samples = Array.from({ length: 130 }, (_, second) =>
  sample(second, second < 10 ? 0 : Math.min(100, second))
)

describe("what a server counted while a run went on", () => {
  it("is steady from some seconds after the first message to shortly before the last", () => {
    expect(steadyOf(samples, 15_000)).toEqual({ seconds: 73, messages: 73, spent: 73 * 25 })
  })

  it("was never steady where it was over before", () => {
    expect(steadyOf(samples.slice(0, 20), 15_000)).toBeUndefined()
    expect(steadyOf([sample(1, 0)])).toBeUndefined()
    expect(steadyOf([])).toBeUndefined()
  })

  it("is charged the most where messages come thickest", () => {
    expect(mostWithin(samples, 2000)).toBe(11 * 25)
    expect(mostWithin(samples, 1_000_000)).toBe(100 * 25)
    expect(mostWithin([], 1000)).toBe(0)
  })

  it("ramps up until the first message has come", () => {
    expect(rampOf(samples, 2000)).toBe(8)
    expect(rampOf([sample(1, 0)], 0)).toBeUndefined()
  })
})
