import { assert, describe, it } from "@effect/vitest"
import { MailboxRejected, MessageRejected } from "@mailferry/core/MailError.ts"
import type { Call } from "@mailferry/testkit/Fault.ts"
import { always, failWith, notSent, type Script } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

import { arrive, bridgeAccount, contents, expected, letter, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted } from "./World.ts"

const inbox = (...messages: ReadonlyArray<Account.MemoryMessageSpec>) =>
  Account.make([{ path: ["INBOX"], specialUse: "inbox", messages }])

const many = (count: number) => Array.from({ length: count }, (_, n) => letter(n))

const worldOf = (source: Account.MemoryAccount, pageSize = 100) =>
  makeWorld({ source, destination: Account.make(), sourceOptions: { pageSize } })

/** All UIDs of a mailbox anew, in another order, as after a resync: the messages stay. */
const resync = (account: Account.MemoryAccount, name: string) => {
  const mailbox = Account.mailboxOf(account, [name])
  const messages = [...mailbox.messages.values()].toReversed()
  Account.renew(account, [name])
  for (const message of messages) Account.show(mailbox, message)
}

const described = (calls: ReadonlyArray<Call>) =>
  calls.reduce(
    (sum, { locators, operation }) => (operation === "describe" ? sum + (locators?.length ?? 0) : sum),
    0
  )

describe("listing the source", () => {
  it.effect("describes each message once, and nothing when it is listed again", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(inbox(...many(1203)), 500)
      const first = yield* world.plan()
      assert.strictEqual(first.summary.planned, 1203)
      const second = yield* world.run()
      assert.strictEqual(described(second.sourceCalls), 0)
      assert.strictEqual(second.result.migrated, 1203)
    })
  )

  it.effect("describes only what is new", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(inbox(...many(10)))
      yield* world.run()
      Account.deliver(world.source, ["INBOX"], letter(20))
      const { result, sourceCalls } = yield* world.run()
      assert.strictEqual(described(sourceCalls), 1)
      assert.deepInclude(result, { migrated: 1, alreadyThere: 10 })
    })
  )

  it.effect("lists each mailbox of a source at rest once, and once more after it was carried over", () =>
    Effect.gen(function* () {
      const source = bridgeAccount(["INBOX"], ["Sent"], ["All Mail"])
      arrive(source, protonLetter(1), ["INBOX"])
      const world = yield* worldOf(source)
      const listed = (calls: ReadonlyArray<Call>) =>
        calls.flatMap((call) => (call.operation === "list" ? [call.mailbox?.join("/")] : []))
      const each = ["All Mail", "INBOX", "Sent"]
      const first = yield* world.run()
      assert.deepStrictEqual(listed(first.sourceCalls), [...each, ...each])
      const second = yield* world.run()
      assert.deepStrictEqual(listed(second.sourceCalls), each)
    })
  )

  it.effect("does not list the view of flagged mail", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      const star = arrive(source, protonLetter(1, { flags: ["\\Flagged"] }), ["INBOX"])
      Account.show(Account.mailboxOf(source, ["Starred"]), star)
      const world = yield* worldOf(source)
      const { sourceCalls } = yield* world.run()
      const listed = sourceCalls.flatMap((call) =>
        call.operation === "list" ? [call.mailbox?.join("/")] : []
      )
      assert.notInclude(listed, "Starred")
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )

  it.effect("goes on where the connection was lost, and costs one page", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(inbox(...many(95)), 10)
      const { result, sourceCalls } = yield* world.run({
        sourceScript: ({ n, operation }) => (operation === "list" && n % 3 === 0 ? notSent : undefined)
      })
      assert.deepInclude(result, { outcome: "complete", migrated: 95 })
      assert.strictEqual(described(sourceCalls), 95)
    })
  )

  it.effect("keeps what it has listed when it is killed, and goes on from there", () =>
    Effect.gen(function* () {
      const world = yield* worldOf(inbox(...many(95)), 10)
      let describes = 0
      yield* world.start({
        killAt: ({ operation, side, when }) =>
          side === "source" && operation === "describe" && when === "before" && ++describes === 6
      })
      const { result, sourceCalls } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 95 })
      assert.strictEqual(described(sourceCalls), 45)
    })
  )

  it.effect(
    "takes an account that shows no mailbox for one that is starting, and never for an empty one",
    () =>
      Effect.gen(function* () {
        const world = yield* worldOf(inbox(...many(3)))
        yield* world.run()
        world.source.starting = true
        const { result } = yield* world.run()
        assert.deepInclude(result, { outcome: "paused", planned: 0 })
        assert.isTrue(
          Option.exists(result.stoppedBy, (by) => by._tag === "MailError" && by.reason._tag === "Transient")
        )
        world.source.starting = false
        const again = yield* world.run()
        assert.deepInclude(again.result, { outcome: "complete", migrated: 0, alreadyThere: 3 })
        assert.strictEqual(described(again.sourceCalls), 0, "nothing was forgotten")
      })
  )

  it.effect("forgets a mailbox that is no longer listed, and knows its mail again when it comes back", () =>
    Effect.gen(function* () {
      const source = inbox(letter(1))
      const work = Account.addMailbox(source, { path: ["Work"], messages: [letter(2), letter(3)] })
      const world = yield* worldOf(source)
      yield* world.run()
      source.mailboxes.delete(JSON.stringify(["Work"]))
      const { result: without } = yield* world.run()
      assert.deepInclude(without, { outcome: "complete", planned: 1 })
      assert.deepStrictEqual(without.changedAtSource, { "deleted-at-source": 2 })
      source.mailboxes.set(JSON.stringify(["Work"]), work)
      const { result: again } = yield* world.run()
      assert.deepInclude(again, { outcome: "complete", planned: 3, migrated: 0, alreadyThere: 3 })
      assert.deepStrictEqual(again.changedAtSource, {})
    })
  )

  it.effect("leaves out a mailbox that cannot be opened, says so, and does not call the run complete", () =>
    Effect.gen(function* () {
      const source = inbox(letter(1))
      Account.addMailbox(source, { path: ["Closed"], messages: [letter(2)] })
      const world = yield* worldOf(source)
      const no = failWith(new MailboxRejected({ detail: "no permission", why: "permission" }))
      const closed: Script = ({ mailbox }) => (mailbox?.[0] === "Closed" ? no : undefined)
      const { events, result } = yield* world.run({ sourceScript: closed })
      assert.deepInclude(result, { outcome: "partial", migrated: 1 })
      const skipped = events.flatMap((event) =>
        event._tag === "MailboxSkipped" ? [event.mailbox.join("/")] : []
      )
      assert.include(skipped, "Closed")
      const { result: opened } = yield* world.run()
      assert.deepInclude(opened, { outcome: "complete", planned: 2, migrated: 1 })
      const { result: closedAgain } = yield* world.run({ sourceScript: closed })
      assert.deepStrictEqual(closedAgain.changedAtSource, {}, "what cannot be seen is not deleted")
    })
  )

  it.effect("leaves out a mailbox that vanishes between LIST and its turn", () =>
    Effect.gen(function* () {
      const source = inbox(letter(1))
      Account.addMailbox(source, { path: ["Brief"], messages: [letter(2)] })
      const world = yield* worldOf(source)
      const { result } = yield* world.run({
        sourceScript: ({ n, operation }) => {
          if (operation === "list" && n === 1) source.mailboxes.delete(JSON.stringify(["Brief"]))
          return undefined
        }
      })
      assert.strictEqual(result.migrated, 1)
      assert.deepInclude((yield* world.run()).result, { outcome: "complete", planned: 1 })
    })
  )
})

describe("a source that is still growing", () => {
  it.effect("is listed again until it rests", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      arrive(source, protonLetter(1), ["INBOX"])
      const world = yield* worldOf(source)
      let arrived = 0
      const { events, result } = yield* world.run({
        sourceScript: ({ n, operation }) => {
          if (operation === "end" && n === 9 && arrived++ === 0) arrive(source, protonLetter(2), ["INBOX"])
          return undefined
        }
      })
      assert.deepInclude(result, { outcome: "complete", planned: 2, sourceStillGrowing: false })
      assert.include(
        events.map(({ _tag }) => _tag),
        "SourceGrew"
      )
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )

  it.effect("is migrated as far as it is, and said not to be complete", () =>
    Effect.gen(function* () {
      const source = bridgeAccount(["INBOX"], ["All Mail"])
      arrive(source, protonLetter(1), ["INBOX"])
      const world = yield* worldOf(source)
      let n = 10
      const { result } = yield* world.run({
        sourceScript: ({ operation }) => {
          if (operation === "end") arrive(source, protonLetter(n++), ["INBOX"])
          return undefined
        }
      })
      assert.deepInclude(result, { outcome: "partial", sourceStillGrowing: true })
      assert.strictEqual(result.migrated, result.planned)
      assert.isAbove(result.planned, 1)
    })
  )
})

describe("a source that renewed its UIDs", () => {
  it.effect("transfers nothing again: Proton's ids", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      for (const n of [1, 2, 3]) arrive(source, protonLetter(n), ["INBOX"], ["Labels", "x"])
      const world = yield* worldOf(source)
      yield* world.run()
      for (const name of ["INBOX", "All Mail"]) resync(source, name)
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 3, migrated: 0, alreadyThere: 3, bytes: 0 })
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )

  it.effect("transfers nothing again: mail without ids, twins included", () =>
    Effect.gen(function* () {
      const nameless = (body: string) => letter(3, { messageId: "", body })
      const source = inbox(letter(1), letter(1), letter(2), nameless("one"), nameless("two"), nameless("two"))
      const world = yield* worldOf(source)
      yield* world.run()
      for (let turn = 0; turn < 3; turn++) {
        resync(source, "INBOX")
        const { result } = yield* world.run()
        assert.deepInclude(result, { outcome: "complete", planned: 6, migrated: 0, alreadyThere: 6 })
        assert.deepStrictEqual(result.changedAtSource, {})
      }
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )

  const halves = [
    ["two that are the same octet for octet", [letter(1), letter(1)]],
    [
      "two that only look the same",
      [letter(1, { messageId: "", body: "one" }), letter(1, { messageId: "", body: "two" })]
    ]
  ] as const
  for (const [name, messages] of halves) {
    for (const first of [1, 2]) {
      it.effect(`carries over the other one of ${name} when only number ${first} was`, () =>
        Effect.gen(function* () {
          const source = inbox(...messages)
          const world = yield* worldOf(source)
          const no = failWith(new MailboxRejected({ detail: "not now", why: "permission" }))
          yield* world.run({
            sourceScript: ({ locators, operation }) =>
              operation === "fetch" && locators?.[0]?.endsWith(`:${3 - first}`) === true ? no : undefined
          })
          assert.strictEqual(contents(world.destination)["INBOX"]?.length, 1)
          resync(source, "INBOX")
          const { result } = yield* world.run()
          assert.deepInclude(result, { outcome: "complete", planned: 2, migrated: 1, alreadyThere: 1 })
          assert.deepStrictEqual(contents(world.destination), expected(source))
        })
      )
    }
  }

  it.effect("does not take a new message for a deleted one that looked the same", () =>
    Effect.gen(function* () {
      const source = inbox(letter(1, { messageId: "", body: "one" }))
      const world = yield* worldOf(source)
      yield* world.run()
      Account.renew(source, ["INBOX"])
      Account.deliver(source, ["INBOX"], letter(1, { messageId: "", body: "two" }))
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 1, migrated: 1 })
      assert.strictEqual(contents(world.destination)["INBOX"]?.length, 2)
    })
  )

  it.effect("carries flags over that were set before the renewal was seen", () =>
    Effect.gen(function* () {
      const source = inbox(letter(1))
      const world = yield* worldOf(source)
      yield* world.run()
      resync(source, "INBOX")
      for (const { flags } of Account.mailboxOf(source, ["INBOX"]).messages.values()) flags.add("\\Seen")
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1, bytes: 0 })
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )

  it.effect("in the middle of a listing is listed from its start", () =>
    Effect.gen(function* () {
      const source = inbox(...many(30))
      const world = yield* worldOf(source, 10)
      let renewed = false
      const { result } = yield* world.run({
        sourceScript: ({ n, operation }) => {
          if (operation === "list" && n === 2 && !renewed) {
            renewed = true
            resync(source, "INBOX")
          }
          return undefined
        }
      })
      assert.deepInclude(result, { outcome: "complete", planned: 30, migrated: 30 })
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )

  it.effect("while messages are fetched is listed again, and nothing is lost or doubled", () =>
    Effect.gen(function* () {
      const source = inbox(...many(30))
      const world = yield* worldOf(source)
      const { result } = yield* world.run({
        sourceScript: ({ n, operation }) => {
          if (operation === "fetch" && n === 10) resync(source, "INBOX")
          return undefined
        }
      })
      assert.deepInclude(result, { outcome: "complete", planned: 30, migrated: 30 })
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )

  it.effect("and cannot give a message to be compared still lists the others", () =>
    Effect.gen(function* () {
      const nameless = (body: string) => letter(3, { messageId: "", body })
      const source = inbox(nameless("one"), nameless("two"), letter(9))
      const world = yield* worldOf(source)
      yield* world.run()
      resync(source, "INBOX")
      const no = failWith(new MessageRejected({ detail: "cannot load", why: "unreadable" }))
      const { result } = yield* world.run({ sourceScript: always("fetch", no) })
      assert.notStrictEqual(result.outcome, "paused")
      assert.strictEqual(unaccounted(result), 0)
      assert.isAtLeast(result.alreadyThere, 1)
    })
  )
})
