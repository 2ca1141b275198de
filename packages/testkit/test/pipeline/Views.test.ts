import { assert, describe, it } from "@effect/vitest"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

import { arrive, bridgeAccount, contents, expected, letter, protonLetter } from "./Letters.ts"
import { makeWorld } from "./World.ts"

describe("a view of all mail", () => {
  it.effect("does not keep mail that arrives while the source is listed from its own mailbox", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      arrive(source, protonLetter(1), ["INBOX"])
      const world = yield* makeWorld({ source, destination: Account.make() })
      let arrived = false
      yield* world.run({
        sourceScript: ({ mailbox, operation }) => {
          if (!arrived && operation === "list" && mailbox?.[0] === "All Mail") {
            arrived = true
            arrive(source, protonLetter(2), ["INBOX"])
          }
          return undefined
        }
      })
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )

  it.effect("does not make homeless what moves from a mailbox not yet listed to one that was", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      const moving = arrive(source, protonLetter(1), ["Archive"])
      const world = yield* makeWorld({ source, destination: Account.make() })
      const listed = new Set<string>()
      yield* world.run({
        sourceScript: ({ mailbox, operation }) => {
          if (operation !== "list" || listed.has("Archive")) return undefined
          listed.add(mailbox?.[0] ?? "")
          if (mailbox?.[0] === "Archive" && listed.has("INBOX")) {
            Account.mailboxOf(source, ["Archive"]).messages.clear()
            Account.show(Account.mailboxOf(source, ["INBOX"]), moving)
          }
          return undefined
        }
      })
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )

  it.effect("of an account whose messages have no ids is the same mail, not more of it", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      for (const n of [1, 2, 2, 3]) arrive(source, letter(n), ["INBOX"])
      arrive(source, letter(4), ["Archive"])
      arrive(source, letter(5))
      const world = yield* makeWorld({ source, destination: Account.make() })
      yield* world.run()
      assert.deepStrictEqual(contents(world.destination), expected(source))
      arrive(source, letter(6), ["INBOX"])
      yield* world.run()
      assert.deepStrictEqual(contents(world.destination), expected(source))
    })
  )
})
