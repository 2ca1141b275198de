import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { PlanFile } from "@mailferry/core/PlanFile.ts"
import { defaultRules, type Rules } from "@mailferry/core/Rules.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Exit, Option } from "effect"

import { arrive, bridgeAccount, contents, expected, protonLetter } from "./Letters.ts"
import { makeWorld } from "./World.ts"

const account = () => {
  const account = bridgeAccount()
  arrive(account, protonLetter(1), ["INBOX"], ["Labels", "x"])
  arrive(account, protonLetter(2), ["Folders", "Work"])
  arrive(account, protonLetter(3, { body: "x".repeat(500) }), ["Spam"])
  arrive(account, protonLetter(4))
  return account
}

const planFile = (
  mailboxes: ReadonlyArray<{ from: MailboxPath; to: MailboxPath; skip?: boolean }>,
  rules: Partial<Rules> = {}
): Option.Option<PlanFile> =>
  Option.some({
    mailferryPlan: 1,
    source: "you@memory.example",
    destination: "you@memory.example",
    made: "2026-11-21T12:00:00.000Z",
    rules: { ...defaultRules, ...rules },
    mailboxes: mailboxes.map((line) => ({ ...line, messages: 1 }))
  })

const counts = (account: Account.MemoryAccount) =>
  Object.entries(contents(account)).map(([name, copies]) => `${name} ${copies.length}`)

describe("a plan", () => {
  it.effect("says what a run would do, and the run does it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({
        source: account(),
        destination: Account.make(),
        capabilities: { maxMessageSize: 300 }
      })
      const { summary } = yield* world.plan()
      assert.deepInclude(summary, { planned: 4, toDo: 4, alreadyThere: 0, labels: 1, tooLarge: 1 })
      assert.deepStrictEqual(
        summary.mailboxes.map(({ from, homes, shown, to }) => [from.join("/"), to.join("/"), homes, shown]),
        [
          ["All Mail", "All Mail only", 1, 0],
          ["Archive", "Archive", 0, 0],
          ["INBOX", "INBOX", 1, 0],
          ["Labels/x", "Labels/x", 0, 1],
          ["Labels/y", "Labels/y", 0, 0],
          ["Sent", "Sent", 0, 0],
          ["Spam", "Spam", 1, 0],
          ["Starred", "Starred", 0, 0],
          ["Folders/Work", "Work", 1, 0]
        ]
      )
      const { result } = yield* world.run()
      assert.deepInclude(result, { planned: 4, migrated: 3, quarantined: 1 })
    })
  )

  it.effect("writes to neither account", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: account(), destination: Account.make() })
      const before = [world.source.writes, world.destination.writes]
      yield* world.plan()
      assert.deepStrictEqual([world.source.writes, world.destination.writes], before)
    })
  )

  it.effect("does not take away what the last run reported", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: account(), destination: Account.make() })
      yield* world.run({ rules: { ...defaultRules, labels: "ignore" } })
      const before = yield* world.ledger(({ reports }) => reports.losses)
      yield* world.plan({ rules: { ...defaultRules, labels: "ignore" } })
      assert.deepStrictEqual(yield* world.ledger(({ reports }) => reports.losses), before)
      assert.strictEqual(before.length, 1)
    })
  )

  it.effect("follows the rules", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: account(), destination: Account.make() })
      const rules = {
        ...defaultRules,
        spam: false,
        exclude: ["All Mail"],
        rename: { Work: "Job/Old", Labels: "" }
      }
      const { result } = yield* world.run({ rules })
      assert.deepInclude(result, { outcome: "complete", planned: 2 })
      assert.deepStrictEqual(counts(world.destination), ["INBOX 1", "Job/Old 1", "x 1"])
    })
  )

  it.effect("that widens later adds what it left out before", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: account(), destination: Account.make() })
      yield* world.run({ rules: { ...defaultRules, include: ["Work"] } })
      assert.deepStrictEqual(counts(world.destination), ["Work 1"])
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 4, migrated: 3, alreadyThere: 1 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )
})

describe("a reviewed plan file", () => {
  it.effect("decides names and what is skipped, before the rules of the job", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: account(), destination: Account.make() })
      const { result } = yield* world.run({
        rules: { ...defaultRules, exclude: ["Work"] },
        planFile: planFile([
          { from: ["Folders", "Work"], to: ["Job"] },
          { from: ["Spam"], to: ["Spam"], skip: true }
        ])
      })
      assert.strictEqual(result.outcome, "complete")
      assert.deepStrictEqual(counts(world.destination), ["All Mail only 1", "INBOX 1", "Job 1", "Labels/x 1"])
    })
  )

  it.effect("is refused, and nothing written, when a mailbox it names is gone", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: account(), destination: Account.make() })
      const writes = world.destination.writes
      const { exit } = yield* world.start({
        planFile: planFile([{ from: ["Folders", "Gone"], to: ["Gone"] }])
      })
      const error = Option.getOrThrow(Option.flatMap(exit, (over) => Exit.findErrorOption(over)))
      assert.strictEqual(error._tag, "PlanDrift")
      assert.include(error.message, "Folders/Gone")
      assert.strictEqual(world.destination.writes, writes)
    })
  )

  it.effect("still fits when mail and mailboxes have come since", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: account(), destination: Account.make() })
      const lines = planFile([{ from: ["INBOX"], to: ["INBOX"] }])
      Account.addMailbox(world.source, { path: ["Folders", "New"], proposed: ["New"] })
      arrive(world.source, protonLetter(9), ["Folders", "New"])
      const { result } = yield* world.run({ planFile: lines })
      assert.strictEqual(result.outcome, "complete")
      assert.include(counts(world.destination), "New 1")
    })
  )

  it.effect("may bring two mailboxes together", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: account(), destination: Account.make() })
      yield* world.run({
        planFile: planFile([
          { from: ["Folders", "Work"], to: ["INBOX"] },
          { from: ["Labels", "x"], to: ["INBOX"] }
        ])
      })
      assert.deepStrictEqual(counts(world.destination), ["All Mail only 1", "INBOX 2", "Spam 1"])
    })
  )
})
