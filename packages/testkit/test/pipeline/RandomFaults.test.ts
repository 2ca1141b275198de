import { assert, describe, it } from "@effect/vitest"
import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

import { labelled, labelledWorld, mail, protonAccount as accountForLabels } from "./LabelledMail.ts"
import { arrive, bridgeAccount, contents, expected, letter, protonLetter } from "./Letters.ts"
import { randomOf, schedule } from "./RandomSchedule.ts"
import { makeWorld, unaccounted } from "./World.ts"

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

  /** Mail for a service that joins messages: some share a Message-ID, some have none. */
  const mailForLabels = (random: () => number) => {
    const account = accountForLabels()
    const places = [["INBOX"], ["Sent"], ["Folders", "Work"], ["Labels", "x"], ["Labels", "y"]] as const
    for (let n = 0; n < 14; n++) {
      const shared = random() < 0.3 ? `<shared-${n % 3}@letters.invalid>` : `<${n}@letters.invalid>`
      const messageId = random() < 0.2 ? "" : shared
      arrive(account, mail(0, { id: `proton-${n}==`, messageId }), ...places.filter(() => random() < 0.4))
    }
    return account
  }

  for (const options of [{ tickets: true }, { tickets: false }]) {
    it.effect.each(seeds)(
      `every message is joined exactly with those of its Message-ID, tickets ${options.tickets}, seed %i`,
      (seed) =>
        Effect.gen(function* () {
          const calm = yield* labelledWorld(mailForLabels(randomOf(seed)), options)
          const { result: undisturbed } = yield* calm.run()
          const random = randomOf(seed)
          const world = yield* labelledWorld(mailForLabels(random), options)
          for (let life = 0; life < 3; life++) {
            const death = Math.floor(random() * 200)
            yield* world.start({
              sourceScript: schedule(random, 0.15),
              destinationScript: schedule(random, 0.25),
              killAt: ({ n }) => n === death
            })
          }
          const { result } = yield* world.run()
          assert.deepStrictEqual(labelled(world.destination), labelled(calm.destination))
          assert.strictEqual(result.outcome, "complete")
          assert.strictEqual(result.planned, undisturbed.planned)
          assert.strictEqual(unaccounted(result), 0)
          const merged = yield* world.ledger(({ joined }) => joined.merged)
          assert.strictEqual(merged.length, undisturbed.merged)
          const found = yield* world.verify()
          assert.deepInclude(found, { missing: 0, doubled: 0, foreign: 0, notMigrated: 0 })
          assert.deepInclude((yield* world.run()).result, { migrated: 0, merged: 0 })
        })
    )
  }
})
