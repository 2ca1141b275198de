import type { Forecast } from "@mailferry/core/Forecast.ts"
import { describe, expect, it } from "vitest"

import { forecastJson, forecastLine, foretoldJson, foretoldLines } from "../../src/view/ForecastText.ts"
import { milestone } from "../../src/view/Milestone.ts"
import { plain } from "../../src/view/Paint.ts"
import { ProgressTally } from "../../src/view/ProgressTally.ts"

const hours = (h: number, minutes: number) => (h * 60 + minutes) * 60

const forecast: Forecast = {
  messages: 92_110,
  octets: 18_400_000_000,
  seconds: hours(7, 6) + 24,
  boundBy: { of: "units", amount: 5400, perSeconds: 60 },
  otherWays: [{ name: "IMAP", seconds: 36.8 * 86_400 }]
}

const lineFor = (seconds: number) => forecastLine({ ...forecast, seconds, otherWays: [] })

describe("a forecast", () => {
  it("names messages, octets, and the time by each way in", () => {
    expect(forecastLine(forecast)).toBe("92,110 messages, 18 GB: 7 h 06 min by the API, 37 days by IMAP")
  })

  it("names no way where there is but one", () => {
    expect(lineFor(hours(7, 6))).toBe("92,110 messages, 18 GB: 7 h 06 min")
  })

  it.each([
    [9, "less than 10 s"],
    [52.5, "53 s"],
    [150, "2 min 30 s"],
    [hours(1, 5), "1 h 05 min"],
    [hours(47, 0), "47 h 00 min"],
    [hours(48, 0), "2 days"]
  ])("is no finer than a person plans: %d s", (seconds, words) => {
    expect(lineFor(seconds).endsWith(`: ${words}`)).toBe(true)
  })

  it("is said when the run has its plan", () => {
    expect(milestone({ _tag: "Forecast", forecast }, plain)).toBe(`${forecastLine(forecast)}.`)
  })

  it("is an object for programs, or null where nothing is published", () => {
    expect(forecastJson(forecast)).toEqual({
      messages: 92_110,
      bytes: 18_400_000_000,
      seconds: forecast.seconds,
      boundBy: { of: "units", amount: 5400, perSeconds: 60 },
      otherWays: [{ name: "IMAP", seconds: 36.8 * 86_400 }]
    })
    expect(forecastJson(undefined)).toBeNull()
  })
})

describe("the end of a run that was forecast", () => {
  it.each([
    [hours(7, 31), "Forecast 7 h 06 min, took 7 h 31 min: 6 % longer."],
    [hours(6, 45), "Forecast 7 h 06 min, took 6 h 45 min: 5 % shorter."],
    [hours(7, 7), "Forecast 7 h 06 min, took 7 h 07 min: as foretold."]
  ])("says how far off it was: %d s", (took, line) => {
    expect(foretoldLines({ forecast, took })).toEqual([line])
  })

  it("says nothing where something is left, where nothing was forecast, and of less than ten seconds", () => {
    expect(foretoldLines({ forecast, took: undefined })).toEqual([])
    expect(foretoldLines(undefined)).toEqual([])
    expect(foretoldLines({ forecast: { ...forecast, seconds: 9 }, took: 40 })).toEqual([])
  })

  it("is an object for programs", () => {
    const took = forecast.seconds * 1.25
    expect(foretoldJson({ forecast, took })).toMatchObject({ bytes: 18_400_000_000, took, longer: 0.25 })
    expect(foretoldJson({ forecast, took: undefined })).toMatchObject({ took: null, longer: null })
    expect(foretoldJson(undefined)).toBeNull()
  })

  it("counts from the forecast on, and only what was carried out to its end", () => {
    const tally = new ProgressTally()
    expect(tally.foretold(5000, true)).toBeUndefined()
    tally.add({ _tag: "Forecast", forecast }, 60_000)
    expect(tally.foretold(100_000, true)).toEqual({ forecast, took: 40 })
    expect(tally.foretold(100_000, false)).toEqual({ forecast, took: undefined })
  })
})

describe("budgets that cannot be kept", () => {
  it("are named with their file, and what to do about it", () => {
    const event = {
      _tag: "LimitsForgotten",
      file: "/state/limits.sqlite",
      detail: "file is not a database"
    } as const
    expect(milestone(event, plain)).toMatchInlineSnapshot(
      `"! /state/limits.sqlite cannot be used (file is not a database). This run keeps to the account's limits by itself and does not see jobs beside it; no mail is lost by that. Mend the file or move it away: the next run makes a new one."`
    )
  })
})
