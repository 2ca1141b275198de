import { assert, describe, it } from "@effect/vitest"
import { makeByteBudget } from "@mailferry/core/ByteBudget.ts"
import { Deferred, Effect, Exit, Fiber } from "effect"

/** Work that begins when the budget lets it, says so, and ends when told to. */
const makeWork = (budget: ReturnType<typeof makeByteBudget>) => {
  const begun: Array<string> = []
  const start = Effect.fnUntraced(function* (name: string, octets: number) {
    const end = yield* Deferred.make<void>()
    const body = Effect.andThen(
      Effect.sync(() => begun.push(name)),
      Deferred.await(end)
    )
    const fiber = yield* Effect.forkChild(budget.with(octets)(body), { startImmediately: true })
    const finish = Effect.andThen(Deferred.succeed(end, undefined), Fiber.await(fiber))
    return { fiber, finish }
  })
  return { begun, start }
}

describe("makeByteBudget", () => {
  it.effect("runs together what fits together", () =>
    Effect.gen(function* () {
      const { begun, start } = makeWork(makeByteBudget(100))
      yield* start("a", 60)
      yield* start("b", 40)
      yield* start("c", 1)
      assert.deepStrictEqual(begun, ["a", "b"])
    })
  )

  it.effect("lets no small message overtake a large one that waits", () =>
    Effect.gen(function* () {
      const { begun, start } = makeWork(makeByteBudget(100))
      const first = yield* start("first", 60)
      const large = yield* start("large", 80)
      const small = yield* start("small", 10)
      assert.deepStrictEqual(begun, ["first"], "10 octets would fit, but the large one was there before")
      yield* first.finish
      assert.deepStrictEqual(begun, ["first", "large", "small"])
      yield* large.finish
      yield* small.finish
    })
  )

  it.effect("runs a message above the whole budget alone instead of never", () =>
    Effect.gen(function* () {
      const { begun, start } = makeWork(makeByteBudget(100))
      const small = yield* start("small", 1)
      const huge = yield* start("huge", 5000)
      const next = yield* start("next", 1)
      assert.deepStrictEqual(begun, ["small"])
      yield* small.finish
      assert.deepStrictEqual(begun, ["small", "huge"])
      yield* huge.finish
      assert.deepStrictEqual(begun, ["small", "huge", "next"])
      yield* next.finish
    })
  )

  it.effect("takes a size below nothing for nothing", () =>
    Effect.gen(function* () {
      const { begun, start } = makeWork(makeByteBudget(10))
      yield* start("whole", 10)
      yield* start("negative", -5)
      const one = yield* start("one", 1)
      assert.deepStrictEqual(begun, ["whole", "negative"])
      yield* Fiber.interrupt(one.fiber)
    })
  )

  it.effect("gives the octets back when the work fails or dies", () =>
    Effect.gen(function* () {
      const budget = makeByteBudget(10)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(budget.with(10)(Effect.fail("no")))))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(budget.with(10)(Effect.die("bug")))))
      assert.strictEqual(yield* budget.with(10)(Effect.succeed("ran")), "ran")
    })
  )

  it.effect("gives the octets back when the work is interrupted", () =>
    Effect.gen(function* () {
      const { begun, start } = makeWork(makeByteBudget(10))
      const first = yield* start("first", 10)
      yield* start("second", 10)
      yield* Fiber.interrupt(first.fiber)
      assert.deepStrictEqual(begun, ["first", "second"])
    })
  )

  it.effect("lets the next one through when a large waiter gives up", () =>
    Effect.gen(function* () {
      const { begun, start } = makeWork(makeByteBudget(10))
      const first = yield* start("first", 6)
      const large = yield* start("large", 10)
      yield* start("small", 4)
      assert.deepStrictEqual(begun, ["first"])
      yield* Fiber.interrupt(large.fiber)
      assert.deepStrictEqual(begun, ["first", "small"])
      yield* first.finish
    })
  )

  it.effect("loses no octet over a thousand uses cut off anywhere", () =>
    Effect.gen(function* () {
      const budget = makeByteBudget(64)
      let inUse = 0
      let most = 0
      const use = (octets: number) =>
        budget.with(octets)(
          Effect.ensuring(
            Effect.andThen(
              Effect.sync(() => {
                inUse += octets
                most = Math.max(most, inUse)
              }),
              Effect.yieldNow
            ),
            Effect.sync(() => {
              inUse -= octets
            })
          )
        )
      yield* Effect.forEach(
        Array.from({ length: 1000 }, (_, i) => i),
        (i) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(use((i * 7) % 65))
            for (let turns = i % 4; turns > 0; turns--) yield* Effect.yieldNow
            if (i % 3 === 0) yield* Fiber.interrupt(fiber)
            else yield* Fiber.await(fiber)
          }),
        { concurrency: 16, discard: true }
      )
      assert.strictEqual(inUse, 0)
      assert.isAtMost(most, 64)
      assert.strictEqual(yield* budget.with(64)(Effect.succeed("whole")), "whole", "all of it is free again")
    })
  )
})
