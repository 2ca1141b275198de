import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { assert, describe, it } from "@effect/vitest"
import { MailboxRejected } from "@mailferry/core/MailError.ts"
import {
  always,
  dropAfterCommit,
  dropBeforeCommit,
  failWith,
  notSent,
  onCall,
  scripts
} from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Duration, Effect } from "effect"

import { clean, findings, labelled, labelledWorld, mail, protonAccount } from "./LabelledMail.ts"
import { arrive } from "./Letters.ts"
import { unaccounted } from "./World.ts"
import { tells, worthDying } from "./WorthDying.ts"

describe("an append of unknown outcome to such a service", () => {
  for (const [name, fault] of [
    ["stored", dropAfterCommit],
    ["lost", dropBeforeCommit]
  ] as const) {
    it.effect(`is settled though the message was ${name}, by its ticket or by joining`, () =>
      Effect.gen(function* () {
        for (const tickets of [true, false]) {
          const source = protonAccount()
          for (const n of [1, 2, 3]) arrive(source, mail(n), ["INBOX"], ["Labels", "x"])
          const world = yield* labelledWorld(source, { tickets })
          const { result } = yield* world.run({ destinationScript: onCall("append", 2, fault) })
          assert.deepInclude(result, { outcome: "complete", migrated: 3, merged: 0 })
          assert.deepStrictEqual(labelled(world.destination), [
            "letter 1 (INBOX, x)",
            "letter 2 (INBOX, x)",
            "letter 3 (INBOX, x)"
          ])
        }
      })
    )

    it.effect(`is settled though the message was ${name}, by searching where nothing is joined`, () =>
      Effect.gen(function* () {
        const source = protonAccount()
        for (const n of [1, 2, 3]) arrive(source, mail(n), ["INBOX"], ["Labels", "x"])
        const world = yield* labelledWorld(source, {
          tickets: false,
          capabilities: { joinsByMessageId: false, adoption: "none" }
        })
        const { result } = yield* world.run({ destinationScript: onCall("append", 2, fault) })
        assert.deepInclude(result, { outcome: "complete", migrated: 3 })
        assert.strictEqual(labelled(world.destination).length, 3)
      })
    )
  }

  it.effect("is not taken for refused when the next try is refused", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"])
      const world = yield* labelledWorld(source, { tickets: false })
      const { result } = yield* world.run({
        destinationScript: (call) =>
          call.operation !== "append" ? undefined : call.n === 1 ? dropAfterCommit : refusal
      })
      assert.deepInclude(result, { outcome: "complete", migrated: 1, quarantined: 0 })
    })
  )

  const refusal = failWith(new MailboxRejected({ why: "permission", detail: "not now" }))

  for (const joinsByMessageId of [true, false]) {
    const way = joinsByMessageId ? "by joining" : "by searching"
    it.effect(`is settled ${way} although the service answers no question about its ticket`, () =>
      Effect.gen(function* () {
        const source = protonAccount()
        for (const n of [1, 2, 3]) arrive(source, mail(n), ["INBOX"])
        const world = yield* labelledWorld(source, { capabilities: { joinsByMessageId } })
        const unanswered = always("recall", notSent)
        yield* world.start({
          destinationScript: unanswered,
          killAt: ({ operation, when }) => operation === "append" && when === "after"
        })
        const { result } = yield* world.run({
          destinationScript: scripts(unanswered, onCall("append", 1, dropAfterCommit))
        })
        assert.deepInclude(result, { outcome: "complete", planned: 3, merged: 0 })
        assert.strictEqual(labelled(world.destination).length, 3)
        assert.deepStrictEqual(findings(yield* world.verify()), clean)
      })
    )
  }

  it.effect("is left open by itself where neither its ticket nor a search can tell, and ends no run", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      for (const n of [1, 2, 3]) arrive(source, mail(n), ["INBOX"])
      const world = yield* labelledWorld(source, { capabilities: { joinsByMessageId: false } })
      yield* world.start({ killAt: ({ operation, when }) => operation === "append" && when === "before" })
      yield* world.start({
        killAt: ({ n, operation, when }) => n > 1 && operation === "append" && when === "after"
      })
      const { result } = yield* world.run({ destinationScript: always("recall", notSent) })
      assert.strictEqual(labelled(world.destination).length, 3 - result.failed)
      assert.strictEqual(unaccounted(result), 0)
      assert.deepInclude((yield* world.run()).result, { outcome: "complete", planned: 3 })
      assert.strictEqual(labelled(world.destination).length, 3)
    })
  )

  it.effect("is nobody's when the service never answers: it is left open, and the next run settles it", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"])
      const world = yield* labelledWorld(source, { tickets: false })
      const { result } = yield* world.run({ destinationScript: always("append", dropBeforeCommit) })
      assert.notStrictEqual(result.outcome, "complete")
      assert.deepInclude((yield* world.run()).result, { outcome: "complete", migrated: 1 })
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX)"])
    })
  )
})

describe("a killed process that writes to such a service", () => {
  const source = () => {
    const account = protonAccount()
    arrive(account, mail(1), ["INBOX"], ["Labels", "x"])
    arrive(account, mail(2, { flags: ["\\Seen"] }), ["INBOX"], ["Sent"])
    arrive(account, mail(3, { messageId: "" }), ["Archive"])
    arrive(account, mail(1, { id: "proton-4==" }), ["Folders", "Work"])
    return account
  }
  const expected = ["letter 1 (INBOX, Work, x)", "letter 2 (INBOX, Sent) \\Seen", "letter 3 ()"]
  const pace = { concurrentCalls: 1, attemptTimeout: Duration.seconds(30), limits: [] }
  for (const [name, options] of [
    ["with tickets", { tickets: true, capabilities: { pace } }],
    ["without tickets", { tickets: false, capabilities: { pace } }]
  ] as const) {
    it.effect(`leaves nothing lost and nothing doubled, wherever it dies: ${name}`, () =>
      Effect.gen(function* () {
        const undisturbed = yield* labelledWorld(source(), options)
        const { moments } = yield* undisturbed.start()
        assert.deepStrictEqual(labelled(undisturbed.destination), expected)
        assert.includeMembers(moments.map(tells), ["before destination append", "after destination append"])
        for (const { n } of worthDying(moments)) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const world = yield* labelledWorld(source(), options)
              yield* world.start({ killAt: (moment) => moment.n === n })
              const { result } = yield* world.run()
              assert.strictEqual(result.outcome, "complete")
              assert.strictEqual(unaccounted(result), 0)
              assert.deepStrictEqual(labelled(world.destination), expected, `killed at ${n}`)
              assert.deepInclude((yield* world.run()).result, { migrated: 0, merged: 0 })
              assert.deepInclude(findings(yield* world.verify()), { doubled: 0, foreign: 0, missing: 0 })
            })
          )
        }
      })
    )
  }

  for (const tickets of [true, false]) {
    it.effect(`keeps the octets that were joined away, ${tickets ? "with" : "without"} tickets`, () =>
      Effect.gen(function* () {
        const twins = () => {
          const account = protonAccount()
          arrive(account, mail(1, { messageId: "<same@list>" }), ["INBOX"])
          arrive(account, mail(2, { messageId: "<same@list>", body: "another body" }), ["Folders", "Work"])
          return account
        }
        const undisturbed = yield* labelledWorld(twins(), { tickets, capabilities: { pace } })
        const { moments } = yield* undisturbed.start()
        const afterwards = moments.findLastIndex(({ operation }) => operation === "append")
        for (const { n } of moments.slice(afterwards, afterwards + 4)) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const world = yield* labelledWorld(twins(), { tickets, capabilities: { pace } })
              yield* world.start({ killAt: (moment) => moment.n === n })
              assert.deepInclude((yield* world.run()).result, { outcome: "complete", planned: 2 })
              const [file = ""] = readdirSync(join(world.directory, "quarantine"))
              const octets = readFileSync(join(world.directory, "quarantine", file), "latin1")
              assert.include(octets, "another body", `killed at ${n}`)
            })
          )
        }
      })
    )
  }
})

describe("a message whose place at such a service has changed", () => {
  it.effect("is found again by its Message-ID, the added one too, whatever size the service tells", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      const later = arrive(source, mail(1, { messageId: "", id: "" }), ["INBOX"])
      const world = yield* labelledWorld(source, { capabilities: { addsHeaders: true } })
      yield* world.run()
      const [stored] = Account.mailboxOf(world.destination, ["INBOX"]).messages.values()
      assert.isDefined(stored)
      // Another client moved it in a way that gave it another id and a header line more.
      const moved = Account.newMessage(world.destination, {
        ...stored,
        bytes: Buffer.concat([Buffer.from("Received: by import\r\n"), stored?.bytes ?? new Uint8Array()])
      })
      for (const mailbox of world.destination.mailboxes.values()) {
        for (const [arrival, message] of mailbox.messages)
          if (message === stored) mailbox.messages.set(arrival, moved)
      }
      later.flags.add("\\Flagged")
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1 })
      assert.isTrue(moved.flags.has("\\Flagged"))
    })
  )
})
