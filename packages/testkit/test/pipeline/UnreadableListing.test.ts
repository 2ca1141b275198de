import { assert, describe, it } from "@effect/vitest"
import { MessageRejected } from "@mailferry/core/MailError.ts"
import { failWith, onCall } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

import { arrive, bridgeAccount, letter, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted } from "./World.ts"

const inbox = (...messages: ReadonlyArray<Account.MemoryMessageSpec>) =>
  Account.make([{ path: ["INBOX"], specialUse: "inbox", messages }])

const many = (count: number) => Array.from({ length: count }, (_, n) => letter(n))

const worldOf = (source: Account.MemoryAccount, pageSize = 100) =>
  makeWorld({ source, destination: Account.make(), sourceOptions: { pageSize } })

describe("messages that cannot be read", () => {
  it.effect("are counted one by one where nothing at all can be seen of them", () =>
    Effect.gen(function* () {
      const source = bridgeAccount(["INBOX"], ["All Mail"])
      const blind = { subject: Option.none(), internalDate: Option.none(), size: Option.none() }
      for (const n of [1, 2, 3]) arrive(source, protonLetter(n, { unreadable: true }), ["INBOX"])
      arrive(source, protonLetter(4), ["INBOX"])
      const world = yield* worldOf(source)
      const { result } = yield* world.run({ blind })
      assert.deepInclude(result, { outcome: "partial", planned: 4, migrated: 1, quarantined: 3 })
      assert.strictEqual((yield* world.ledger(({ reports }) => reports.quarantined)).length, 3)
    })
  )

  it.effect("do not hide the rest of their window", () =>
    Effect.gen(function* () {
      const messages = many(240).map((spec, n) => (n % 80 === 7 ? { ...spec, unreadable: true } : spec))
      const world = yield* worldOf(inbox(...messages), 240)
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "partial", planned: 240, migrated: 237, quarantined: 3 })
    })
  )

  it.effect("lose their reports when they vanish from the source", () =>
    Effect.gen(function* () {
      const source = inbox(letter(1), { ...letter(2), unreadable: true })
      const world = yield* worldOf(source)
      yield* world.run()
      Account.expunge(source, ["INBOX"], 2)
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 1, quarantined: 0 })
      assert.deepStrictEqual(yield* world.ledger(({ reports }) => reports.quarantined), [])
    })
  )

  it.effect("are told from messages that vanish while they are looked at", () =>
    Effect.gen(function* () {
      const source = inbox(letter(1), { ...letter(2), unreadable: true })
      const world = yield* worldOf(source)
      const { result } = yield* world.run({
        sourceScript: onCall("glimpse", 1, failWith(new MessageRejected({ detail: "gone", why: "gone" })))
      })
      assert.strictEqual(unaccounted(result), 0)
      assert.strictEqual(result.migrated, 1)
    })
  )
})
