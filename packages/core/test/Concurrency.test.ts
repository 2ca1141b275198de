import { assert, describe, it } from "@effect/vitest"
import { makeConcurrency } from "@mailferry/core/Concurrency.ts"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

const pace = { concurrentCalls: 8, concurrentAtFirst: 4 }

/** How many calls get through at one time. */
const inFlight = ({ withPermit }: Effect.Success<ReturnType<typeof makeConcurrency>>) =>
  Effect.gen(function* () {
    let begun = 0
    const call = withPermit(
      Effect.andThen(
        Effect.sync(() => begun++),
        Effect.never
      )
    )
    const fibers = yield* Effect.forEach(Array.from({ length: 20 }), () =>
      Effect.forkChild(call, { startImmediately: true })
    )
    yield* Fiber.interruptAll(fibers)
    return begun
  })

describe("the number of calls in flight", () => {
  it.effect("is what the pace allows at once where it says nothing else", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* inFlight(yield* makeConcurrency({ concurrentCalls: 8 })), 8)
    })
  )

  it.effect("begins low and grows by one with each quiet minute, up to the most", () =>
    Effect.gen(function* () {
      const calls = yield* makeConcurrency(pace)
      const grown: Array<number> = []
      for (let minute = 0; minute < 6; minute++) {
        yield* calls.answered
        grown.push(yield* inFlight(calls))
        yield* TestClock.adjust("30 seconds")
        yield* calls.answered
        yield* TestClock.adjust("30 seconds")
      }
      assert.deepStrictEqual(grown, [4, 5, 6, 7, 8, 8])
    })
  )

  it.effect(
    "is halved by a refusal, once for those that were refused together, and never less than one",
    () =>
      Effect.gen(function* () {
        const calls = yield* makeConcurrency({ concurrentCalls: 8 })
        const left: Array<number> = []
        for (const sentAt of [0, 0, 1500, 5500, 8000]) {
          yield* TestClock.adjust("1 seconds")
          yield* calls.tooMany(sentAt)
          left.push(yield* inFlight(calls))
          yield* TestClock.adjust("1 seconds")
        }
        assert.deepStrictEqual(left, [4, 4, 2, 1, 1])
      })
  )

  it.effect("does not grow in a minute that a refusal disturbed", () =>
    Effect.gen(function* () {
      const calls = yield* makeConcurrency(pace)
      yield* TestClock.adjust("50 seconds")
      yield* calls.disturbed
      yield* TestClock.adjust("50 seconds")
      yield* calls.answered
      assert.strictEqual(yield* inFlight(calls), 4)
      yield* TestClock.adjust("10 seconds")
      yield* calls.answered
      assert.strictEqual(yield* inFlight(calls), 5)
    })
  )
})
