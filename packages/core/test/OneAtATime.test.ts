import { assert, describe, it } from "@effect/vitest"
import { makeOneAtATime } from "@mailferry/core/OneAtATime.ts"
import { Deferred, Effect, Fiber } from "effect"

describe("work that takes turns by its key", () => {
  it.effect("of one key goes one after another, of another key beside it", () =>
    Effect.gen(function* () {
      const inTurn = makeOneAtATime()
      const begun: Array<string> = []
      const gate = yield* Deferred.make<void>()
      const work = (name: string) =>
        Effect.andThen(
          Effect.sync(() => begun.push(name)),
          Deferred.await(gate)
        )
      const fibers = yield* Effect.forEach(
        [inTurn("a")(work("a1")), inTurn("a")(work("a2")), inTurn("b")(work("b1"))],
        (work) => Effect.forkChild(work)
      )
      yield* Effect.yieldNow
      yield* Effect.yieldNow
      assert.deepStrictEqual(begun, ["a1", "b1"])
      yield* Deferred.succeed(gate, undefined)
      yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(begun, ["a1", "b1", "a2"])
    })
  )

  it.effect("that was interrupted while it waited keeps nobody from theirs", () =>
    Effect.gen(function* () {
      const inTurn = makeOneAtATime()
      const gate = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(inTurn("a")(Deferred.await(gate)))
      const second = yield* Effect.forkChild(inTurn("a")(Effect.void))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(second)
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(first)
      assert.strictEqual(yield* inTurn("a")(Effect.succeed("done")), "done")
    })
  )
})
