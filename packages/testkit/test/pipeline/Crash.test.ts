import { assert, describe, it } from "@effect/vitest"
import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Duration, Effect, Option } from "effect"

import { arrive, bridgeAccount, contents, expected, letter, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted } from "./World.ts"
import { tells, worthDying } from "./WorthDying.ts"

/** A message with a label, mail to oneself, and mail that no mailbox shows. */
const protonAccount = () => {
  const account = bridgeAccount(["INBOX"], ["Sent"], ["Labels", "x"], ["All Mail"])
  arrive(account, protonLetter(1), ["INBOX"], ["Labels", "x"])
  arrive(account, protonLetter(2, { flags: ["\\Seen"] }), ["INBOX"], ["Sent"])
  arrive(account, protonLetter(3))
  return account
}

/** Without ids: two that are the same octet for octet, and two without a Message-ID. */
const plainAccount = () =>
  Account.make([
    { path: ["INBOX"], specialUse: "inbox", messages: [letter(1), letter(1)] },
    { path: ["Old"], messages: [letter(2, { messageId: "" }), letter(2, { messageId: "" }), letter(3)] }
  ])

const accounts = { proton: protonAccount, plain: plainAccount }

const variants: ReadonlyArray<{
  readonly name: string
  readonly account: keyof typeof accounts
  readonly capabilities: Partial<DestinationCapabilities>
}> = [
  { name: "Proton mail", account: "proton", capabilities: {} },
  {
    name: "Proton mail, where the server says no UID",
    account: "proton",
    capabilities: { reportsLocator: false }
  },
  { name: "plain mail with twins", account: "plain", capabilities: {} },
  {
    name: "plain mail with twins, where the server says no UID",
    account: "plain",
    capabilities: { reportsLocator: false }
  }
]

const worldOf = ({ account, capabilities }: (typeof variants)[number]) =>
  makeWorld({
    source: accounts[account](),
    destination: Account.make(),
    // One call at a time, so that the nth moment is the same one each time.
    capabilities: {
      ...capabilities,
      pace: { concurrentCalls: 1, attemptTimeout: Duration.seconds(30), limits: [] }
    }
  })

describe("a killed process", () => {
  for (const variant of variants) {
    it.effect(`leaves nothing lost and nothing doubled, wherever it dies: ${variant.name}`, () =>
      Effect.gen(function* () {
        const undisturbed = yield* worldOf(variant)
        const { moments } = yield* undisturbed.start()
        assert.deepStrictEqual(contents(undisturbed.destination), expected(undisturbed.source))
        assert.includeMembers(moments.map(tells), ["before destination append", "after destination append"])
        for (const { n, ...moment } of worthDying(moments)) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const world = yield* worldOf(variant)
              const dead = yield* world.start({ killAt: (moment) => moment.n === n })
              assert.isTrue(Option.isNone(dead.exit))
              const { result } = yield* world.run()
              const place = `killed at moment ${n}, ${tells({ n, ...moment })}`
              assert.deepStrictEqual(contents(world.destination), expected(world.source), place)
              assert.strictEqual(result.outcome, "complete", place)
              assert.strictEqual(unaccounted(result), 0, place)
            })
          )
        }
      })
    )
  }
})
