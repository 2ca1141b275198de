import { assert, describe, it } from "@effect/vitest"
import { makeAccountGate } from "@mailferry/core/AccountGate.ts"
import { Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

import { recordedEvents } from "./RecordedEvents.ts"

const makeGate = Effect.sync(() => {
  const { events, service, tags } = recordedEvents()
  const gate = makeAccountGate("destination", service)
  let passed = 0
  const pass = Effect.andThen(
    gate.open,
    Effect.sync(() => void passed++)
  )
  const refuse = Effect.fnUntraced(function* (wait: Duration.Duration | undefined) {
    yield* gate.close(wait, "slow down")
    yield* gate.open
  })
  const start = <A, E>(effect: Effect.Effect<A, E>) => Effect.forkChild(effect, { startImmediately: true })
  return { events, gate, pass, refuse, passes: () => passed, start, tags }
})

const seconds = Duration.seconds

describe("makeAccountGate", () => {
  it.effect("is open until somebody is asked to wait", () =>
    Effect.gen(function* () {
      const { pass, passes } = yield* makeGate
      yield* pass
      assert.strictEqual(passes(), 1)
    })
  )

  it.effect("keeps every call of the account waiting for exactly the stated time", () =>
    Effect.gen(function* () {
      const { pass, passes, refuse, start } = yield* makeGate
      yield* start(refuse(seconds(60)))
      yield* start(pass)
      yield* start(pass)
      yield* TestClock.adjust("59999 millis")
      assert.strictEqual(passes(), 0)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(passes(), 2)
    })
  )

  it.effect("waits longer when a longer wait is asked for meanwhile", () =>
    Effect.gen(function* () {
      const { pass, passes, refuse, start } = yield* makeGate
      yield* start(refuse(seconds(10)))
      yield* TestClock.adjust("5 seconds")
      yield* start(refuse(seconds(60)))
      yield* start(pass)
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(passes(), 0)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(passes(), 1)
    })
  )

  it.effect("is not shortened by a shorter wait asked for meanwhile", () =>
    Effect.gen(function* () {
      const { pass, passes, refuse, start } = yield* makeGate
      yield* start(refuse(seconds(60)))
      yield* start(refuse(seconds(1)))
      yield* start(pass)
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(passes(), 0)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(passes(), 1)
    })
  )

  it.effect("doubles its own guess from 15 s up to 5 min while refusals follow each other", () =>
    Effect.gen(function* () {
      const { events, refuse, start } = yield* makeGate
      for (let refusal = 0; refusal < 7; refusal++) {
        const fiber = yield* start(refuse(undefined))
        yield* TestClock.adjust("5 minutes")
        yield* Fiber.join(fiber)
      }
      const waits = events.flatMap((event) => (event._tag === "Paused" ? [event.forMillis / 1000] : []))
      assert.deepStrictEqual(waits, [15, 30, 60, 120, 240, 300, 300])
    })
  )

  it.effect("guesses short again once the service has answered", () =>
    Effect.gen(function* () {
      const { events, gate, refuse, start } = yield* makeGate
      for (let refusal = 0; refusal < 3; refusal++) {
        yield* start(refuse(undefined))
        yield* TestClock.adjust("5 minutes")
      }
      yield* gate.answered
      yield* start(refuse(undefined))
      assert.deepInclude(events.at(-1), { _tag: "Paused", forMillis: 15_000 })
    })
  )

  it.effect("counts refusals that arrive together as one", () =>
    Effect.gen(function* () {
      const { events, refuse, start } = yield* makeGate
      yield* Effect.forEach(Array.from({ length: 8 }), () => start(refuse(undefined)), {
        discard: true
      })
      yield* TestClock.adjust("15 seconds")
      yield* start(refuse(undefined))
      const waits = events.flatMap((event) => (event._tag === "Paused" ? [event.forMillis / 1000] : []))
      assert.deepStrictEqual(waits, [15, 30])
    })
  )

  it.effect("says once that it paused, why, and once that it went on", () =>
    Effect.gen(function* () {
      const { events, refuse, start } = yield* makeGate
      yield* start(refuse(seconds(5)))
      yield* start(refuse(seconds(5)))
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(events, [
        { _tag: "Paused", side: "destination", forMillis: 5000, detail: "slow down" },
        { _tag: "Resumed", side: "destination" }
      ])
    })
  )

  it.effect("stays closed for the others when the call that was told to wait is given up", () =>
    Effect.gen(function* () {
      const { pass, passes, refuse, start } = yield* makeGate
      const told = yield* start(refuse(seconds(60)))
      yield* start(pass)
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.interrupt(told)
      yield* TestClock.adjust("58 seconds")
      assert.strictEqual(passes(), 0)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(passes(), 1)
    })
  )

  it.effect(
    "waits half an hour out, and ends the run over a longer pause at once, with when to come back",
    () =>
      Effect.gen(function* () {
        const { gate, pass, passes, start } = yield* makeGate
        yield* gate.close(Duration.minutes(30), "half an hour")
        const waiting = yield* start(pass)
        yield* TestClock.adjust("30 minutes")
        yield* Fiber.join(waiting)
        assert.strictEqual(passes(), 1)
        yield* gate.close(Duration.minutes(31), "longer")
        const { detail, left, until } = yield* Effect.flip(pass)
        assert.strictEqual(detail, "longer")
        assert.strictEqual(until, 61 * 60_000)
        assert.strictEqual(Duration.toMinutes(left), 31)
      })
  )

  it.effect("ends the run for those who wait already when the pause grows too long", () =>
    Effect.gen(function* () {
      const { gate, pass, start } = yield* makeGate
      yield* gate.close(Duration.minutes(1), "a minute")
      const waiting = yield* start(Effect.flip(pass))
      yield* gate.close(Duration.hours(3), "three hours")
      yield* TestClock.adjust("1 minutes")
      assert.strictEqual((yield* Fiber.join(waiting)).detail, "three hours")
    })
  )

  it.effect("ends the run when two hours of refusals had no answer in between", () =>
    Effect.gen(function* () {
      const { gate, refuse, start } = yield* makeGate
      const refuseFor = Effect.fnUntraced(function* (times: number) {
        for (let refusal = 0; refusal < times; refusal++) {
          const fiber = yield* start(refuse(Duration.minutes(25)))
          yield* TestClock.adjust("25 minutes")
          yield* Fiber.join(fiber)
        }
      })
      yield* refuseFor(4)
      yield* gate.answered
      yield* refuseFor(4)
      assert.strictEqual((yield* Effect.flip(refuse(Duration.minutes(25)))).detail, "slow down")
    })
  )
})
