import { assert, describe, it } from "@effect/vitest"
import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import {
  batchRefused,
  type Call,
  dropAfterCommit,
  dropBeforeCommit,
  type Fault,
  notSent,
  type Script,
  silenceAfterCommit,
  silenceBeforeCommit,
  throttle
} from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Duration, Effect } from "effect"

import { arrive, bridgeAccount, contents, expected, letter, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted } from "./World.ts"

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
const randomOf = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const writes = new Set(["append", "copy"])

const faultsOf = (call: Call): ReadonlyArray<Fault> => {
  const read = [notSent, throttle(), throttle(Duration.seconds(40))]
  if (!writes.has(call.operation)) return read
  const unknown = [dropAfterCommit, dropBeforeCommit, silenceAfterCommit, silenceBeforeCommit]
  return [...read, ...unknown, ...unknown, batchRefused]
}

/**
 * Lets a share of the calls go wrong, never two of one kind in a row: a message that fails three times running counts
 * as the message's own fault, which is another test.
 */
const schedule = (random: () => number, share: number): Script => {
  const wentWrong = new Map<string, boolean>()
  return (call) => {
    const kind = `${call.operation} ${call.mailbox?.join("/")}`
    const may = wentWrong.get(kind) !== true
    const fault = may && random() < share ? pick(random, faultsOf(call)) : undefined
    wentWrong.set(kind, fault !== undefined)
    return fault
  }
}

const pick = <A>(random: () => number, among: ReadonlyArray<A>): A | undefined =>
  among[Math.floor(random() * among.length)]

/** Proton mail: labels, mail to oneself, orphans, stars. */
const protonAccount = (random: () => number) => {
  const account = bridgeAccount(["INBOX"], ["Sent"], ["Labels", "x"], ["Labels", "y"], ["All Mail"])
  for (let n = 0; n < 14; n++) {
    const places = [["INBOX"], ["Sent"], ["Labels", "x"], ["Labels", "y"]] as const
    arrive(
      account,
      protonLetter(n, { flags: random() < 0.3 ? ["\\Flagged"] : [] }),
      ...places.filter(() => random() < 0.4)
    )
  }
  return account
}

/** Mail without ids: some of it twice, some without a Message-ID. */
const plainAccount = (random: () => number) => {
  const some = (count: number) =>
    Array.from({ length: count }, () => {
      const n = Math.floor(random() * 4)
      return letter(n, { messageId: random() < 0.3 ? "" : `<${n}@letters.invalid>` })
    })
  return Account.make([
    { path: ["INBOX"], specialUse: "inbox", messages: some(8) },
    { path: ["Old"], messages: some(6) }
  ])
}

const variants: ReadonlyArray<{
  readonly name: string
  readonly account: (random: () => number) => Account.MemoryAccount
  readonly capabilities: Partial<DestinationCapabilities>
}> = [
  { name: "Proton mail", account: protonAccount, capabilities: {} },
  { name: "Proton mail without UIDPLUS", account: protonAccount, capabilities: { reportsLocator: false } },
  { name: "Proton mail into labels", account: protonAccount, capabilities: { placement: "labels" } },
  { name: "plain mail", account: plainAccount, capabilities: {} },
  { name: "plain mail without UIDPLUS", account: plainAccount, capabilities: { reportsLocator: false } }
]

const seeds = Array.from({ length: 8 }, (_, i) => i + 1)

describe("whatever goes wrong", () => {
  for (const { account, capabilities, name } of variants) {
    it.effect.each(seeds)(`every message arrives exactly once: ${name}, seed %i`, (seed) =>
      Effect.gen(function* () {
        const random = randomOf(seed)
        const world = yield* makeWorld({ source: account(random), destination: Account.make(), capabilities })
        // Three lives under faults, each killed at a random moment or left to end, then one in peace.
        for (let life = 0; life < 3; life++) {
          const death = Math.floor(random() * 250)
          yield* world.start({
            sourceScript: schedule(random, 0.15),
            destinationScript: schedule(random, 0.25),
            killAt: ({ n }) => n === death
          })
        }
        const { result } = yield* world.run()
        assert.deepStrictEqual(contents(world.destination), expected(world.source))
        assert.strictEqual(result.outcome, "complete")
        assert.strictEqual(unaccounted(result), 0)
        assert.strictEqual(result.planned, result.migrated + result.alreadyThere)
        const { result: again } = yield* world.run()
        assert.deepInclude(again, { outcome: "complete", migrated: 0, alreadyThere: again.planned })
      })
    )
  }
})
