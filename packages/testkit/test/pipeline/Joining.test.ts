import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { assert, describe, it } from "@effect/vitest"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { joiningCapabilities } from "@mailferry/testkit/MemoryDestination.ts"
import { Effect, Option } from "effect"

import { clean, findings, labelled, labelledWorld, mail, protonAccount } from "./LabelledMail.ts"
import { arrive } from "./Letters.ts"
import { unaccounted } from "./World.ts"

describe("mail for a service with labels", () => {
  it.effect("is stored once, each message with all its labels, its star and its read state", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1, { flags: ["\\Seen"] }), ["INBOX"], ["Labels", "x"], ["Labels", "y"])
      arrive(source, mail(2), ["INBOX"], ["Sent"])
      arrive(source, mail(3, { flags: ["\\Flagged", "\\Answered"] }), ["Archive"], ["Starred"])
      arrive(source, mail(4), ["Folders", "Work"], ["Labels", "x"])
      arrive(source, mail(5))
      arrive(source, mail(6), ["Drafts"])
      arrive(source, mail(7), ["Trash"])
      arrive(source, mail(8), ["Spam"])
      arrive(source, mail(9), ["Scheduled"])
      arrive(source, mail(10), ["Folders", "Sent"])
      const world = yield* labelledWorld(source)
      const { destinationCalls, result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 10, migrated: 10, merged: 0 })
      assert.deepStrictEqual(labelled(world.destination), [
        "letter 1 (INBOX, x, y) \\Seen",
        "letter 10 (_Sent)",
        "letter 2 (INBOX, Sent)",
        "letter 3 () \\Flagged",
        "letter 4 (Work, x)",
        "letter 5 ()",
        "letter 6 (Proton/Drafts)",
        "letter 7 (Proton/Trash)",
        "letter 8 (Spam)",
        "letter 9 (Proton/Scheduled)"
      ])
      assert.strictEqual(destinationCalls.filter(({ operation }) => operation === "append").length, 10)
      assert.notInclude(
        destinationCalls.map(({ operation }) => operation),
        "copy"
      )
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
      const { writes } = world.destination
      const { result: again } = yield* world.run()
      assert.deepInclude(again, { outcome: "complete", migrated: 0, alreadyThere: 10 })
      assert.strictEqual(world.destination.writes, writes)
    })
  )

  it.effect("stands in one of the mailboxes that exclude each other, and the other is reported", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"], ["Spam"])
      const world = yield* labelledWorld(source)
      const { result } = yield* world.run()
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX)"])
      assert.strictEqual(result.losses["place-not-kept"], 1)
    })
  )

  it.effect("goes into a folder and a label of one name as into one label", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      Account.addMailbox(source, { path: ["Labels", "Work"], role: "label" })
      Account.addMailbox(source, { path: ["Labels", "Inbox"], role: "label" })
      arrive(source, mail(1), ["Folders", "Work"], ["Labels", "Work"])
      arrive(source, mail(2), ["INBOX"], ["Labels", "Work"], ["Labels", "Inbox"])
      const world = yield* labelledWorld(source)
      yield* world.run()
      assert.deepStrictEqual(labelled(world.destination), [
        "letter 1 (Work)",
        "letter 2 (INBOX, Work, _Inbox)"
      ])
    })
  )

  it.effect("goes under one label of its own when that is asked for", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["Folders", "Work"], ["Labels", "x"])
      arrive(source, mail(2), ["INBOX"])
      const names = { ...joiningCapabilities.names, parent: "Proton" }
      const world = yield* labelledWorld(source, { capabilities: { names } })
      yield* world.run()
      assert.deepStrictEqual(labelled(world.destination), [
        "letter 1 (Proton/Work, Proton/x)",
        "letter 2 (INBOX)"
      ])
    })
  )
})

describe("two messages with one Message-ID", () => {
  const twins = (body: string) => {
    const source = protonAccount()
    arrive(source, mail(1, { messageId: "<same@list>" }), ["INBOX"])
    arrive(source, mail(2, { messageId: "<same@list>", body }), ["Sent"], ["Labels", "x"])
    return source
  }

  it.effect("become one with the labels of both, and are reported as merged and never as lost", () =>
    Effect.gen(function* () {
      const world = yield* labelledWorld(twins("hello 1"))
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 2, migrated: 1, merged: 1, losses: {} })
      assert.strictEqual(unaccounted(result), 0)
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX, Sent, x)"])
      const merged = yield* world.ledger(({ joined }) => joined.merged)
      assert.deepInclude(merged[0], { key: "proton-2==", joinedWith: "proton-1==", messageId: "<same@list>" })
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
      const { result: again } = yield* world.run()
      assert.deepInclude(again, { outcome: "complete", migrated: 0, merged: 0, alreadyThere: 2 })
    })
  )

  it.effect("of which the bodies differ leave the octets of the second as a file", () =>
    Effect.gen(function* () {
      const world = yield* labelledWorld(twins("another body"))
      const { result } = yield* world.run()
      assert.deepInclude(result, { migrated: 1, merged: 1, losses: { "merged-with-other-body": 1 } })
      const directory = join(world.directory, "quarantine")
      const [file = ""] = readdirSync(directory)
      assert.include(readFileSync(join(directory, file), "latin1"), "another body")
    })
  )
})

describe("two messages with one Message-ID of which one is spam", () => {
  for (const [name, first, second] of [
    ["later", ["Folders", "Work"], ["Spam"]],
    ["earlier", ["Spam"], ["Folders", "Work"]]
  ] as const) {
    it.effect(`stay in sight when the spam comes ${name}`, () =>
      Effect.gen(function* () {
        const source = protonAccount()
        arrive(source, mail(1, { messageId: "<same@list>", body: "hello" }), first)
        arrive(source, mail(2, { messageId: "<same@list>", body: "hello" }), second)
        const world = yield* labelledWorld(source)
        const { result } = yield* world.run()
        assert.deepInclude(result, { outcome: "complete", planned: 2, migrated: 1, merged: 1 })
        const [line = ""] = labelled(world.destination)
        assert.include(line, "Work")
        if (name === "later") assert.strictEqual(line, "letter 1 (Work)")
        assert.strictEqual(result.losses["place-not-kept"] ?? 0, name === "later" ? 1 : 0)
        assert.deepStrictEqual(findings(yield* world.verify()), clean)
        assert.deepInclude((yield* world.run()).result, { migrated: 0, merged: 0, alreadyThere: 2 })
        assert.lengthOf(labelled(world.destination), 1)
        assert.deepStrictEqual(labelled(world.destination), [line])
      })
    )
  }
})

describe("mail that was there first", () => {
  it.effect("is joined and not counted as migrated, and the labels it was given are reported", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"], ["Labels", "x"])
      arrive(source, mail(2), ["INBOX"])
      const world = yield* labelledWorld(source)
      const there = Account.newMessage(world.destination, mail(1))
      Account.show(Account.mailboxOf(world.destination, ["All Mail"]), there)
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 2, migrated: 1, alreadyThere: 1 })
      assert.strictEqual(result.losses["labels-added-there"], 1)
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX, x)", "letter 2 (INBOX)"])
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
    })
  )

  it.effect("with another body leaves the octets of ours as a file, and keeps no pilot from passing", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1, { body: "ours" }), ["Sent"])
      arrive(source, mail(2), ["Sent"])
      const world = yield* labelledWorld(source)
      const there = Account.newMessage(world.destination, mail(1, { body: "a scanner's other mail" }))
      Account.show(Account.mailboxOf(world.destination, ["All Mail"]), there)
      const { pilot, result } = yield* world.run({ pilot: "first" })
      assert.isTrue(Option.getOrThrow(pilot).passed)
      assert.deepInclude(result, { outcome: "complete", migrated: 1, alreadyThere: 1 })
      assert.strictEqual(result.losses["merged-with-other-body"], 1)
      const directory = join(world.directory, "quarantine")
      const [file = ""] = readdirSync(directory)
      assert.include(readFileSync(join(directory, file), "latin1"), "ours")
    })
  )

  it.effect("and in sight is not taken into Spam by its twin", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["Spam"])
      arrive(source, mail(2), ["Spam"])
      const world = yield* labelledWorld(source)
      const there = Account.newMessage(world.destination, mail(1))
      for (const path of [["INBOX"], ["All Mail"]] as const) {
        Account.show(Account.mailboxOf(world.destination, path), there)
      }
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1, alreadyThere: 1 })
      assert.strictEqual(result.losses["place-not-kept"], 1)
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX)", "letter 2 (Spam)"])
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
    })
  )

  it.effect("is known although it came between the plan and the run", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"])
      const world = yield* labelledWorld(source)
      yield* world.plan()
      Account.show(
        Account.mailboxOf(world.destination, ["All Mail"]),
        Account.newMessage(world.destination, mail(1))
      )
      assert.deepInclude((yield* world.run()).result, { migrated: 0, alreadyThere: 1 })
    })
  )
})
