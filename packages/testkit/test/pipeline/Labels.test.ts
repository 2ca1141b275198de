import { assert, describe, it } from "@effect/vitest"
import { MailboxRejected, MessageRejected } from "@mailferry/core/MailError.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { dropAfterCommit, failWith, onCall, type Script } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

import { arrive, bridgeAccount, contents, expected, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted, type WorldOptions } from "./World.ts"

const labelled = () => {
  const account = bridgeAccount()
  arrive(account, protonLetter(1, { flags: ["\\Seen"] }), ["INBOX"], ["Labels", "x"], ["Labels", "y"])
  arrive(account, protonLetter(2), ["Folders", "Work"], ["Labels", "y"])
  arrive(account, protonLetter(3), ["Labels", "x"], ["Labels", "y"])
  return account
}

const worldWith = (capabilities: WorldOptions["capabilities"] = {}) =>
  makeWorld({ source: labelled(), destination: Account.make(), capabilities })

const copyInto =
  (name: string, script: Script): Script =>
  (call) =>
    call.operation === "copy" && call.mailbox?.join("/") === name ? script(call) : undefined

describe("labels as mailboxes", () => {
  it.effect("are copied at the destination from the one upload", () =>
    Effect.gen(function* () {
      const world = yield* worldWith()
      const { destinationCalls, result } = yield* world.run()
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
      const count = (operation: string) =>
        destinationCalls.filter((call) => call.operation === operation).length
      assert.strictEqual(count("append"), 3)
      assert.strictEqual(count("copy"), 4)
      assert.deepInclude(result, { outcome: "complete", labelsLeft: 0 })
    })
  )

  it.effect("have a ledger row each", () =>
    Effect.gen(function* () {
      const world = yield* worldWith()
      yield* world.run()
      const counts = yield* world.ledger(({ reports }) => reports.placementCounts)
      assert.deepStrictEqual(counts, [
        { state: "appended", step: "append", n: 3 },
        { state: "appended", step: "copy", n: 4 }
      ])
    })
  )

  it.effect("that the destination refuses keep the message out of no other, and are named", () =>
    Effect.gen(function* () {
      const world = yield* worldWith()
      const no = failWith(new MessageRejected({ detail: "not in here", why: "policy" }))
      const { events, result } = yield* world.run({ destinationScript: copyInto("Labels/x", () => no) })
      assert.deepInclude(result, { outcome: "complete", migrated: 3, quarantined: 0, failed: 0 })
      assert.deepStrictEqual(result.losses, { "label-refused": 1 })
      const there = contents(world.destination)
      assert.deepStrictEqual(
        Object.entries(there).map(([name, copies]) => [name, copies.length]),
        [
          ["INBOX", 1],
          ["Labels/x", 1],
          ["Labels/y", 3],
          ["Work", 1]
        ]
      )
      assert.notInclude(
        events.map(({ _tag }) => _tag),
        "Quarantined"
      )
      const again = yield* world.run()
      assert.deepInclude(again.result, { outcome: "complete", migrated: 0 })
      assert.deepStrictEqual(again.result.losses, { "label-refused": 1 }, "named as long as it is so")
      yield* world.run({ retryQuarantined: true })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("whose mailbox is refused leave the message where it is, failed for this run", () =>
    Effect.gen(function* () {
      const world = yield* worldWith()
      const no = failWith(new MailboxRejected({ detail: "no permission", why: "permission" }))
      const { destinationCalls, events, result } = yield* world.run({
        destinationScript: (call) =>
          call.operation === "ensureMailbox" && call.mailbox?.join("/") === "Labels/y" ? no : undefined
      })
      assert.deepInclude(result, { outcome: "partial", migrated: 0, quarantined: 0, failed: 3 })
      assert.strictEqual(unaccounted(result), 0)
      assert.deepStrictEqual(result.losses, { "mailbox-refused": 3 })
      const skipped = events.flatMap((event) =>
        event._tag === "MailboxSkipped" ? [event.mailbox.join("/")] : []
      )
      assert.deepStrictEqual(
        [...new Set(skipped)],
        ["Labels/y"],
        "the mailbox that was refused, not the home"
      )
      const asked = destinationCalls.filter(
        ({ mailbox, operation }) => operation === "ensureMailbox" && mailbox?.join("/") === "Labels/y"
      )
      assert.isAtMost(asked.length, 5, "not once a message")
      assert.strictEqual(contents(world.destination)["Labels/x"]?.length, 2)
      const again = yield* world.run()
      assert.deepInclude(again.result, { outcome: "complete", migrated: 3, bytes: 0 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("added after the destination renewed its UIDs find the message again", () =>
    Effect.gen(function* () {
      const world = yield* worldWith()
      yield* world.run()
      for (const mailbox of world.destination.mailboxes.values()) mailbox.epoch += 1000
      const [, message] = [...Account.mailboxOf(world.source, ["Folders", "Work"]).messages][0] ?? []
      if (message !== undefined) {
        Account.show(Account.mailboxOf(world.source, ["Labels", "x"]), message)
        message.flags.add("\\Flagged")
      }
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1, bytes: 0 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )
})

describe("labels of a destination that has labels itself", () => {
  const gmailLike = { placement: "labels" } as const

  it.effect("are given with the one APPEND, and nothing more is sent", () =>
    Effect.gen(function* () {
      const world = yield* worldWith(gmailLike)
      const { destinationCalls, result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 3 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
      assert.notInclude(
        destinationCalls.map(({ operation }) => operation),
        "copy"
      )
      const writes = world.destination.writes
      assert.deepInclude((yield* world.run()).result, { outcome: "complete", migrated: 0 })
      assert.strictEqual(world.destination.writes, writes)
    })
  )

  it.effect("are added later to the one message", () =>
    Effect.gen(function* () {
      const world = yield* worldWith(gmailLike)
      yield* world.run()
      const [, message] = [...Account.mailboxOf(world.source, ["Folders", "Work"]).messages][0] ?? []
      if (message !== undefined) Account.show(Account.mailboxOf(world.source, ["Labels", "x"]), message)
      const { destinationCalls } = yield* world.run()
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
      assert.strictEqual(destinationCalls.filter(({ operation }) => operation === "append").length, 0)
    })
  )

  it.effect("survive an APPEND of unknown outcome", () =>
    Effect.gen(function* () {
      const world = yield* worldWith(gmailLike)
      const { result } = yield* world.run({ destinationScript: onCall("append", 1, dropAfterCommit) })
      assert.strictEqual(result.outcome, "complete")
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("of which one is refused do not keep the message out", () =>
    Effect.gen(function* () {
      const world = yield* worldWith(gmailLike)
      const no = failWith(new MailboxRejected({ detail: "no permission", why: "permission" }))
      const { result } = yield* world.run({
        destinationScript: (call) =>
          call.operation === "ensureMailbox" && call.mailbox?.join("/") === "Labels/y" ? no : undefined
      })
      assert.deepInclude(result, { outcome: "partial", failed: 3 })
      assert.strictEqual(contents(world.destination)["INBOX"]?.length, 1)
      assert.strictEqual(contents(world.destination)["Labels/x"]?.length, 2)
    })
  )
})

describe("labels as keywords, and ignored", () => {
  const keywordsOf = (account: Account.MemoryAccount, name: string) =>
    [...(account.mailboxes.get(JSON.stringify([name]))?.messages.values() ?? [])].map(({ keywords }) =>
      [...keywords].toSorted().join(" ")
    )

  it.effect("become keywords of the one copy, those added later too", () =>
    Effect.gen(function* () {
      const world = yield* worldWith()
      const rules = { ...defaultRules, labels: "keywords" as const }
      yield* world.run({ rules })
      assert.deepStrictEqual(keywordsOf(world.destination, "INBOX"), ["x y"])
      assert.deepStrictEqual(keywordsOf(world.destination, "Work"), ["y"])
      const [, message] = [...Account.mailboxOf(world.source, ["Folders", "Work"]).messages][0] ?? []
      if (message !== undefined) Account.show(Account.mailboxOf(world.source, ["Labels", "x"]), message)
      const { result } = yield* world.run({ rules })
      assert.deepInclude(result, { outcome: "complete", migrated: 1 })
      assert.deepStrictEqual(keywordsOf(world.destination, "Work"), ["x y"])
    })
  )

  it.effect("are named one by one when they are ignored", () =>
    Effect.gen(function* () {
      const world = yield* worldWith()
      const { result } = yield* world.run({ rules: { ...defaultRules, labels: "ignore" } })
      assert.strictEqual(result.outcome, "complete")
      assert.strictEqual(result.losses["label-ignored"], 5)
      const losses = yield* world.ledger(({ reports }) => reports.losses)
      assert.strictEqual(losses.length, 5)
    })
  )
})
