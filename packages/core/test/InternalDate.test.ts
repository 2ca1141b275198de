import { assert, describe, it } from "@effect/vitest"
import { fitInternalDate } from "@mailferry/core/InternalDate.ts"
import { DateTime } from "effect"

const day = (text: string) => DateTime.makeUnsafe(`${text}T00:00:00Z`)
const now = day("2026-11-21")
const range = { from: day("1970-01-02"), to: day("2037-12-31") }

describe("fitInternalDate", () => {
  it("leaves every date alone where any is stored", () => {
    for (const date of ["1600-01-01", "2020-02-29", "9999-12-31"]) {
      assert.strictEqual(DateTime.formatIso(fitInternalDate(day(date), {}, now)).slice(0, 10), date)
    }
  })

  it.each([
    ["1600-01-01", true, "1970-01-02T00:00:00.000Z"],
    ["1970-01-02", true, "1970-01-02T00:00:00.000Z"],
    ["2020-02-29", true, "2020-02-29T00:00:00.000Z"],
    ["2030-01-01", true, "2030-01-01T00:00:00.000Z"],
    ["2100-01-01", true, "2037-12-31T00:00:00.000Z"],
    ["2030-01-01", false, "2026-11-20T23:59:00.000Z"],
    ["2026-11-21", false, "2026-11-21T00:00:00.000Z"],
    ["2026-11-20", false, "2026-11-20T00:00:00.000Z"]
  ])("moves %s to the nearest that is stored (future ones: %s): %s", (date, future, fitted) => {
    const stored = fitInternalDate(day(date), { internalDates: { ...range, future } }, now)
    assert.strictEqual(DateTime.formatIso(stored), fitted)
  })

  it("gives back the very date it was given where that is stored", () => {
    const date = day("2020-02-29")
    assert.strictEqual(fitInternalDate(date, { internalDates: { ...range, future: false } }, now), date)
  })
})
