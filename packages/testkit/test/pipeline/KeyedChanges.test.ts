import { assert, describe, it } from "@effect/vitest"
import { defaultRules } from "@mailferry/core/Rules.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { keyedCapabilities } from "@mailferry/testkit/MemoryDestination.ts"
import { Effect, Option } from "effect"

import { clean, findings } from "./LabelledMail.ts"
import { arrive, bridgeAccount, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted } from "./World.ts"
import { tells, worthDying } from "./WorthDying.ts"

/** Keywords of the one message that is at the destination, and whether all of it is. */
const marksOf = (account: Account.MemoryAccount) => {
  const all = [...account.mailboxes.values()].flatMap(({ messages }) => [...messages.values()])
  assert.lengthOf(all, 1)
  const [message = assert.fail()] = all
  return { marks: [...message.keywords].toSorted(), isWhole: !message.unfinished }
}

/** A message with a label, and a service that keeps labels as keywords. */
const labelled = Effect.fnUntraced(function* (destination = Account.make()) {
  const source = bridgeAccount(["INBOX"], ["Archive"], ["All Mail"])
  Account.addMailbox(source, { path: ["Labels", "Work"], role: "label" })
  const message = arrive(source, protonLetter(1), ["INBOX"], ["Labels", "Work"])
  const world = yield* makeWorld({ source, destination, capabilities: keyedCapabilities })
  const unlabel = () => Account.mailboxOf(source, ["Labels", "Work"]).messages.clear()
  const label = (name: string) => {
    Account.addMailbox(source, { path: ["Labels", name], role: "label" })
    Account.show(Account.mailboxOf(source, ["Labels", name]), message)
  }
  return { world, label, unlabel }
})

describe("a label that is a keyword there", () => {
  it.effect("and is taken off at the source, or has another name, is reported as taken off", () =>
    Effect.gen(function* () {
      for (const name of [undefined, "Jobs"]) {
        const { label, unlabel, world } = yield* labelled()
        yield* world.run()
        unlabel()
        if (name !== undefined) label(name)
        const { result } = yield* world.run()
        assert.deepStrictEqual(result.changedAtSource, { "label-removed-at-source": 1 })
        assert.deepStrictEqual(
          marksOf(world.destination).marks,
          name === undefined ? ["Work"] : ["Jobs", "Work"]
        )
        assert.deepStrictEqual(findings(yield* world.verify()), clean)
      }
    })
  )

  it.effect("and was a mailbox in an earlier run, as the rules had it, is not taken off for that", () =>
    Effect.gen(function* () {
      const { world } = yield* labelled()
      yield* world.run({ rules: { ...defaultRules, labels: "copy" } })
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", changedAtSource: {} })
    })
  )

  it.effect("and has the same name in another case is the same", () =>
    Effect.gen(function* () {
      const { label, unlabel, world } = yield* labelled()
      yield* world.run()
      const { writes } = world.destination
      unlabel()
      label("work")
      const { result } = yield* world.run()
      assert.deepStrictEqual([result.changedAtSource, world.destination.writes], [{}, writes])
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
    })
  )

  it.effect("is not put on mail that was there before, and that is said", () =>
    Effect.gen(function* () {
      const destination = Account.make()
      Account.deliver(destination, ["INBOX"], protonLetter(1))
      const { world } = yield* labelled(destination)
      const { result } = yield* world.run()
      assert.deepInclude(result, { alreadyThere: 1, migrated: 0, losses: { "label-not-added": 1 } })
      assert.deepStrictEqual(marksOf(destination).marks, [])
      const losses = yield* world.ledger(({ reports }) => reports.losses)
      assert.deepStrictEqual(
        losses.map(({ detail, kind }) => [kind, detail]),
        [["label-not-added", "Work"]]
      )
    })
  )

  it.effect("and is taken off while a killed run is down is as the ledger says, wherever it died", () =>
    Effect.gen(function* () {
      const { moments } = yield* (yield* labelled()).world.start()
      for (const { n, ...moment } of worthDying(moments)) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { unlabel, world } = yield* labelled()
            const dead = yield* world.start({ killAt: (moment) => moment.n === n })
            assert.isTrue(Option.isNone(dead.exit))
            unlabel()
            const { result } = yield* world.run()
            const place = `killed at moment ${n}, ${tells({ n, ...moment })}`
            assert.deepInclude(result, { outcome: "complete", planned: 1 }, place)
            assert.strictEqual(unaccounted(result), 0, place)
            assert.isTrue(marksOf(world.destination).isWhole, place)
            assert.deepStrictEqual(findings(yield* world.verify({ full: true })), clean, place)
          })
        )
      }
    })
  )
})
