import { assert, describe, it } from "@effect/vitest"
import { destinationLaws } from "@mailferry/testkit/DestinationLaws.ts"
import { Effect, Exit, Layer } from "effect"

import { type BrokenDestination, subjectOf } from "./broken/Broken.ts"
import { brokenCopies, brokenFinds } from "./broken/Copies.ts"
import { brokenAppends, brokenMailboxes } from "./broken/MailboxesAndAppends.ts"
import { brokenReadings } from "./broken/Readings.ts"
import { brokenTickets } from "./broken/Tickets.ts"

const all: ReadonlyArray<BrokenDestination> = [
  ...brokenMailboxes,
  ...brokenAppends,
  ...brokenReadings,
  ...brokenFinds,
  ...brokenCopies,
  ...brokenTickets
]

/** Names of the laws that this destination does not keep. */
const caughtBy = Effect.fnUntraced(function* (it: BrokenDestination) {
  const broken = yield* Effect.filter(
    destinationLaws,
    (law) => {
      const subject = subjectOf(it)
      const check = Effect.scoped(Effect.provide(law.check(subject), Layer.fresh(subject.layer)))
      return Effect.map(Effect.exit(check), Exit.isFailure)
    },
    { concurrency: 16 }
  )
  return broken.map(({ name }) => name)
})

describe("every law has a broken destination that only it catches", () => {
  it("names each law once", () => {
    assert.sameMembers(
      all.map(({ law }) => law),
      destinationLaws.map(({ name }) => name)
    )
  })
  for (const broken of all) {
    it.live(`a destination that ${broken.name} breaks: ${broken.law}`, () =>
      Effect.map(caughtBy(broken), (caught) => assert.deepStrictEqual(caught, [broken.law]))
    )
  }
})
