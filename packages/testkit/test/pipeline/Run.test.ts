import { assert, describe, it } from "@effect/vitest"
import { AuthFailed, Fatal, MessageRejected, QuotaExceeded, Transient } from "@mailferry/core/MailError.ts"
import { always, failWith, onCall, onMessage, refuse, type Script } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

import { arrive, bridgeAccount, contents, expected, letter, protonLetter } from "./Letters.ts"
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

describe("what changes at the source", () => {
  it.effect("is reported by name and not applied: a move, a deletion, a removed label, a cleared flag", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      const moved = arrive(source, protonLetter(1), ["INBOX"])
      const deleted = arrive(source, protonLetter(2), ["INBOX"])
      const unlabelled = arrive(source, protonLetter(3), ["INBOX"], ["Labels", "x"])
      const cleared = arrive(source, protonLetter(4, { flags: ["\\Seen", "\\Flagged"] }), ["INBOX"])
      const world = yield* makeWorld({ source, destination: Account.make() })
      yield* world.run()
      const before = contents(world.destination)

      const takeOut = (message: Account.MemoryMessage, ...names: ReadonlyArray<string>) => {
        for (const mailbox of source.mailboxes.values()) {
          for (const [arrival, shown] of mailbox.messages) {
            if (shown === message && names.includes(mailbox.path.join("/"))) mailbox.messages.delete(arrival)
          }
        }
      }
      takeOut(moved, "INBOX")
      Account.show(Account.mailboxOf(source, ["Archive"]), moved)
      takeOut(deleted, "INBOX", "All Mail")
      takeOut(unlabelled, "Labels/x")
      cleared.flags.delete("\\Flagged")

      const { result } = yield* world.run()
      assert.deepStrictEqual(contents(world.destination), before)
      assert.deepInclude(result, { outcome: "complete", planned: 3, migrated: 0, alreadyThere: 3 })
      assert.deepStrictEqual(result.changedAtSource, {
        "deleted-at-source": 1,
        "flag-cleared-at-source": 1,
        "label-removed-at-source": 1,
        "moved-at-source": 1
      })
      const losses = yield* world.ledger(({ reports }) => reports.losses)
      assert.deepStrictEqual(
        losses.map(({ key, kind }) => [kind, key]),
        [
          ["deleted-at-source", "proton-2=="],
          ["flag-cleared-at-source", "proton-4=="],
          ["label-removed-at-source", "proton-3=="],
          ["moved-at-source", "proton-1=="]
        ]
      )
    })
  )

  for (const reportsLocator of [true, false]) {
    it.effect(
      `is added: labels, \\Seen and \\Flagged set since, ${reportsLocator ? "with" : "without"} UIDPLUS`,
      () =>
        Effect.gen(function* () {
          const source = bridgeAccount()
          const message = arrive(source, protonLetter(1), ["INBOX"], ["Labels", "x"])
          const world = yield* makeWorld({
            source,
            destination: Account.make(),
            capabilities: { reportsLocator }
          })
          yield* world.run()
          message.flags.add("\\Seen").add("\\Flagged")
          Account.show(Account.mailboxOf(source, ["Labels", "y"]), message)
          const { result } = yield* world.run()
          assert.deepInclude(result, { outcome: "complete", planned: 1, migrated: 1, bytes: 0 })
          assert.deepStrictEqual(contents(world.destination), expected(source))
          const { writes } = world.destination
          assert.deepInclude((yield* world.run()).result, {
            outcome: "complete",
            migrated: 0,
            alreadyThere: 1
          })
          assert.strictEqual(world.destination.writes, writes)
        })
    )

    it.effect(
      `sets flags on the right one of two twins, ${reportsLocator ? "with" : "without"} UIDPLUS`,
      () =>
        Effect.gen(function* () {
          const source = Account.make([
            {
              path: ["INBOX"],
              specialUse: "inbox",
              messages: [letter(1), letter(1)]
            }
          ])
          const world = yield* makeWorld({
            source,
            destination: Account.make(),
            capabilities: { reportsLocator }
          })
          yield* world.run()
          for (const message of Account.mailboxOf(source, ["INBOX"]).messages.values())
            message.flags.add("\\Seen")
          const { result } = yield* world.run()
          assert.strictEqual(result.outcome, "complete")
          assert.deepStrictEqual(contents(world.destination), expected(source))
        })
    )
  }

  for (const [name, claims] of [
    ["no dates", { keepsInternalDate: false }],
    ["no octets", { keepsOctets: false }],
    ["neither", { keepsInternalDate: false, keepsOctets: false }]
  ] as const) {
    it.effect(`finds its copy where the destination tells no UID and keeps ${name}`, () =>
      Effect.gen(function* () {
        const messages = [letter(1), letter(2)]
        const source = Account.make([{ path: ["INBOX"], specialUse: "inbox", messages }])
        const world = yield* makeWorld({
          source,
          destination: Account.make(),
          capabilities: { reportsLocator: false, ...claims }
        })
        yield* world.run()
        const [, first] = [...Account.mailboxOf(source, ["INBOX"]).messages][0] ?? []
        first?.flags.add("\\Seen")
        const { result } = yield* world.run()
        assert.deepInclude(result, { outcome: "complete", migrated: 1, alreadyThere: 1 })
        const marks = [...Account.mailboxOf(world.destination, ["INBOX"]).messages.values()].map(
          ({ bytes, flags }) => [/letter \d/u.exec(Buffer.from(bytes).toString())?.[0], ...flags].join(" ")
        )
        assert.deepStrictEqual(marks.toSorted(), ["letter 1 \\Seen", "letter 2"])
      })
    )
  }

  it.effect("is named where it cannot be carried: flags of a message without any id, without UIDPLUS", () =>
    Effect.gen(function* () {
      const nameless = letter(1, { messageId: "" })
      const source = Account.make([{ path: ["INBOX"], specialUse: "inbox", messages: [nameless] }])
      const capabilities = { reportsLocator: false }
      const world = yield* makeWorld({ source, destination: Account.make(), capabilities })
      yield* world.run()
      for (const { flags } of Account.mailboxOf(source, ["INBOX"]).messages.values()) flags.add("\\Seen")
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 0, alreadyThere: 1 })
      assert.deepStrictEqual(result.losses, { "flag-not-kept": 1 })
    })
  )

  it.effect("is not applied to a message that its owner has deleted at the destination, and said so", () =>
    Effect.gen(function* () {
      const source = bridgeAccount(["INBOX"], ["Labels", "x"])
      const message = arrive(source, protonLetter(1), ["INBOX"])
      const world = yield* makeWorld({ source, destination: Account.make() })
      yield* world.run()
      Account.mailboxOf(world.destination, ["INBOX"]).messages.clear()
      message.flags.add("\\Seen")
      Account.show(Account.mailboxOf(source, ["Labels", "x"]), message)
      const { result } = yield* world.run()
      assert.deepStrictEqual(contents(world.destination), {}, "what was deleted there stays deleted")
      assert.strictEqual(unaccounted(result), 0)
      const losses = yield* world.ledger(({ reports }) => reports.losses)
      assert.include(
        losses.map(({ kind }) => kind),
        "gone-at-destination"
      )
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
