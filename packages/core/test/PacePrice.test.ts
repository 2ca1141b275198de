import { assert, describe, it } from "@effect/vitest"
import { priceOf, pricesOf } from "@mailferry/core/PacePrice.ts"

import { octets, units } from "./PaceLimits.ts"

describe("the price of a call", () => {
  it("is that of its operation, and nothing for what is not listed", () => {
    assert.strictEqual(priceOf(units, "append", { octets: 1_000_000 }), 25)
    assert.strictEqual(priceOf(units, "ensureMailbox"), 0)
  })

  it("is paid for each message that is described", () => {
    assert.strictEqual(priceOf(units, "describe", { messages: 20 }), 400)
    assert.strictEqual(priceOf(units, "describe", { messages: 0 }), 0)
  })

  it("is paid for each octet of an append, and of nothing else", () => {
    assert.closeTo(priceOf(octets, "append", { octets: 1000 }), 1370, 1e-6)
    assert.strictEqual(priceOf(octets, "fetch", { octets: 1000 }), 0)
  })

  it("names only the limits that a call costs something of", () => {
    const both = [units, octets]
    assert.deepStrictEqual(pricesOf(both, "list", undefined), [[units, 5]])
    assert.deepStrictEqual(
      pricesOf(both, "append", { octets: 100 }).map(([{ of }]) => of),
      ["units", "octets"]
    )
    assert.deepStrictEqual(pricesOf(both, "ensureMailbox", undefined), [])
  })
})
