import { assert, describe, it } from "@effect/vitest"
import type { Mailbox } from "@mailferry/core/Mailbox.ts"
import { pathKey } from "@mailferry/core/Mailbox.ts"
import { mapMailboxes } from "@mailferry/core/MailboxName.ts"
import { PlanDrift } from "@mailferry/core/PlanDrift.ts"
import { driftOf, namesOfPlan, PlanFile, skippedByPlan } from "@mailferry/core/PlanFile.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { Effect, Schema } from "effect"

import { folder, inbox, sent } from "./SourceMailboxes.ts"
import { capabilities } from "./Stubs.ts"

type Line = PlanFile["mailboxes"][number]

const planOf = (...mailboxes: ReadonlyArray<Line>): PlanFile => ({
  mailferryPlan: 1,
  source: "you@proton.me",
  destination: "you@example.net",
  made: "2026-11-21T12:00:00.000Z",
  rules: defaultRules,
  mailboxes
})

const lineOf = ({ path, proposed }: Mailbox, line: Partial<Line> = {}): Line => ({
  from: path,
  to: proposed,
  messages: 12,
  ...line
})

const work = folder("Work", "a/b")

describe("PlanFile", () => {
  it.effect("is read back as it was written, with names that hold a slash", () =>
    Effect.gen(function* () {
      const plan = planOf(lineOf(inbox), lineOf(work, { skip: true, note: "renamed" }))
      const text = JSON.stringify(yield* Schema.encodeEffect(PlanFile)(plan))
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(PlanFile)(JSON.parse(text)), plan)
    })
  )

  it.effect.each([
    { mailferryPlan: 2 },
    { mailboxes: [{ ...lineOf(inbox), to: [] }] },
    { mailboxes: [{ ...lineOf(inbox), messages: 1.5 }] }
  ])("refuses an edit that makes no sense: %j", (edit) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Schema.decodeUnknownEffect(PlanFile)({ ...planOf(), ...edit }))
      assert.strictEqual(exit._tag, "Failure")
    })
  )
})

describe("driftOf", () => {
  it("sees no drift in an unchanged source, nor in new mailboxes or new mail", () => {
    const plan = planOf(lineOf(inbox), lineOf(work))
    assert.deepStrictEqual(driftOf(plan, [work, inbox]), [])
    assert.deepStrictEqual(driftOf(plan, [inbox, work, folder("New")]), [])
  })

  it("names what is gone, how much was in it, and what may be its new name", () => {
    const changes = driftOf(planOf(lineOf(inbox), lineOf(folder("Work"))), [inbox, folder("Job")])
    assert.strictEqual(changes.length, 1)
    assert.match(changes[0] ?? "", /^Folders\/Work \(12 messages/u)
    assert.match(changes[0] ?? "", /Folders\/Job/u)
    const drift = new PlanDrift({ changes })
    assert.include(drift.message, "Folders/Work")
  })

  it("tells a/b from a within b", () => {
    assert.strictEqual(driftOf(planOf(lineOf(folder("a/b"))), [folder("a", "b")]).length, 1)
  })
})

describe("namesOfPlan", () => {
  const computed = mapMailboxes([inbox, sent, work], [], capabilities.names, defaultRules)

  it("lays the names a person wrote over the computed ones", () => {
    const names = namesOfPlan(planOf(lineOf(inbox), lineOf(work, { to: ["Job", "x"] })), computed)
    assert.deepStrictEqual(names.get(pathKey(work.path))?.path, ["Job", "x"])
    assert.deepStrictEqual(names.get(pathKey(inbox.path)), computed.get(pathKey(inbox.path)))
    assert.deepStrictEqual(names.get(pathKey(sent.path)), computed.get(pathKey(sent.path)))
  })

  it("makes up no mailbox that the source does not have", () => {
    const names = namesOfPlan(planOf(lineOf(folder("Gone"), { to: ["X"] })), computed)
    assert.deepStrictEqual(names, computed)
  })
})

describe("skippedByPlan", () => {
  it("is what says `skip: true` and nothing else", () => {
    const plan = planOf(lineOf(inbox), lineOf(sent, { skip: false }), lineOf(work, { skip: true }))
    assert.deepStrictEqual(skippedByPlan(plan), [work.path])
  })
})
