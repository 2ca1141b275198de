import { assert, describe, it } from "@effect/vitest"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

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

describe("runMigration", () => {
  it.effect("carries every message to each of its places once, with date, flags and keywords", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: smallAccount(), destination: Account.make() })
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 5, migrated: 5, alreadyThere: 0, failed: 0 })
      assert.strictEqual(unaccounted(result), 0)
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )
})
