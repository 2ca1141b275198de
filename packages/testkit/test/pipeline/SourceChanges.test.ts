import { assert, describe, it } from "@effect/vitest"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

import { arrive, bridgeAccount, contents, expected, letter, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted } from "./World.ts"

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
