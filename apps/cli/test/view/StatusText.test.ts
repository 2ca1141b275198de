import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"

import { plain } from "../../src/view/Paint.ts"
import { type Standing, statusJson, statusText } from "../../src/view/StatusText.ts"
import { moment } from "../../src/view/Wording.ts"

const pair = { source: "barrel:you", destination: "bucket:you" }
const started = Date.parse("2026-11-21T10:00:00Z")

const standing: Standing = {
  ledger: "/state/x.sqlite",
  messages: 600,
  placements: [
    { state: "appended", step: "append", n: 300 },
    { state: "verified", step: "append", n: 100 },
    { state: "appending", step: "append", n: 3 },
    { state: "appended", step: "copy", n: 50 }
  ],
  lastRun: { id: 1, started, ended: started + 60_000, outcome: "partial", result: null },
  atWork: undefined,
  quarantined: [],
  losses: { "flag-not-kept": 2 }
}

const text = (changed: Partial<Standing>) =>
  statusText(pair, Option.some({ ...standing, ...changed }), "--job job.yaml", plain)

describe("the status of a pair of accounts", () => {
  it("that nothing was done for points to the plan", () => {
    expect(statusText(pair, Option.none(), "--job job.yaml", plain)).toMatchInlineSnapshot(`
      "source:       barrel:you
      destination:  bucket:you

      Nothing has been done for this pair of accounts yet.

      next: \`mailferry plan --job job.yaml\` shows what would be done."
    `)
  })

  it("counts what is there and tells how the last run ended", () => {
    expect(
      text({})
        .replaceAll(moment(started), "BEGAN")
        .replaceAll(moment(started + 60_000), "ENDED")
    ).toMatchInlineSnapshot(`
      "source:       barrel:you
      destination:  bucket:you
      ledger:       /state/x.sqlite

      Last run: begun BEGAN, ended ENDED: partial.
      600 messages known at the source; 400 at the destination, shown in 50 further places.
      3 were on their way when the last run ended; the next one looks what became of them.
      2 flags left out: the destination does not keep it.

      next: \`mailferry run --job job.yaml\` goes on."
    `)
  })

  it("names the process at work", () => {
    expect(text({ atWork: { pid: 7, host: "box", since: "2026-11-21T10:00:00Z" } })).toContain(
      "A command is at work: process 7 on box"
    )
  })

  it("says of a run that was killed that it could not say how it ended", () => {
    expect(text({ lastRun: { id: 1, started, ended: null, outcome: null, result: null } })).toContain(
      "ended before it could say how"
    )
  })

  it("is the same figures in JSON, with times in UTC", () => {
    expect(statusJson(Option.some(standing))).toMatchObject({
      messages: 600,
      atDestination: 400,
      furtherPlaces: 50,
      open: 3,
      lastRun: { started: "2026-11-21T10:00:00.000Z", ended: "2026-11-21T10:01:00.000Z", outcome: "partial" },
      atWork: null
    })
    expect(Object.keys(statusJson(Option.none()))).toEqual(Object.keys(statusJson(Option.some(standing))))
  })
})
