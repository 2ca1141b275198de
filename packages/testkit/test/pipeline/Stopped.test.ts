import { assert, describe, it } from "@effect/vitest"
import { AuthFailed, Fatal, QuotaExceeded, Transient } from "@mailferry/core/MailError.ts"
import { always, failWith, onCall, type Script } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

import { arrive, bridgeAccount, contents, expected, protonLetter } from "./Letters.ts"
import { makeWorld } from "./World.ts"

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

describe("a run that is stopped", () => {
  const stops: ReadonlyArray<readonly [string, Script]> = [
    ["refused credentials", onCall("append", 3, failWith(new AuthFailed({ detail: "no" })))],
    ["a full account", onCall("append", 3, failWith(new QuotaExceeded({ detail: "no room" })))],
    ["a broken protocol", onCall("append", 3, failWith(new Fatal({ detail: "no" })))]
  ]
  for (const [name, destinationScript] of stops) {
    it.effect(`ends at once by ${name}, and the next run loses and doubles nothing`, () =>
      Effect.gen(function* () {
        const world = yield* makeWorld({ source: inboxOf(40), destination: Account.make() })
        const { destinationCalls, events, result } = yield* world.run({ destinationScript })
        assert.strictEqual(result.outcome, "paused")
        assert.strictEqual(result.failed, 0)
        assert.isAtMost(destinationCalls.filter(({ operation }) => operation === "append").length, 12)
        assert.include(
          events.map(({ _tag }) => _tag),
          "Stopping"
        )
        const { result: again } = yield* world.run()
        assert.deepInclude(again, { outcome: "complete", planned: 40 })
        assert.strictEqual(again.alreadyThere, result.migrated)
        assert.deepStrictEqual(contents(world.destination), expected(world.source))
      })
    )
  }

  it.effect("ends with the reason when the source goes away while it is listed", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      const lost = failWith(new Transient({ detail: "away", applied: "no" }))
      const { result } = yield* world.run({ sourceScript: always("list", lost) })
      assert.deepInclude(result, { outcome: "paused", planned: 0, migrated: 0 })
      assert.isTrue(Option.exists(result.stoppedBy, (by) => by._tag === "MailError" && by.side === "source"))
    })
  )

  it.effect("counts what it did when the source goes away in its second listing", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      let appended = false
      const { result } = yield* world.run({
        destinationScript: ({ operation }) => {
          appended ||= operation === "append"
          return undefined
        },
        sourceScript: ({ operation }) =>
          appended && operation === "listMailboxes"
            ? failWith(new AuthFailed({ detail: "signed out" }))
            : undefined
      })
      assert.deepInclude(result, { outcome: "paused", planned: 5, migrated: 5 })
    })
  )

  it.effect("takes an end for unreachable after three messages, not after all of them", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inboxOf(60), destination: Account.make() })
      const lost = failWith(new Transient({ detail: "away", applied: "no" }))
      const { destinationCalls, result } = yield* world.run({ destinationScript: always("append", lost) })
      assert.strictEqual(result.outcome, "paused")
      const appends = destinationCalls.filter(({ operation }) => operation === "append").length
      assert.isAtMost(appends, 10 * 9)
      yield* world.run()
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("finishes what is in flight when it is asked to stop, and begins nothing more", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inboxOf(40), destination: Account.make() })
      let asked = false
      const { destinationCalls, result } = yield* world.run({
        stop: Effect.sync(() => asked),
        destinationScript: ({ n, operation }) => {
          asked ||= operation === "append" && n === 5
          return undefined
        }
      })
      assert.strictEqual(result.outcome, "paused")
      assert.deepInclude(Option.getOrUndefined(result.stoppedBy), { _tag: "Asked" })
      const appends = destinationCalls.filter(({ operation }) => operation === "append").length
      assert.isAtMost(appends, 5 + 8)
      assert.strictEqual(contents(world.destination)["INBOX"]?.length, appends)
      assert.strictEqual(result.migrated, appends, "all that was begun is finished and counted")
      assert.deepStrictEqual(yield* world.ledger(({ mailboxes }) => mailboxes.withOpen), [])
      yield* world.run()
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("stops within the pilot too, and counts what the pilot did", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inboxOf(40), destination: Account.make() })
      const { result } = yield* world.run({
        pilot: "first",
        destinationScript: onCall("append", 4, failWith(new AuthFailed({ detail: "no" })))
      })
      assert.strictEqual(result.outcome, "paused")
      assert.strictEqual(result.migrated, contents(world.destination)["INBOX"]?.length)
      assert.isAbove(result.bytes, 0)
    })
  )
})

describe("a ledger that cannot be written", () => {
  it.effect("stops the run before anything is appended that could not be recorded", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inboxOf(20), destination: Account.make() })
      const { exit } = yield* world.start({ ledgerReadOnlyAfter: 6 })
      const failure = Option.flatMap(exit, (over) =>
        over._tag === "Failure" ? Option.some(over.cause) : Option.none()
      )
      assert.include(JSON.stringify(Option.getOrUndefined(failure)), "read-only")
      yield* world.run()
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )
})
