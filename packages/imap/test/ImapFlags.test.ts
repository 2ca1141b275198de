import { assert, describe, it } from "@effect/vitest"

import { flagsOf, wireFlags } from "../src/ImapFlags.ts"

const keywords = (...names: ReadonlyArray<string>) => ({ flags: new Set<never>(), keywords: new Set(names) })

describe("ImapFlags", () => {
  it("knows system flags in any case, and leaves behind those that mean nothing after a move", () => {
    assert.deepStrictEqual(flagsOf(["\\seen", "\\Recent", "\\Deleted", "\\X-Odd", "$Forwarded"]), {
      flags: new Set(["\\Seen" as const]),
      keywords: new Set(["$Forwarded"])
    })
  })

  it("writes no keyword that could end a command or begin another", () => {
    const unsafe = ["a b", "a)", "é", "a\r\nZ1 NOOP", '"', "\\Odd", "a]", "x".repeat(65), ""]
    assert.deepStrictEqual(wireFlags(keywords(...unsafe, "$Label1")), ["$Label1"])
  })

  it("writes 60 keywords at most", () => {
    assert.lengthOf(wireFlags(keywords(...Array.from({ length: 100 }, (_, i) => `k${i}`))), 60)
  })

  it("keeps to PERMANENTFLAGS: a keyword it names, or any where it has \\*", () => {
    const wanted = {
      flags: new Set(["\\Seen", "\\Draft"] as const),
      keywords: new Set(["$Forwarded", "other"])
    }
    assert.deepStrictEqual(wireFlags(wanted, new Set(["\\seen", "$forwarded"])), ["\\Seen", "$Forwarded"])
    assert.deepStrictEqual(wireFlags(wanted, new Set(["\\Seen", "\\*"])), ["\\Seen", "$Forwarded", "other"])
    assert.deepStrictEqual(wireFlags(wanted, new Set()), [])
  })
})
