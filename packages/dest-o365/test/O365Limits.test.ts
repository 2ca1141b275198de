import { DateTime, Duration } from "effect"
import { describe, expect, it } from "vitest"

import { o365Capabilities } from "../src/O365Capabilities.ts"

const { describesAtOnce, internalDates, maxMessageSize, pace } = o365Capabilities({ user: "You@Example.com" })

describe("what Exchange lets one mailbox have", () => {
  it("is 10,000 requests in ten minutes and 150 MB in five, with no call more than three at once", () => {
    expect(
      pace.limits.map(({ amount, amountAtMost, of, per }) => [
        of,
        amount,
        amountAtMost,
        Duration.toMinutes(per)
      ])
    ).toEqual([
      ["requests", 10_000, 10_000, 10],
      ["octets", 150_000_000, 150_000_000, 5]
    ])
    expect(pace.concurrentCalls).toBe(3)
  })

  it("is one budget, whatever the case in which a job writes its owner", () => {
    expect(pace.limits.map(({ key }) => key)).toEqual(["o365:you@example.com", "o365:you@example.com"])
  })

  it("counts each request of a message, and each octet as it goes out", () => {
    expect(pace.limits.map(({ metered }) => metered)).toEqual([
      { perRequest: 1, perOctet: 0 },
      { perRequest: 0, perOctet: 1 }
    ])
    const [requests] = pace.limits
    // One description is one request, however many are asked for at once.
    expect(requests?.perCall["describe"]).toBe(1)
    expect(describesAtOnce).toBeGreaterThan(1)
  })

  it("never sees more of either than is published, in any window, by what is spent at once and comes in", () => {
    for (const { amount, burst = amount } of pace.limits)
      expect(burst + amount * 0.9).toBeLessThanOrEqual(amount)
  })

  it("is messages of 150 MB at the most, with the days that its properties hold", () => {
    expect(maxMessageSize).toBe(157_286_400)
    expect([internalDates?.from, internalDates?.to].map((date) => date && DateTime.formatIso(date))).toEqual([
      "1601-01-02T00:00:00.000Z",
      "4500-08-31T00:00:00.000Z"
    ])
  })
})
