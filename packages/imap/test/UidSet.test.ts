import { assert, describe, it } from "@effect/vitest"

import { uidSets } from "../src/UidSet.ts"

describe("UidSet", () => {
  it("joins neighbours and drops doubles, whatever the order", () => {
    assert.deepStrictEqual(uidSets([7, 3, 1, 2, 7, 9]), ["1:3,7,9"])
  })

  it("is nothing of nothing", () => {
    assert.deepStrictEqual(uidSets([]), [])
  })

  it("splits a set too long for a command line, and loses no UID", () => {
    const uids = Array.from({ length: 3000 }, (_, i) => 4_000_000_000 + 2 * i)
    const sets = uidSets(uids)
    assert.isAbove(sets.length, 1)
    assert.isTrue(sets.every((set) => set.length <= 8000))
    assert.deepStrictEqual(
      sets.flatMap((set) => set.split(",").map(Number)),
      uids
    )
  })
})
