import { assert, describe, it } from "@effect/vitest"
import { AuthFailed, Transient } from "@mailferry/core/MailError.ts"
import {
  dropAfterCommit,
  dropBeforeCommit,
  type Fault,
  failWith,
  notSent,
  onCall,
  type Script,
  scripts,
  silenceAfterCommit,
  silenceBeforeCommit
} from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Duration, Effect } from "effect"

import { arrive, bridgeAccount, contents, expected, letter, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted } from "./World.ts"

const protonAccount = () => {
  const account = bridgeAccount(["INBOX"], ["Labels", "x"])
  for (const n of [1, 2, 3]) arrive(account, protonLetter(n), ["INBOX"], ["Labels", "x"])
  return account
}

/** Three that are the same octet for octet, without an id, and one that is not. */
const twins = () =>
  Account.make([
    { path: ["INBOX"], specialUse: "inbox", messages: [letter(1), letter(1), letter(1), letter(2)] }
  ])

/** The faults of one message's appends, in order; the last one stays. */
const appendsOf = (messageId: string, ...faults: ReadonlyArray<Fault | undefined>): Script => {
  let n = 0
  return (call) =>
    call.operation === "append" && call.messageId === messageId
      ? faults[Math.min(n++, faults.length - 1)]
      : undefined
}

const settings = [
  { name: "with UIDPLUS", reportsLocator: true },
  { name: "without UIDPLUS", reportsLocator: false }
]

const faults = { dropAfterCommit, dropBeforeCommit, silenceAfterCommit, silenceBeforeCommit }

describe("an append or copy of unknown outcome", () => {
  for (const { name, reportsLocator } of settings) {
    for (const [fault, about] of Object.entries(faults)) {
      it.effect(`is stored once in the same run: ${fault} ${name}`, () =>
        Effect.gen(function* () {
          const world = yield* makeWorld({
            source: protonAccount(),
            destination: Account.make(),
            capabilities: { reportsLocator }
          })
          const destinationScript = scripts(
            onCall("append", 1, about),
            onCall("append", 3, about),
            onCall("copy", 2, about),
            onCall("copy", 3, about)
          )
          const { result } = yield* world.run({ destinationScript })
          assert.deepStrictEqual(contents(world.destination), expected(world.source))
          assert.deepInclude(result, { outcome: "complete", migrated: 3 })
        })
      )

      it.effect(`is stored once for each of several twins: ${fault} ${name}`, () =>
        Effect.gen(function* () {
          for (const n of [1, 2, 3, 4]) {
            const world = yield* makeWorld({
              source: twins(),
              destination: Account.make(),
              capabilities: { reportsLocator }
            })
            const { result } = yield* world.run({ destinationScript: onCall("append", n, about) })
            assert.deepStrictEqual(contents(world.destination), expected(world.source))
            assert.deepInclude(result, { outcome: "complete", migrated: 4 })
          }
        })
      )
    }

    it.effect(`is not sent again by a later round of the run before somebody has looked, ${name}`, () =>
      Effect.gen(function* () {
        const world = yield* makeWorld({
          source: protonAccount(),
          destination: Account.make(),
          capabilities: { reportsLocator }
        })
        const destinationScript = appendsOf(
          "<1@letters.invalid>",
          ...Array.from({ length: 5 }, () => dropBeforeCommit),
          dropAfterCommit,
          undefined
        )
        const { result } = yield* world.run({ destinationScript })
        assert.deepStrictEqual(contents(world.destination), expected(world.source))
        assert.deepInclude(result, { outcome: "complete", migrated: 3 })
      })
    )

    it.effect(`is stored once though the look-up fails as well, and the run after it looks, ${name}`, () =>
      Effect.gen(function* () {
        for (const reason of [
          new AuthFailed({ detail: "signed out" }),
          new Transient({ detail: "away", applied: "no" })
        ]) {
          const world = yield* makeWorld({
            source: protonAccount(),
            destination: Account.make(),
            capabilities: { reportsLocator }
          })
          let cut = false
          const { result } = yield* world.run({
            destinationScript: ({ n, operation }) => {
              cut ||= operation === "append" && n === 2
              if (!cut) return undefined
              return operation === "append" && n === 2 ? dropAfterCommit : failWith(reason)
            }
          })
          assert.strictEqual(result.outcome, "paused")
          const again = yield* world.run()
          assert.deepStrictEqual(contents(world.destination), expected(world.source))
          assert.deepInclude(again.result, { outcome: "complete", planned: 3 })
          assert.strictEqual(unaccounted(again.result), 0)
        }
      })
    )
  }

  it.effect("of a message without an id, with every look-up lost, is found by the next run", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: twins(), destination: Account.make() })
      let cut = false
      yield* world.run({
        destinationScript: ({ n, operation }) => {
          if (operation === "append" && n >= 2) {
            cut = true
            return n === 2 ? dropAfterCommit : notSent
          }
          return cut ? notSent : undefined
        }
      })
      yield* world.run()
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("does not take the copy of a twin whose own answer is still under way", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: twins(), destination: Account.make() })
      let answers = 0
      yield* world.run({
        destinationScript: onCall("append", 1, dropBeforeCommit),
        lag: ({ operation, when }) =>
          operation === "append" && when === "after" && ++answers === 2 ? Duration.seconds(20) : Duration.zero
      })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("of two twins, of which one was stored and nobody could look, are settled one by one", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: twins(), destination: Account.make() })
      let cut = false
      yield* world.run({
        destinationScript: ({ n, operation }) => {
          if (operation === "append" && n <= 2) {
            cut = true
            return n === 1 ? dropAfterCommit : dropBeforeCommit
          }
          return cut ? notSent : undefined
        }
      })
      const open = yield* world.ledger(({ mailboxes }) => mailboxes.open(["INBOX"]))
      assert.strictEqual(open.length, 2, "both outcomes are open")
      assert.strictEqual(contents(world.destination)["INBOX"]?.length, 1)
      yield* world.run()
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("is found by each of several that look at the same time", () =>
    Effect.gen(function* () {
      const messages = Array.from({ length: 8 }, (_, n) => letter(n))
      const source = Account.make([{ path: ["INBOX"], specialUse: "inbox", messages }])
      const world = yield* makeWorld({ source, destination: Account.make(), destinationPageSize: 1 })
      let appends = 0
      const { destinationCalls } = yield* world.run({
        destinationScript: ({ n, operation }) =>
          operation === "append" && n <= 8 ? dropAfterCommit : undefined,
        // Cut off one after another, and slow to read page by page: each look begins amid the one before it.
        lag: ({ operation, side, when }) => {
          if (side === "source" || when === "before") return Duration.zero
          return Duration.millis(operation === "append" ? 350 * ++appends : operation === "list" ? 400 : 0)
        }
      })
      assert.strictEqual(destinationCalls.filter(({ operation }) => operation === "append").length, 8)
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )

  it.effect("is settled though its mailbox was deleted at the destination since", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: protonAccount(), destination: Account.make() })
      const copied = (moment: { readonly operation: string; readonly when: string }) =>
        moment.operation === "copy" && moment.when === "after"
      yield* world.start({ killAt: copied })
      world.destination.mailboxes.delete('["Labels","x"]')
      const { result } = yield* world.run()
      assert.strictEqual(result.outcome, "complete")
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )
})
