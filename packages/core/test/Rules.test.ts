import { assert, describe, it } from "@effect/vitest"
import { admits, defaultRules, Rules } from "@mailferry/core/Rules.ts"
import { Effect, Schema } from "effect"

import { folder, home, inbox, label, sent } from "./SourceMailboxes.ts"

const admitted = (rules: Partial<Rules>, ...levels: [string, ...ReadonlyArray<string>]) =>
  admits({ ...defaultRules, ...rules }, folder(...levels))

describe("admits", () => {
  it("lets every mailbox move when nothing is said", () => {
    for (const mailbox of [inbox, sent, folder("Work"), label("Friends"), home(["Spam"], "junk")]) {
      assert.isTrue(admits(defaultRules, mailbox), mailbox.path.join("/"))
    }
  })

  it.each([
    ["spam", home(["Spam"], "junk")],
    ["trash", home(["Trash"], "trash")],
    ["drafts", home(["Drafts"], "drafts")]
  ] as const)("leaves out what `%s: false` names, by special use and not by name", (rule, mailbox) => {
    const rules = { ...defaultRules, [rule]: false }
    assert.isFalse(admits(rules, mailbox))
    assert.isTrue(admits(rules, home(mailbox.path)), "a mailbox of that name without the special use")
    assert.isTrue(admits(rules, inbox))
  })

  it.each<[pattern: string, name: string, matches: boolean]>([
    ["Work", "Work", true],
    ["Work", "work", true],
    ["WORK", "Work", true],
    ["Work", "Work/2019", true],
    ["Work", "Work/2019/Q1", true],
    ["Work", "Workshop", false],
    ["Work", "Home/Work", false],
    ["Work/2019", "Work/2019", true],
    ["Work/2019", "Work", false],
    ["Work/*", "Work/2019", true],
    ["Work/*", "Work", false],
    ["Work/*", "Work/2019/Q1", false],
    ["Work/**", "Work/2019/Q1", true],
    ["Work/**", "Work", false],
    ["*", "Work", true],
    ["*", "Work/2019", false],
    ["**", "Work/2019", true],
    ["**/2019", "Work/2019", true],
    ["**/2019", "a/b/2019", true],
    ["Wo*k", "Work", true],
    ["Wo*k", "Wo/k", false],
    ["*shop", "Workshop", true],
    ["Été", "été", true],
    ["C++ (old)", "C++ (old)", true],
    ["a.c", "abc", false],
    ["[x]?", "[x]?", true],
    ["$1^|\\", "$1^|\\", true],
    ["a\\b", "a\\b", true],
    ["💌", "💌", true]
  ])("takes exclude %j for %j: %s", (pattern, name, matches) => {
    const [first = "", ...rest] = name.split("/")
    assert.strictEqual(admitted({ exclude: [pattern] }, first, ...rest), !matches)
    assert.strictEqual(admitted({ include: [pattern] }, first, ...rest), matches)
  })

  it("moves only what is included, and not what is excluded from that", () => {
    const rules = { include: ["Work", "Home"], exclude: ["Work/Private"] }
    assert.isTrue(admitted(rules, "Work"))
    assert.isTrue(admitted(rules, "Home", "Garden"))
    assert.isFalse(admitted(rules, "Work", "Private"))
    assert.isFalse(admitted(rules, "Other"))
  })

  it("names mailboxes as they are proposed, without Bridge's prefix", () => {
    assert.isFalse(admitted({ include: ["Folders/Work"] }, "Work"))
    assert.isTrue(admits({ ...defaultRules, include: ["Labels/Friends"] }, label("Friends")))
    assert.isFalse(admits({ ...defaultRules, exclude: ["labels"] }, label("Friends")))
  })
})

describe("Rules", () => {
  it.effect("has a default for everything", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(Rules)({}), defaultRules)
    })
  )

  it.effect.each([{ labels: "folders" }, { include: [""] }, { rename: { a: 1 } }, { spam: "no" }])(
    "refuses %j",
    (rules) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Schema.decodeUnknownEffect(Rules)(rules))
        assert.include(error.message, Object.keys(rules).join())
      })
  )
})
