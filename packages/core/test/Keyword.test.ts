import { assert, describe, it } from "@effect/vitest"
import { keywordOfLabel } from "@mailferry/core/Keyword.ts"

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
