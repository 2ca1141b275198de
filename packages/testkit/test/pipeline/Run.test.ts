import { assert, describe, it } from "@effect/vitest"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

import { arrive, bridgeAccount, contents, expected, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted } from "./World.ts"

const smallAccount = () => {
  const account = bridgeAccount()
  arrive(account, protonLetter(1, { flags: ["\\Seen"] }), ["INBOX"])
  arrive(account, protonLetter(2), ["INBOX"], ["Labels", "x"], ["Labels", "y"])
  arrive(account, protonLetter(3, { flags: ["\\Flagged"], keywords: ["$Forwarded"] }), ["Folders", "Work"])
  arrive(account, protonLetter(4), ["INBOX"], ["Sent"])
  arrive(account, protonLetter(5))
  return account
}

const inboxOf = (count: number) =>
  Account.make([
    {
      path: ["INBOX"],
      specialUse: "inbox",
      messages: Array.from({ length: count }, (_, n) => protonLetter(n))
    }
  ])

const smallWorld = () => makeWorld({ source: smallAccount(), destination: Account.make() })

describe("runMigration", () => {
  it.effect("carries every message to each of its places once, with date, flags and keywords", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 5, migrated: 5, alreadyThere: 0, failed: 0 })
      assert.strictEqual(unaccounted(result), 0)
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("counts octets of messages once each, however many places they have", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      const all = Account.mailboxOf(world.source, ["All Mail"])
      const octets = [...all.messages.values()].reduce((sum, { bytes }) => sum + bytes.length, 0)
      assert.strictEqual((yield* world.run({ pilot: "first" })).result.bytes, octets)
      assert.strictEqual((yield* world.run()).result.bytes, 0)
    })
  )

  it.effect("holds no more octets at a time than its budget, and a larger message alone", () =>
    Effect.gen(function* () {
      const source = bridgeAccount(["INBOX"])
      for (let n = 0; n < 20; n++) {
        arrive(source, protonLetter(n, { body: "x".repeat(n === 7 ? 9000 : 900) }), ["INBOX"])
      }
      const world = yield* makeWorld({ source, destination: Account.make() })
      let held = 0
      let most = 0
      const { result } = yield* world.run({
        byteBudget: 3500,
        killAt: ({ operation, when }) => {
          if (operation === "fetch" && when === "before") most = Math.max(most, ++held)
          if (operation === "append" && when === "after") held--
          return false
        }
      })
      assert.deepInclude(result, { outcome: "complete", migrated: 20 })
      assert.strictEqual(most, 3, "three of a thousand octets each")
    })
  )

  it.effect("fetches a message once, however many places it has", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      const { sourceCalls } = yield* world.run()
      assert.strictEqual(sourceCalls.filter(({ operation }) => operation === "fetch").length, 5)
    })
  )

  it.effect("migrates nothing when it is run again, and changes nothing", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      yield* world.run()
      const { writes } = world.destination
      const { destinationCalls, result, sourceCalls } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 5, migrated: 0, alreadyThere: 5, bytes: 0 })
      assert.strictEqual(world.destination.writes, writes)
      const used = new Set([...destinationCalls, ...sourceCalls].map(({ operation }) => operation))
      assert.deepStrictEqual([...used].toSorted(), ["end", "list", "listMailboxes"])
    })
  )

  it.effect("carries over mail that arrives while it runs", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      let arrived = 0
      const { result } = yield* world.run({
        destinationScript: ({ n, operation }) => {
          if (operation === "append" && n <= 3) arrive(world.source, protonLetter(10 + arrived++), ["INBOX"])
          return undefined
        }
      })
      assert.deepInclude(result, { outcome: "complete", planned: 8, migrated: 8 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("does not run for ever after a source that never stops growing", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inboxOf(1), destination: Account.make() })
      let n = 10
      const { result } = yield* world.run({
        sourceScript: ({ operation }) => {
          if (operation === "fetch") arrive(world.source, protonLetter(n++), ["INBOX"])
          return undefined
        }
      })
      assert.strictEqual(unaccounted(result), 0)
      assert.strictEqual(contents(world.destination)["INBOX"]?.length, result.migrated)
    })
  )

  it.effect("carries a message over that moves while it runs", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      const inbox = Account.mailboxOf(world.source, ["INBOX"])
      const { result } = yield* world.run({
        sourceScript: ({ n, operation }) => {
          if (operation !== "fetch" || n !== 1) return undefined
          for (const [arrival, message] of inbox.messages) {
            inbox.messages.delete(arrival)
            Account.show(Account.mailboxOf(world.source, ["Archive"]), message)
          }
          const all = Account.mailboxOf(world.source, ["All Mail"])
          const messages = [...all.messages.values()]
          all.messages.clear()
          for (const message of messages) Account.show(all, message)
          return undefined
        }
      })
      assert.strictEqual(unaccounted(result), 0)
      const held = Object.values(contents(world.destination)).flat()
      assert.strictEqual(new Set(held.map((line) => line.slice(0, 12))).size, 5, "no message is lost")
    })
  )

  it.effect("carries a message over whose mailbox vanishes while it runs, from where else it stands", () =>
    Effect.gen(function* () {
      const source = bridgeAccount(["INBOX"], ["Folders", "Work"], ["All Mail"])
      arrive(source, protonLetter(1), ["INBOX"])
      arrive(source, protonLetter(2), ["Folders", "Work"])
      const world = yield* makeWorld({ source, destination: Account.make() })
      const { result } = yield* world.run({
        sourceScript: ({ n, operation }) => {
          if (operation === "fetch" && n === 1) source.mailboxes.delete(JSON.stringify(["Folders", "Work"]))
          return undefined
        }
      })
      assert.deepInclude(result, { outcome: "complete", planned: 2, migrated: 2 })
      assert.strictEqual(Object.values(contents(world.destination)).flat().length, 2)
    })
  )

  it.effect("adopts from a mailbox that becomes a target only while it runs", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      const late = protonLetter(20)
      Account.addMailbox(world.destination, { path: ["Late"], messages: [late] })
      const { result } = yield* world.run({
        sourceScript: ({ n, operation }) => {
          if (operation === "fetch" && n === 1) {
            Account.addMailbox(world.source, {
              path: ["Folders", "Late"],
              proposed: ["Late"],
              messages: [late]
            })
          }
          return undefined
        }
      })
      assert.strictEqual(result.outcome, "complete")
      assert.strictEqual(contents(world.destination)["Late"]?.length, 1)
    })
  )

  it.effect("has nothing to do for an account without mail", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: Account.make(), destination: Account.make() })
      const { result } = yield* world.run({ pilot: "first" })
      assert.deepInclude(result, { outcome: "complete", planned: 0, migrated: 0 })
    })
  )
})
