import { assert, describe, it } from "@effect/vitest"
import { dropAfterCommit, notSent, refuse } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

import { arrive, bridgeAccount, contents, expected, protonLetter } from "./Letters.ts"
import { makeWorld } from "./World.ts"

const sentMail = (count: number) => {
  const account = bridgeAccount()
  for (let n = 1; n <= count; n++) arrive(account, protonLetter(n), ["Sent"])
  return account
}

describe("the pilot", () => {
  it.effect("leaves an append of unknown outcome open, and the transfer after it looks before it sends", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: sentMail(1), destination: Account.make() })
      let dropped = false
      let lists = 0
      const { result } = yield* world.run({
        pilot: "first",
        destinationScript: ({ operation }) => {
          if (operation === "append" && !dropped) {
            dropped = true
            return dropAfterCommit
          }
          return operation === "list" && dropped && lists++ < 9 ? notSent : undefined
        }
      })
      assert.notStrictEqual(result.outcome, "paused")
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("passes by a message the source cannot give: the run sets it aside and carries the others", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: sentMail(3), destination: Account.make() })
      const { pilot, result } = yield* world.run({
        pilot: "first",
        sourceScript: ({ locators, operation }) =>
          operation === "fetch" && locators?.some((locator) => locator.endsWith(":1")) === true
            ? refuse("unreadable")
            : undefined
      })
      assert.isTrue(Option.getOrThrow(pilot).passed)
      assert.deepInclude(result, { outcome: "partial", planned: 3, migrated: 2, quarantined: 1 })
    })
  )

  it.effect("does not stumble over one of its messages that was deleted at the destination since", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: sentMail(2), destination: Account.make() })
      yield* world.run({ pilot: "only" })
      Account.expunge(world.destination, ["Sent"], 1)
      const { pilot } = yield* world.run({ pilot: "only" })
      assert.isTrue(Option.getOrThrow(pilot).passed)
    })
  )
})
