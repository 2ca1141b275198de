import { assert, describe, it } from "@effect/vitest"
import { fitKeywords, fitMarks, keywordOfLabel, markOfLabel } from "@mailferry/core/Keyword.ts"

/** RFC 9051 section 9, `atom-char`: printable ASCII without `(){ %*"\]`. */
const atom = /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/u

describe("keywordOfLabel", () => {
  it.each([
    ["Work", "Work"],
    ["Work 2019", "Work_2019"],
    ["a/b", "a_b"],
    ["Été", "Ete"],
    ["Ångström", "Angstrom"],
    ["(urgent!)", "urgent"],
    ["a  --  b", "a_--_b"],
    ['quo"te\\s', "quo_te_s"],
    ["{x}%*]", "x"],
    ["2.5$", "2.5$"],
    ["日本", "label_65e5_672c"],
    ["💌", "label_1f48c"],
    ["---", "label_2d_2d_2d"],
    ["", "label_"]
  ])("makes %j into %j", (name, keyword) => {
    assert.strictEqual(keywordOfLabel(name), keyword)
  })

  it("makes an atom of at most 60 characters of any name", () => {
    const names = ["x".repeat(500), "日".repeat(500), "é ".repeat(500), "\u0000\u0007\u00a0", "\ud800", "ﬁ"]
    for (const name of [...names, ...Array.from({ length: 300 }, (_, i) => String.fromCodePoint(i))]) {
      const keyword = keywordOfLabel(name)
      assert.match(keyword, atom, JSON.stringify(name))
      assert.isAtMost(keyword.length, 60)
    }
  })

  it("keeps apart two names without a Latin letter", () => {
    assert.notStrictEqual(keywordOfLabel("仕事"), keywordOfLabel("家"))
  })
})

describe("fitKeywords", () => {
  it.each<[keywords: ReadonlyArray<string>, kept: ReadonlyArray<string>, left: ReadonlyArray<string>]>([
    [[], [], []],
    [["$Forwarded", "Work"], ["$Forwarded", "Work"], []],
    [["Work", "work", "WORK"], ["Work"], []],
    [["two words", "été", "a(b", 'quo"te', ""], [], ["two words", "été", "a(b", 'quo"te', ""]],
    [["x".repeat(64), "y".repeat(65)], ["x".repeat(64)], ["y".repeat(65)]]
  ])("of %j keeps %j and leaves %j", (keywords, kept, left) => {
    const fit = fitKeywords(keywords)
    assert.deepStrictEqual([...fit.kept], kept)
    assert.deepStrictEqual(fit.left, left)
  })

  it("keeps no more than a server takes on one line, and names the others", () => {
    const many = Array.from({ length: 100 }, (_, n) => `k${n}`)
    const { kept, left } = fitKeywords(many)
    assert.strictEqual(kept.size, 60)
    assert.deepStrictEqual([...kept, ...left], many)
  })

  it("takes every keyword that a label becomes", () => {
    for (const name of ["Work 2019", "Été", "日本", "x".repeat(200), "💌"]) {
      assert.deepStrictEqual(fitKeywords([keywordOfLabel(name)]).left, [])
    }
  })
})

const categories = {
  called: "category",
  refused: /[,;]/gu,
  longest: 20,
  registered: new Set(["$Forwarded"])
}

describe("markOfLabel", () => {
  it.each([
    ["Taxes 2019", "Taxes 2019"],
    ["Work, urgent; now", "Work_ urgent_ now"],
    [" a\tb\r\n", "a b"],
    ["日本 / Été", "日本 / Été"],
    [" $avings", "_avings"],
    ["US$", "US$"],
    ["x".repeat(30), "x".repeat(20)],
    ["\u0007", ""]
  ])("makes %j into %j", (name, mark) => {
    assert.strictEqual(markOfLabel(name, categories), mark)
  })
})

describe("fitMarks", () => {
  it.each<[keywords: ReadonlyArray<string>, kept: ReadonlyArray<string>, left: ReadonlyArray<string>]>([
    [["$Forwarded", "$MDNSent", "NonJunk", "Junk"], ["$Forwarded"], ["$MDNSent", "NonJunk", "Junk"]],
    [["Work", "WORK", "my tag"], ["Work", "my tag"], []],
    [["\u0001"], [], ["\u0001"]]
  ])("of %j keeps %j and leaves %j", (keywords, kept, left) => {
    const fit = fitMarks(keywords, categories)
    assert.deepStrictEqual([...fit.kept], kept)
    assert.deepStrictEqual(fit.left, left)
  })

  it("keeps a person's labels that look like what programs note", () => {
    const fit = fitMarks(["$Forwarded", "$MDNSent", "Junk"], categories, new Set(["_avings", "Junk"]))
    assert.deepStrictEqual([...fit.kept], ["_avings", "Junk", "$Forwarded"])
    assert.deepStrictEqual(fit.left, ["$MDNSent"])
  })
})
