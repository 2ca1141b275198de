import { assert, describe, it } from "@effect/vitest"
import { MessageRejected, Transient } from "@mailferry/core/MailError.ts"
import { always, failWith, onMessage, refuse } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

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

describe("a message that does not go through", () => {
  it.effect("never stops the others", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      const destinationScript = onMessage("<1@letters.invalid>", refuse("policy"))
      const { events, result } = yield* world.run({ destinationScript })
      assert.deepInclude(result, { outcome: "partial", migrated: 4, quarantined: 1, failed: 0 })
      assert.strictEqual(unaccounted(result), 0)
      assert.strictEqual(Object.values(contents(world.destination)).flat().length, 7)
      const [row] = yield* world.ledger(({ reports }) => reports.quarantined)
      assert.deepInclude(row, { key: "proton-1==", why: "policy", subject: Option.some("letter 1") })
      assert.isTrue(Option.isSome(row?.file ?? Option.none()), "its octets are kept")
      const said = events.filter(({ _tag }) => _tag === "Quarantined")
      assert.deepStrictEqual(said, [
        {
          _tag: "Quarantined",
          key: "proton-1==",
          subject: "letter 1",
          why: "policy",
          detail: "the server will not have this message"
        }
      ])
    })
  )

  it.effect("is set aside before it is sent when it is larger than the destination takes", () =>
    Effect.gen(function* () {
      const source = bridgeAccount(["INBOX"])
      const fits = arrive(source, protonLetter(2, { body: "x".repeat(900) }), ["INBOX"])
      arrive(source, protonLetter(1, { body: "x".repeat(901) }), ["INBOX"])
      const world = yield* makeWorld({
        source,
        destination: Account.make(),
        capabilities: { maxMessageSize: fits.bytes.length }
      })
      const { destinationCalls, result } = yield* world.run()
      assert.deepInclude(result, { outcome: "partial", migrated: 1, quarantined: 1 })
      assert.strictEqual(destinationCalls.filter(({ operation }) => operation === "append").length, 1)
      const [row] = yield* world.ledger(({ reports }) => reports.quarantined)
      assert.deepInclude(row, { key: "proton-1==", why: "too-large" })
    })
  )

  it.effect("stays set aside until somebody asks for it to be tried again", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      yield* world.run({ destinationScript: onMessage("<1@letters.invalid>", refuse("policy")) })
      const again = yield* world.run()
      assert.deepInclude(again.result, { outcome: "partial", migrated: 0, alreadyThere: 4, quarantined: 1 })
      const released = yield* world.run({ retryQuarantined: true })
      assert.deepInclude(released.result, {
        outcome: "complete",
        migrated: 1,
        alreadyThere: 4,
        quarantined: 0
      })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
      assert.deepStrictEqual(yield* world.ledger(({ reports }) => reports.quarantined), [])
    })
  )

  it.effect("is set aside by name when the source cannot give it, and read again when it can", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      const bad = arrive(world.source, protonLetter(9, { unreadable: true }), ["INBOX"], ["Labels", "x"])
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "partial", planned: 6, migrated: 5, quarantined: 1 })
      assert.strictEqual(unaccounted(result), 0)
      const [row, ...others] = yield* world.ledger(({ reports }) => reports.quarantined)
      assert.deepStrictEqual(others, [], "one message, though three mailboxes show it")
      assert.deepInclude(row, { why: "unreadable", subject: Option.some("letter 9") })
      assert.match(row?.detail ?? "", /failed to load/u)
      bad.unreadable = false
      const again = yield* world.run()
      assert.deepInclude(again.result, { outcome: "complete", planned: 6, migrated: 1, quarantined: 0 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
      assert.deepStrictEqual(yield* world.ledger(({ reports }) => reports.quarantined), [])
    })
  )

  it.effect(
    "is counted as failed, with the reason, when its retries are spent, and is tried again by the next run",
    () =>
      Effect.gen(function* () {
        const world = yield* smallWorld()
        const lost = failWith(new Transient({ detail: "try later", applied: "no" }))
        const { result } = yield* world.run({ destinationScript: onMessage("<1@letters.invalid>", lost) })
        assert.deepInclude(result, { outcome: "partial", migrated: 4, quarantined: 0, failed: 1 })
        const losses = yield* world.ledger(({ reports }) => reports.losses)
        assert.deepStrictEqual(
          losses.map(({ detail, key, kind }) => [key, kind, detail]),
          [["proton-1==", "retries-spent", "try later"]]
        )
        const again = yield* world.run()
        assert.deepInclude(again.result, { outcome: "complete", migrated: 1, alreadyThere: 4 })
        assert.deepStrictEqual(yield* world.ledger(({ reports }) => reports.losses), [])
      })
  )

  it.effect("is named when the source lists it and never gives it", () =>
    Effect.gen(function* () {
      const world = yield* smallWorld()
      const gone = failWith(new MessageRejected({ detail: "no such message", why: "gone" }))
      const { result } = yield* world.run({
        sourceScript: ({ locators, operation }) =>
          operation === "fetch" && locators?.[0]?.endsWith(":1") === true ? gone : undefined
      })
      assert.strictEqual(result.outcome, "partial")
      assert.isAbove(result.failed, 0)
      assert.strictEqual(unaccounted(result), 0)
      assert.deepStrictEqual(result.losses, { "not-given": result.failed })
      const { result: again } = yield* world.run()
      assert.deepInclude(again, { outcome: "complete", losses: {} })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("stops the run when twenty in a row are refused for no reason anybody would name", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inboxOf(60), destination: Account.make() })
      const { destinationCalls, result } = yield* world.run({
        destinationScript: always("append", refuse("unclassified"))
      })
      assert.strictEqual(result.outcome, "paused")
      const appends = destinationCalls.filter(({ operation }) => operation === "append").length
      assert.isAtLeast(appends, 20)
      assert.isAtMost(appends, 30, "what was in flight, and no more")
    })
  )

  it.effect("does not stop the run when some of many are refused", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inboxOf(60), destination: Account.make() })
      const { result } = yield* world.run({
        destinationScript: ({ n, operation }) =>
          operation === "append" && n % 3 !== 0 ? refuse("unclassified") : undefined
      })
      assert.deepInclude(result, { outcome: "partial", migrated: 20, quarantined: 40 })
    })
  )

  it.effect("does not stop the run for twenty refusals that are named", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inboxOf(30), destination: Account.make() })
      const { result } = yield* world.run({ destinationScript: always("append", refuse("policy")) })
      assert.deepInclude(result, { outcome: "partial", quarantined: 30 })
    })
  )
})

describe("a refused message", () => {
  it.effect("that a killed process had not set aside yet is set aside by the next run", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: inboxOf(1), destination: Account.make() })
      const no = new MessageRejected({ detail: "no", why: "policy" })
      yield* world.start({
        destinationScript: always("append", failWith(no)),
        killAt: ({ operation, when }) => operation === "append" && when === "after"
      })
      const { result } = yield* world.run({ destinationScript: always("append", failWith(no)) })
      assert.deepInclude(result, { outcome: "partial", quarantined: 1 })
      assert.strictEqual((yield* world.ledger(({ reports }) => reports.quarantined)).length, 1)
    })
  )
})
