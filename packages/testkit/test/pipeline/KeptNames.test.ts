import { assert, describe, it } from "@effect/vitest"
import { defaultRules } from "@mailferry/core/Rules.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

import { arrive, bridgeAccount, contents, protonLetter } from "./Letters.ts"
import { makeWorld } from "./World.ts"

const countsOf = (account: Account.MemoryAccount) =>
  Object.fromEntries(Object.entries(contents(account)).map(([name, lines]) => [name, lines.length]))

describe("where the mail of a mailbox goes", () => {
  it.effect("stays the same when a mailbox that would have had its name first appears later", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      Account.addMailbox(source, { path: ["Folders", "a_b"], proposed: ["a_b"] })
      arrive(source, protonLetter(1), ["Folders", "a_b"])
      const world = yield* makeWorld({ source, destination: Account.make() })
      yield* world.run()
      Account.addMailbox(source, { path: ["Folders", "a/b"], proposed: ["a/b"] })
      arrive(source, protonLetter(2), ["Folders", "a/b"])
      arrive(source, protonLetter(3), ["Folders", "a_b"])
      yield* world.run()
      assert.deepStrictEqual(countsOf(world.destination), { a_b: 2, "a_b (2)": 1 })
    })
  )

  it.effect("stays the same for labels, which are copied nowhere again", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      Account.addMailbox(source, { path: ["Labels", "a_b"], role: "label" })
      arrive(source, protonLetter(1), ["INBOX"], ["Labels", "a_b"])
      const world = yield* makeWorld({ source, destination: Account.make() })
      yield* world.run()
      Account.addMailbox(source, { path: ["Labels", "a/b"], role: "label" })
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 0 })
      assert.deepStrictEqual(countsOf(world.destination), { INBOX: 1, "Labels/a_b": 1 })
    })
  )

  it.effect("stays the same when the destination calls another mailbox its own since", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      Account.addMailbox(source, { path: ["Folders", "Junk"], proposed: ["Junk"] })
      arrive(source, protonLetter(1), ["Spam"])
      arrive(source, protonLetter(2), ["Folders", "Junk"])
      const destination = Account.make()
      const world = yield* makeWorld({ source, destination })
      yield* world.run()
      const junk = Account.mailboxOf(destination, ["Junk"])
      destination.mailboxes.set('["Junk"]', { ...junk, specialUse: "junk" })
      arrive(source, protonLetter(3), ["Spam"])
      arrive(source, protonLetter(4), ["Folders", "Junk"])
      const { result } = yield* world.run()
      assert.deepStrictEqual(result.changedAtSource, {})
      assert.deepStrictEqual(countsOf(destination), { Junk: 2, Spam: 2 })
    })
  )

  it.effect("changes when a rule says so, for mail that comes then", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      arrive(source, protonLetter(1), ["Folders", "Work"])
      const world = yield* makeWorld({ source, destination: Account.make() })
      yield* world.run()
      arrive(source, protonLetter(2), ["Folders", "Work"])
      yield* world.run({ rules: { ...defaultRules, rename: { Work: "Office" } } })
      assert.deepStrictEqual(countsOf(world.destination), { Office: 1, Work: 1 })
    })
  )
})
