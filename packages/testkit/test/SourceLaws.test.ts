import { assert, describe, it } from "@effect/vitest"
import { sourceLaws } from "@mailferry/testkit/SourceLaws.ts"
import { Effect, Exit, Layer } from "effect"

import { type BrokenSource, brokenSources } from "./broken/Sources.ts"

/** Names of the laws that this source does not keep. */
const caughtBy = Effect.fnUntraced(function* (it: BrokenSource) {
  const broken = yield* Effect.filter(
    sourceLaws,
    (law) => {
      const subject = it.subject()
      const check = Effect.scoped(Effect.provide(law.check(subject), Layer.fresh(subject.layer)))
      return Effect.map(Effect.exit(check), Exit.isFailure)
    },
    { concurrency: 16 }
  )
  return broken.map(({ name }) => name)
})

describe("every law has a broken source that only it catches", () => {
  it("names each law once", () => {
    assert.sameMembers(
      brokenSources.map(({ law }) => law),
      sourceLaws.map(({ name }) => name)
    )
  })
  for (const broken of brokenSources) {
    it.live(`a source that ${broken.name} breaks: ${broken.law}`, () =>
      Effect.map(caughtBy(broken), (caught) => assert.deepStrictEqual(caught, [broken.law]))
    )
  }
})
