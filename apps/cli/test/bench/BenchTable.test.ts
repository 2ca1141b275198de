import { describe, expect, it } from "vitest"

import { atLeast, benchTable, memoryAtMost, missed, shareAtMost } from "../../bench/BenchTable.ts"

const mebi = 1024 * 1024

describe("the table of a bench", () => {
  it("has each figure beside its bar and a verdict, and none where there is no bar", () => {
    const figures = [
      atLeast("units used", 0.953, 0.95),
      shareAtMost("calls refused", 0.0061, 0.005),
      memoryAtMost("peak memory", 200 * mebi, 256 * mebi),
      { what: "messages a second", is: "3.60" }
    ]
    expect(benchTable(figures)).toEqual([
      "figure             measured         bar  verdict",
      "units used           95.3 %     >= 95 %  ok",
      "calls refused        0.61 %    <= 0.5 %  MISSED",
      "peak memory         200 MiB  <= 256 MiB  ok",
      "messages a second      3.60"
    ])
    expect(missed(figures)).toBe(true)
  })

  it("takes what was not measured for missed", () => {
    expect(atLeast("units used", undefined, 0.95)).toMatchObject({ is: undefined, ok: false })
    expect(memoryAtMost("peak memory", 0, 256 * mebi).ok).toBe(false)
    expect(benchTable([atLeast("units used", undefined, 0.95)])[1]).toContain("not measured")
  })
})
