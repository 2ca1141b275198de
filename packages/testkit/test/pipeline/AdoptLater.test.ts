import { assert, describe, it } from "@effect/vitest"
import { defaultRules } from "@mailferry/core/Rules.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

import { arrive, bridgeAccount, contents, expected, protonLetter } from "./Letters.ts"
import { makeWorld } from "./World.ts"

describe("mail that was at the destination before us", () => {
  it.effect("is recognised when the rules let it into scope only later", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      arrive(source, protonLetter(1), ["INBOX"])
      arrive(source, protonLetter(2), ["Archive"])
      const destination = Account.make([{ path: ["Archive"], messages: [protonLetter(2)] }])
      const world = yield* makeWorld({ source, destination })
      yield* world.run({ rules: { ...defaultRules, include: ["INBOX"] } })
      yield* world.run()
      assert.deepStrictEqual(contents(destination), expected(source))
    })
  )

  it.effect("is recognised when Bridge shows it only later, with a ledger that is new", () =>
    Effect.gen(function* () {
      const source = bridgeAccount()
      arrive(source, protonLetter(1), ["INBOX"])
      const destination = Account.make([
        {
          path: ["INBOX"],
          specialUse: "inbox",
          messages: [protonLetter(1), protonLetter(2), protonLetter(3)]
        }
      ])
      const world = yield* makeWorld({ source, destination })
      yield* world.run()
      arrive(source, protonLetter(2), ["INBOX"])
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 0, alreadyThere: 2 })
      Account.expunge(destination, ["INBOX"], 3)
      arrive(source, protonLetter(3), ["INBOX"])
      yield* world.run()
      assert.deepStrictEqual(contents(destination), expected(source))
    })
  )
})
