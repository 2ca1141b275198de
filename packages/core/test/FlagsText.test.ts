import { assert, describe, it } from "@effect/vitest"
import {
  flagsMissing,
  flagsOfText,
  flagsText,
  hasFlags,
  noFlags,
  unionFlags
} from "@mailferry/core/FlagsText.ts"
import type { Flags, SystemFlag } from "@mailferry/core/Message.ts"

const of = (flags: ReadonlyArray<SystemFlag>, keywords: ReadonlyArray<string> = []): Flags => ({
  flags: new Set(flags),
  keywords: new Set(keywords)
})

describe("flagsText", () => {
  it("is the same text for the same set in any order", () => {
    assert.deepStrictEqual(
      flagsText(of(["\\Seen", "\\Answered"], ["b", "a"])),
      flagsText(of(["\\Answered", "\\Seen"], ["a", "b"]))
    )
  })

  it.each([
    of([]),
    of(["\\Seen"]),
    of(["\\Seen", "\\Flagged", "\\Draft", "\\Answered"], ["$Forwarded", "x"]),
    of([], ["Taxes 2019", "100% sure", "a%20b", " "])
  ])("is read back as it was: %j", (flags) => {
    assert.deepStrictEqual(flagsOfText(flagsText(flags)), flags)
  })

  it("reads nothing into what it does not know", () => {
    assert.deepStrictEqual(flagsOfText({ flags: "\\Deleted \\Seen", keywords: "" }), of(["\\Seen"]))
  })
})

describe("flagsMissing", () => {
  it("is what is wanted and not there", () => {
    const missing = flagsMissing(of(["\\Seen", "\\Flagged"], ["a", "b"]), of(["\\Seen", "\\Draft"], ["b"]))
    assert.deepStrictEqual(missing, of(["\\Flagged"], ["a"]))
    assert.isTrue(hasFlags(missing))
    assert.isTrue(hasFlags(of([], ["a"])))
    assert.isFalse(hasFlags(flagsMissing(of(["\\Seen"]), of(["\\Seen"]))))
    assert.isFalse(hasFlags(noFlags))
  })
})

describe("unionFlags", () => {
  it("takes none away", () => {
    const union = unionFlags(of(["\\Seen"], ["a"]), of(["\\Flagged"], ["a", "b"]))
    assert.deepStrictEqual(union, of(["\\Seen", "\\Flagged"], ["a", "b"]))
  })
})

describe("flagsMissing", () => {
  it("takes keywords that differ in case only for one, whatever stands between them", () => {
    const [one, other] = [of([], ["B", "a"]), of([], ["b", "A"])]
    assert.isFalse(hasFlags(flagsMissing(one, other)) || hasFlags(flagsMissing(other, one)))
    assert.deepStrictEqual(flagsMissing(of([], ["b", "c"]), one), of([], ["c"]))
  })
})
