import { assert, describe, it } from "@effect/vitest"
import { buildLiteral } from "@mailferry/rehearsal/bridge/BridgeLiteral.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import { Effect } from "effect"

import { readAll } from "./support/Reading.ts"
import { rehearse, sourceOn } from "./support/Rehearsed.ts"

describe("the sample account, with every oddity known", () => {
  it.live("gives every message Bridge shows, once each, to the octet", () =>
    Effect.gen(function* () {
      const account = sampleMailbox({ messages: 120, largest: 200_000 })
      const bridge = yield* rehearse({ account })
      const octets = yield* readAll(yield* sourceOn(bridge))
      const shown = account.messages.filter(({ trouble }) => trouble !== "skipped")
      assert.sameMembers(
        [...octets.keys()],
        shown.map(({ id }) => id)
      )
      const altered = shown.filter(
        (each) => !buildLiteral(each).equals(octets.get(each.id) ?? Buffer.alloc(0))
      )
      assert.deepStrictEqual(
        altered.map(({ id }) => id),
        []
      )
      assert.deepStrictEqual(bridge.writes, [])
    })
  )
})
