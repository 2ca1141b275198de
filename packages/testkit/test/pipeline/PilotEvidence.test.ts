import { assert, describe, it } from "@effect/vitest"
import { AuthFailed, Transient } from "@mailferry/core/MailError.ts"
import { always, failWith, onMessage, refuse } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

import { contents, expected, letter, protonLetter } from "./Letters.ts"
import { makeWorld, type World, type WorldOptions } from "./World.ts"

const sentOf = (...messages: ReadonlyArray<Account.MemoryMessageSpec>) =>
  Account.make([
    { path: ["INBOX"], specialUse: "inbox", messages: [protonLetter(90), protonLetter(91)] },
    { path: ["Sent"], specialUse: "sent", messages }
  ])

const some = (count: number) => Array.from({ length: count }, (_, n) => protonLetter(n))

const worldOf = (source: Account.MemoryAccount, options: Partial<WorldOptions> = {}) =>
  makeWorld({ source, destination: Account.make(), ...options })

const stepsOf = (events: Effect.Success<ReturnType<World["run"]>>["events"]) =>
  events.flatMap((event) => (event._tag === "PilotStep" ? [`${event.step} ${event.ok}`] : []))

const allFour = ["decrypted true", "delivered true", "read true", "stored true"]

describe("the pilot", () => {
  it.effect("carries ten messages of Sent over, gives four lines of evidence, and then the run goes on", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(sentOf(...some(15)))
      const { events, pilot, result } = yield* world.run({ pilot: "first" })
      assert.deepStrictEqual(stepsOf(events), allFour)
      assert.deepInclude(Option.getOrThrow(pilot), { mailbox: ["Sent"], messages: 10, passed: true })
      assert.deepInclude(result, { outcome: "complete", migrated: 17 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("stops after itself when that is all that was asked for, and is not made again by the run", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(sentOf(...some(15)))
      const { pilot, result } = yield* world.run({ pilot: "only" })
      assert.isTrue(Option.getOrThrow(pilot).passed)
      assert.strictEqual(contents(world.destination)["Sent"]?.length, 10)
      assert.strictEqual(result.migrated, 10)
      const again = yield* world.run({ pilot: "first" })
      assert.deepStrictEqual(stepsOf(again.events), [])
      assert.deepInclude(again.result, { outcome: "complete", migrated: 7, alreadyThere: 10 })
    })
  )

  it.effect("reads back what it wrote though the server does not say where it went", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(sentOf(...some(3)), { capabilities: { reportsLocator: false } })
      const { events } = yield* world.run({ pilot: "only" })
      const stored = events.find((event) => event._tag === "PilotStep" && event.step === "stored")
      assert.deepInclude(stored, { ok: true })
      assert.match(stored?._tag === "PilotStep" ? stored.evidence : "", /^3 of 3 /u)
    })
  )

  it.effect("notices when the octets that come back are others", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(sentOf(...some(3)))
      const { events, pilot, result } = yield* world.run({
        pilot: "first",
        destinationScript: ({ operation }) => {
          if (operation !== "fetch") return undefined
          for (const { bytes } of Account.mailboxOf(world.destination, ["Sent"]).messages.values())
            bytes[0] = 0
          return undefined
        }
      })
      assert.deepStrictEqual(stepsOf(events), [
        "decrypted true",
        "delivered true",
        "read true",
        "stored false"
      ])
      assert.isFalse(Option.getOrThrow(pilot).passed)
      assert.strictEqual(
        contents(world.destination)["INBOX"],
        undefined,
        "nothing is carried over after that"
      )
      assert.strictEqual(result.outcome, "partial")
    })
  )

  it.effect("passes where the service puts header lines of its own on top, if it is known to do so", () =>
    Effect.gen(function* () {
      for (const addsHeaders of [true, false]) {
        const world = yield* worldOf(sentOf(...some(3)), { capabilities: { addsHeaders } })
        const { pilot } = yield* world.run({
          pilot: "only",
          destinationScript: ({ n, operation }) => {
            if (operation !== "fetch" || n > 1) return undefined
            const { messages } = Account.mailboxOf(world.destination, ["Sent"])
            for (const [arrival, message] of messages) {
              const bytes = Buffer.concat([Buffer.from("Received: by import\r\n"), message.bytes])
              messages.set(arrival, { ...message, bytes })
            }
            return undefined
          }
        })
        assert.strictEqual(Option.getOrThrow(pilot).passed, addsHeaders)
      }
    })
  )

  it.effect("is not failed by one message that the destination will not have", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(sentOf(...some(3)))
      const destinationScript = onMessage("<1@letters.invalid>", refuse("policy"))
      const { events, result } = yield* world.run({ pilot: "first", destinationScript })
      assert.deepStrictEqual(stepsOf(events), allFour)
      assert.deepInclude(result, { outcome: "partial", migrated: 4, quarantined: 1 })
    })
  )

  it.effect("is not failed by one that is larger than the destination takes", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(sentOf(...some(2), protonLetter(5, { body: "x".repeat(900) })), {
        capabilities: { maxMessageSize: 500 }
      })
      const { events, result } = yield* world.run({ pilot: "first" })
      assert.deepStrictEqual(stepsOf(events), allFour)
      assert.deepInclude(result, { outcome: "partial", migrated: 4, quarantined: 1 })
    })
  )

  it.effect("fails when the destination will have none of them", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(sentOf(...some(3)))
      const { events, pilot } = yield* world.run({
        pilot: "first",
        destinationScript: always("append", refuse("policy"))
      })
      assert.isFalse(Option.getOrThrow(pilot).passed)
      assert.include(stepsOf(events), "read false")
    })
  )

  it.effect("does not count as in the ledger what did not get there", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(sentOf(...some(2)))
      const lost = failWith(new Transient({ detail: "away", applied: "no" }))
      const { events, pilot } = yield* world.run({
        pilot: "first",
        destinationScript: always("append", lost)
      })
      assert.isFalse(Option.getOrThrow(pilot).passed)
      assert.notInclude(stepsOf(events), "read true")
    })
  )

  it.effect("passes on what was all there before, without writing anything", () =>
    Effect.gen(function* () {
      const there = Account.make([{ path: ["Sent"], specialUse: "sent", messages: some(3) }])
      const world = yield* makeWorld({ source: sentOf(...some(3)), destination: there })
      const { pilot } = yield* world.run({ pilot: "first" })
      assert.isTrue(Option.getOrThrow(pilot).passed)
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("works for mail without ids", () =>
    Effect.gen(function* () {
      const twins = [letter(1), letter(1), letter(2, { messageId: "" })]
      for (const reportsLocator of [true, false]) {
        const world = yield* worldOf(Account.make([{ path: ["Old"], messages: twins }]), {
          capabilities: { reportsLocator }
        })
        const { pilot, result } = yield* world.run({ pilot: "first" })
        assert.isTrue(Option.getOrThrow(pilot).passed)
        assert.deepInclude(result, { outcome: "complete", migrated: 3 })
      }
    })
  )

  it.effect("stops the run when the account refuses us", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(sentOf(...some(3)))
      const no = failWith(new AuthFailed({ detail: "no" }))
      const { result } = yield* world.run({ pilot: "first", destinationScript: always("append", no) })
      assert.strictEqual(result.outcome, "paused")
    })
  )
})
