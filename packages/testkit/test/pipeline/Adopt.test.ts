import { assert, describe, it } from "@effect/vitest"
import { Fatal, MessageRejected } from "@mailferry/core/MailError.ts"
import { always, failWith } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { DateTime, Effect, Option } from "effect"

import {
  arrive,
  bridgeAccount,
  contents,
  expected,
  letter,
  type LetterOptions,
  protonLetter
} from "./Letters.ts"
import { makeWorld, unaccounted, type WorldOptions } from "./World.ts"

const inbox = (...messages: ReadonlyArray<Account.MemoryMessageSpec>) =>
  Account.make([{ path: ["INBOX"], specialUse: "inbox", messages }])

/** A first run of these messages into an INBOX that holds those. */
const adoptionOf = Effect.fnUntraced(function* (
  messages: ReadonlyArray<Account.MemoryMessageSpec>,
  there: ReadonlyArray<Account.MemoryMessageSpec>,
  options: Partial<WorldOptions> = {}
) {
  const world = yield* makeWorld({ source: inbox(...messages), destination: inbox(...there), ...options })
  const before = world.destination.writes
  const { destinationCalls, events, result } = yield* world.run()
  assert.strictEqual(unaccounted(result), 0)
  const copies = Account.mailboxOf(world.destination, ["INBOX"]).messages.size
  return { copies, destinationCalls, events, result, world, writes: world.destination.writes - before }
})

const flagged = (options: LetterOptions) => ({ ...options, flags: ["\\Seen" as const] })

describe("a first run into mailboxes that hold mail", () => {
  it.effect("takes a message with the same Proton id for carried over, whatever else differs", () =>
    Effect.gen(function* () {
      const there = protonLetter(1, flagged({ body: "rebuilt by another program", messageId: "<other@x>" }))
      const { copies, result, writes } = yield* adoptionOf([protonLetter(1)], [there])
      assert.deepInclude(result, { outcome: "complete", planned: 1, migrated: 0, alreadyThere: 1, bytes: 0 })
      assert.strictEqual(copies, 1)
      assert.strictEqual(writes, 0, "nothing there is changed")
    })
  )

  it.effect("takes one with the same Message-ID, size and date", () =>
    Effect.gen(function* () {
      const { copies, result } = yield* adoptionOf([letter(1)], [letter(1)])
      assert.deepInclude(result, { migrated: 0, alreadyThere: 1 })
      assert.strictEqual(copies, 1)
    })
  )

  const near: ReadonlyArray<readonly [string, Account.MemoryMessageSpec]> = [
    ["another Message-ID", letter(1, { messageId: "<2@letters.invalid>" })],
    ["another size", letter(1, { body: "longer than the other" })],
    ["another date", { ...letter(1), internalDate: DateTime.makeUnsafe("2001-01-01T00:00:00Z") }],
    ["another Proton id", protonLetter(7, { messageId: "<1@letters.invalid>" })]
  ]
  for (const [name, there] of near) {
    it.effect(`does not take one with ${name}`, () =>
      Effect.gen(function* () {
        const { copies, result } = yield* adoptionOf([letter(1)], [there])
        assert.deepInclude(result, { outcome: "complete", migrated: 1, alreadyThere: 0 })
        assert.strictEqual(copies, 2)
      })
    )
  }

  it.effect("lets the octets decide where there is no Message-ID", () =>
    Effect.gen(function* () {
      const nameless = (body: string) => letter(1, { messageId: "", body })
      const same = yield* adoptionOf([nameless("hello")], [nameless("hullo"), nameless("hello")])
      assert.deepInclude(same.result, { migrated: 0, alreadyThere: 1 })
      const other = yield* adoptionOf([nameless("hello")], [nameless("hullo")])
      assert.deepInclude(other.result, { migrated: 1, alreadyThere: 0 })
      assert.strictEqual(other.copies, 2)
    })
  )

  it.effect("lets the octets decide for a Proton message when what is there bears no id at all", () =>
    Effect.gen(function* () {
      const mine = protonLetter(1, { messageId: "" })
      const alien = letter(1, { messageId: "", body: "x".repeat(mine.bytes.length - 23) })
      assert.strictEqual(alien.bytes.length, mine.bytes.length, "it looks the same from afar")
      const { copies, result } = yield* adoptionOf([mine], [alien])
      assert.deepInclude(result, { migrated: 1, alreadyThere: 0 })
      assert.strictEqual(copies, 2)
    })
  )

  it.effect("takes each copy that is there for one message only", () =>
    Effect.gen(function* () {
      const twins = [letter(1), letter(1), letter(1)]
      const { copies, events, result } = yield* adoptionOf(twins, [letter(1)])
      assert.deepInclude(events, { _tag: "MailboxScanned", mailbox: ["INBOX"], messages: 1 })
      assert.deepInclude(events, { _tag: "Adopted", mailbox: ["INBOX"], messages: 1 })
      assert.deepInclude(result, { outcome: "complete", planned: 3, migrated: 2, alreadyThere: 1 })
      assert.strictEqual(copies, 3)
      const { result: proton } = yield* adoptionOf([protonLetter(1)], [protonLetter(1), protonLetter(1)])
      assert.deepInclude(proton, { migrated: 0, alreadyThere: 1 })
    })
  )

  it.effect("looks once: mail that comes there later is not taken", () =>
    Effect.gen(function* () {
      const { world } = yield* adoptionOf([letter(1)], [letter(50)])
      Account.deliver(world.source, ["INBOX"], letter(2))
      Account.deliver(world.destination, ["INBOX"], letter(2))
      const { destinationCalls, result } = yield* world.run()
      assert.deepInclude(result, { migrated: 1, alreadyThere: 1 })
      assert.notInclude(
        destinationCalls.map(({ operation }) => operation),
        "describe"
      )
    })
  )

  it.effect("finds labels that are there, and copies those that are not", () =>
    Effect.gen(function* () {
      const source = bridgeAccount(["INBOX"], ["Labels", "x"], ["Labels", "y"])
      arrive(source, protonLetter(1), ["INBOX"], ["Labels", "x"], ["Labels", "y"])
      const destination = Account.make([
        { path: ["INBOX"], specialUse: "inbox", messages: [protonLetter(1)] },
        { path: ["Labels", "x"], messages: [protonLetter(1)] }
      ])
      const world = yield* makeWorld({ source, destination })
      const { destinationCalls, result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1, bytes: 0 })
      assert.deepStrictEqual(contents(destination), expected(source))
      const copies = destinationCalls.filter(({ operation }) => operation === "copy")
      assert.deepStrictEqual(
        copies.map(({ mailbox }) => mailbox?.join("/")),
        ["Labels/y"]
      )
    })
  )

  it.effect("appends the home though only the label's mailbox held the message", () =>
    Effect.gen(function* () {
      const source = bridgeAccount(["INBOX"], ["Labels", "x"])
      arrive(source, protonLetter(1), ["INBOX"], ["Labels", "x"])
      const destination = Account.make([{ path: ["Labels", "x"], messages: [protonLetter(1)] }])
      const world = yield* makeWorld({ source, destination })
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1 })
      assert.deepStrictEqual(contents(destination), expected(source))
    })
  )

  it.effect("does not stop at a message there that cannot be read, nor at one that cannot be compared", () =>
    Effect.gen(function* () {
      const nameless = letter(1, { messageId: "" })
      const unreadable = { ...letter(60), unreadable: true }
      const { copies, result } = yield* adoptionOf([nameless, letter(2)], [unreadable, letter(2)])
      assert.deepInclude(result, { outcome: "complete", migrated: 1, alreadyThere: 1 })
      assert.strictEqual(copies, 3)

      const world = yield* makeWorld({ source: inbox(nameless), destination: inbox(nameless) })
      const gone = failWith(new MessageRejected({ detail: "gone", why: "gone" }))
      const again = yield* world.run({ destinationScript: always("fetch", gone) })
      assert.deepInclude(again.result, { outcome: "complete", migrated: 1 })
    })
  )

  it.effect("looks again when it was cut off while it looked", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({
        source: inbox(letter(1), letter(2)),
        destination: inbox(letter(1), letter(2))
      })
      yield* world.run({ destinationScript: always("describe", failWith(new Fatal({ detail: "no" }))) })
      yield* world.start({
        killAt: ({ operation, side }) => side === "destination" && operation === "describe"
      })
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 0, alreadyThere: 2 })
    })
  )

  it.effect("remembers what was there for mail that comes into scope in the run after a killed one", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inbox(letter(1)), destination: inbox(letter(2)) })
      yield* world.start({ killAt: ({ operation, when }) => operation === "append" && when === "after" })
      Account.deliver(world.source, ["INBOX"], letter(2))
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 2 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect(
    "does not forget what it remembered when it is killed while it looks whether that is still there",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld({ source: inbox(letter(1)), destination: inbox(letter(2)) })
        yield* world.run()
        Account.deliver(world.source, ["INBOX"], letter(2))
        const dead = yield* world.start({
          killAt: ({ operation, side, when }) =>
            side === "destination" && operation === "describe" && when === "after"
        })
        assert.isTrue(Option.isNone(dead.exit))
        yield* world.run()
        assert.deepStrictEqual(contents(world.destination), expected(world.source))
      })
  )

  it.effect("takes what it remembered once only, also when it was killed right after", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inbox(letter(1)), destination: inbox(letter(2)) })
      yield* world.run()
      Account.deliver(world.source, ["INBOX"], letter(2))
      Account.deliver(world.source, ["INBOX"], letter(3))
      yield* world.start({
        killAt: ({ operation, when }) => operation === "append" && when === "before"
      })
      Account.deliver(world.source, ["INBOX"], letter(2))
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 4 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("adopts nothing where the destination cannot recognise mail, and still settles its own", () =>
    Effect.gen(function* () {
      const { copies, result } = yield* adoptionOf([letter(1)], [letter(1)], {
        capabilities: { adoption: "none" }
      })
      assert.deepInclude(result, { outcome: "complete", migrated: 1, alreadyThere: 0 })
      assert.strictEqual(copies, 2)
    })
  )

  it.effect("is told by plan as well, which changes nothing there", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({
        source: inbox(letter(1), letter(2)),
        destination: inbox(letter(1))
      })
      const { writes } = world.destination
      const { summary } = yield* world.plan()
      assert.deepInclude(summary, { planned: 2, toDo: 1, alreadyThere: 1 })
      assert.strictEqual(world.destination.writes, writes)
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1, alreadyThere: 1 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("reads thousands of messages there in windows", () =>
    Effect.gen(function* () {
      const many = Array.from({ length: 1203 }, (_, n) => letter(n))
      const { copies, result } = yield* adoptionOf(many.slice(600), many)
      assert.deepInclude(result, { outcome: "complete", migrated: 0, alreadyThere: 603 })
      assert.strictEqual(copies, 1203)
    })
  )
})
