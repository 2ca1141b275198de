import { assert, describe, it } from "@effect/vitest"
import { Transient } from "@mailferry/core/MailError.ts"
import { bucketKey } from "@mailferry/core/PaceBudget.ts"
import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import { Duration, Effect, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"

import { lost, paced, receipt, request, scripted, start, throttled } from "./PacedDestination.ts"
import { units } from "./PaceLimits.ts"
import { mailError } from "./Stubs.ts"
describe("an account with published limits that refuses a call", () => {
  it.effect("has its half hour of trouble counted from the end of the pause", () =>
    Effect.gen(function* () {
      const answers = [lost, throttled({ retryAfter: Duration.minutes(1) }), lost, lost, undefined]
      let calls = 0
      const list = () =>
        Effect.gen(function* () {
          const reason = answers[calls++]
          yield* Effect.sleep("20 minutes")
          if (reason !== undefined) return yield* mailError(reason, "list")
          return { entries: [], next: Option.none(), epoch: "1" }
        })
      const { guard } = yield* paced({ list })
      const fiber = yield* start(Effect.exit(guard.list(["INBOX"], Option.none())))
      yield* TestClock.adjust("3 hours")
      yield* Effect.flatten(Fiber.join(fiber))
      assert.strictEqual(calls, 5)
    })
  )

  it.effect("is left alone for exactly as long as it says and up to 5 s more, by every worker", () =>
    Effect.gen(function* () {
      const { append, at } = scripted(throttled({ retryAfter: Duration.minutes(10) }), undefined)
      const { guard } = yield* paced({ append }, { concurrentCalls: 1 })
      const fiber = yield* start(
        Effect.forEach(Array.from({ length: 4 }), () => guard.append(request), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(at.length, 1)
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(fiber)
      assert.strictEqual(at.length, 5)
      assert.isAbove(at[1] ?? 0, 600_000)
    })
  )

  it.effect("is left alone as long as it says although nobody knows what became of the call", () =>
    Effect.gen(function* () {
      const unknown = new Transient({
        detail: "unavailable",
        applied: "unknown",
        retryAfter: Duration.minutes(10)
      })
      let looked = 0
      const find = () => Effect.sync(() => (looked++, []))
      const { guard } = yield* paced({ append: () => mailError(unknown), find })
      const sought = {
        stableId: Option.none(),
        messageId: Option.none(),
        size: 1,
        internalDate: request.internalDate
      }
      yield* Effect.exit(guard.append(request))
      const fiber = yield* start(guard.find(["INBOX"], sought))
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(looked, 0)
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(fiber)
      assert.strictEqual(looked, 1)
    })
  )

  it.effect("is left alone by other jobs too, and by the next start", () =>
    Effect.gen(function* () {
      const refusing = scripted(throttled({ retryAfter: Duration.minutes(10) }))
      const first = yield* paced({ append: refusing.append })
      const crashed = yield* start(first.guard.append(request))
      yield* TestClock.adjust("1 minutes")
      yield* Fiber.interrupt(crashed)

      const { append, at } = scripted(undefined)
      const next = yield* paced({ append }, { store: first.store })
      const fiber = yield* start(next.guard.append(request))
      yield* TestClock.adjust("9 minutes")
      assert.deepStrictEqual(at, [])
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(next.tags(), ["Paused", "Resumed"])
      const [paused] = next.events
      assert.deepInclude(paused, { _tag: "Paused", detail: "slow down" })
    })
  )

  it.effect(
    "that another job was told to leave alone gets nothing from a call that already waits for its budget",
    () =>
      Effect.gen(function* () {
        const { append, at } = scripted(undefined)
        const slow: PaceLimit = { ...units, burst: 25 }
        const { guard, store } = yield* paced({ append }, { limits: [slow] })
        const fiber = yield* start(
          Effect.forEach([1, 2], () => guard.append(request), { concurrency: "unbounded" })
        )
        yield* store.hold({ since: 0, until: 60_000, detail: "told another job" })
        yield* TestClock.adjust("60 seconds")
        assert.deepStrictEqual(at, [0])
        yield* TestClock.adjust("5 seconds")
        yield* Fiber.join(fiber)
        assert.strictEqual(at.length, 2)
      })
  )

  it.effect("is not left alone for a pause that was noted by a clock that was wrong", () =>
    Effect.gen(function* () {
      const { append, at } = scripted(undefined)
      const { guard, store } = yield* paced({ append })
      const since = 400 * 86_400_000
      yield* store.hold({ since, until: since + 60_000, detail: "next year" })
      yield* guard.append(request)
      assert.deepStrictEqual(at, [0])
    })
  )

  it.effect("for its rate is asked again in the next minute, and more slowly from then on", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(42_000)
      const { append, at } = scripted(throttled({ over: "rate" }), undefined)
      const { guard, store } = yield* paced({ append })
      const fiber = yield* start(guard.append(request))
      yield* TestClock.adjust("18 seconds")
      assert.strictEqual(at.length, 1)
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(fiber)
      assert.strictEqual(Option.getOrThrow(yield* store.rate(bucketKey(units))).amount, 4050)
    })
  )

  it.effect("for too many calls at once gets half of them, after a second", () =>
    Effect.gen(function* () {
      let inFlight = 0
      let most = 0
      let refusals = 1
      const append = () =>
        Effect.gen(function* () {
          most = Math.max(most, ++inFlight)
          yield* Effect.sleep("100 millis")
          inFlight--
          if (refusals-- > 0) return yield* mailError(throttled({ over: "concurrency" }))
          return receipt
        })
      const { guard, store } = yield* paced({ append })
      const appends = Effect.forEach(Array.from({ length: 20 }), () => guard.append(request), {
        concurrency: "unbounded"
      })
      const first = yield* start(appends)
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(first)
      assert.strictEqual(most, 8)
      most = 0
      const second = yield* start(appends)
      yield* TestClock.adjust("20 seconds")
      yield* Fiber.join(second)
      assert.strictEqual(most, 4)
      assert.deepStrictEqual(yield* store.held, Option.none())
      assert.strictEqual(Option.getOrThrow(yield* store.rate(bucketKey(units))).amount, 5400)
    })
  )

  it.effect("for its day ends the run with when to come back, and the next start does not even ask", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 10, 21, 12, 0, 20))
      const { append, at } = scripted(throttled({ over: "day" }))
      const { guard, store } = yield* paced({ append })
      const { reason, side } = yield* Effect.flip(guard.append(request))
      assert.strictEqual(side, "destination")
      assert.deepInclude(reason, { _tag: "Throttled", detail: "slow down" })
      assert.match(reason.advice ?? "", /again after 2026-11-21 13:01 UTC: it goes on where it stopped/u)

      const next = yield* paced({ append }, { store })
      assert.strictEqual((yield* Effect.flip(next.guard.append(request))).reason._tag, "Throttled")
      assert.strictEqual(at.length, 1)
      const later = yield* start(Effect.flip(next.guard.append(request)))
      yield* TestClock.adjust("1 hours")
      yield* Fiber.join(later)
      const again = yield* paced({ append }, { store })
      yield* Effect.flip(again.guard.append(request))
      assert.strictEqual(at.length, 2, "an hour later it is asked once more")
    })
  )

  it.effect("for longer than a run waits ends it for those who wait too", () =>
    Effect.gen(function* () {
      const { append, at } = scripted(throttled({ retryAfter: Duration.hours(3) }))
      const { guard } = yield* paced({ append }, { concurrentCalls: 1 })
      const fiber = yield* start(
        Effect.forEach(Array.from({ length: 5 }), () => Effect.flip(guard.append(request)), {
          concurrency: "unbounded"
        })
      )
      yield* TestClock.adjust("1 seconds")
      const reasons = (yield* Fiber.join(fiber)).map(({ reason }) => reason._tag)
      assert.deepStrictEqual(
        reasons,
        Array.from({ length: 5 }, () => "Throttled")
      )
      assert.strictEqual(at.length, 1)
    })
  )
})

describe("a service's last word on a message", () => {
  const notNow = new Transient({
    detail: "Precondition check failed.",
    advice: "Look at the message.",
    applied: "no",
    atMost: 5
  })

  it.effect("sets the message aside with the same words and advice", () =>
    Effect.gen(function* () {
      const { append, at } = scripted(notNow)
      const { guard } = yield* paced({ append })
      const fiber = yield* start(Effect.flip(guard.append(request)))
      yield* TestClock.adjust("10 minutes")
      const { reason, side } = yield* Fiber.join(fiber)
      assert.deepInclude(reason, {
        _tag: "MessageRejected",
        why: "unclassified",
        detail: "Precondition check failed.",
        advice: "Look at the message."
      })
      assert.strictEqual(side, "destination")
      assert.strictEqual(at.length, 5)
    })
  )

  it.effect("counts that answer and no other", () =>
    Effect.gen(function* () {
      const twice = new Transient({ detail: "Bad Request", applied: "no", atMost: 2, alone: true })
      const { append, at } = scripted(lost, twice, lost, undefined)
      const { guard } = yield* paced({ append })
      const fiber = yield* start(guard.append(request))
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(yield* Fiber.join(fiber), receipt)
      assert.strictEqual(at.length, 4)
    })
  )

  it.effect("is no verdict on a message where none was asked about", () =>
    Effect.gen(function* () {
      let calls = 0
      const list = () =>
        Effect.suspend(() => {
          calls++
          return Effect.fail(mailError(notNow, "list"))
        })
      const { guard } = yield* paced({ list })
      const fiber = yield* start(Effect.flip(guard.list(["INBOX"], Option.none())))
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual((yield* Fiber.join(fiber)).reason, notNow)
      assert.strictEqual(calls, 5)
    })
  )
})
