import { assert, describe, it } from "@effect/vitest"
import type { AppendRequest } from "@mailferry/core/Destination.ts"
import { LimitsStore } from "@mailferry/core/LimitsStore.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { bucketKey } from "@mailferry/core/PaceBudget.ts"
import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import { Clock, Duration, Effect, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"

import { lost, paced, receipt, request, scripted, start, throttled } from "./PacedDestination.ts"
import { octets, units } from "./PaceLimits.ts"
import { mailError } from "./Stubs.ts"
/** Dies when it is asked anything. */
const untouchable: LimitsStore["Service"] = {
  take: () => Effect.die("take"),
  rate: () => Effect.die("rate"),
  changeRate: () => Effect.die("changeRate"),
  hold: () => Effect.die("hold"),
  held: Effect.die("held"),
  alone: () => false
}

describe("a call to a destination with published limits", () => {
  it.effect(
    "uses 95 % and more of the bucket in half an hour of work, whatever a call takes, and never more",
    () =>
      Effect.gen(function* () {
        const at: Array<number> = []
        const append = () =>
          Effect.gen(function* () {
            at.push(yield* Clock.currentTimeMillis)
            yield* Effect.sleep("1500 millis")
            return receipt
          })
        const { guard } = yield* paced({ append })
        const workers = yield* Effect.forEach(Array.from({ length: 12 }), () =>
          start(Effect.forever(guard.append(request)))
        )
        yield* TestClock.adjust("30 minutes")
        yield* Fiber.interruptAll(workers)
        assert.isAtLeast(at.length * 25, 0.95 * 5400 * 30)
        assert.isAtMost(at.length * 25, 5400 * 30 + units.burst)
        const mostInAMinute = Math.max(
          ...at.map((begin, i) => at.slice(i, i + 300).filter((time) => time - begin < 60_000).length)
        )
        assert.isAtMost(mostInAMinute * 25, 5400 + units.burst)
      })
  )

  it.effect("pays by message where it describes, and by octet where it appends", () =>
    Effect.gen(function* () {
      const { append } = scripted(undefined)
      const describe = () => Effect.succeed([])
      const { guard, store } = yield* paced({ append, describe }, { limits: [units, octets] })
      yield* guard.describe(["INBOX"], [MessageLocator("1"), MessageLocator("2"), MessageLocator("3")])
      yield* guard.append(request)
      const spent = (limit: PaceLimit) =>
        Effect.map(store.rate(bucketKey(limit)), (rate) => Option.getOrThrow(rate).spent)
      assert.strictEqual(yield* spent(units), 3 * 20 + 25)
      assert.closeTo(yield* spent(octets), 1370, 1e-6)
    })
  )

  it.effect("that is several requests pays for each with its octets, and waits out a pause in between", () =>
    Effect.gen(function* () {
      const metered: PaceLimit = { ...octets, metered: { perRequest: 0, perOctet: 1 } }
      const requests: PaceLimit = {
        ...units,
        of: "requests",
        perCall: { append: 1 },
        metered: { perRequest: 1, perOctet: 0 }
      }
      const at: Array<number> = []
      let calls = 0
      const append = ({ spend }: AppendRequest) =>
        Effect.gen(function* () {
          if (++calls === 2) return yield* mailError(throttled({ retryAfter: Duration.minutes(2) }))
          for (const size of [3000, 2000, 100]) {
            yield* spend(size)
            at.push(yield* Clock.currentTimeMillis)
            yield* Effect.sleep("10 seconds")
          }
          return receipt
        })
      const { guard, store } = yield* paced({ append }, { limits: [requests, metered] })
      const long = yield* start(guard.append(request))
      yield* TestClock.adjust("5 seconds")
      const refused = yield* start(guard.append(request))
      yield* TestClock.adjust("1 minutes")
      assert.deepStrictEqual(at, [0])
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(long)
      yield* Fiber.join(refused)
      assert.isAtLeast(at[1] ?? 0, 125_000)
      const spent = (limit: PaceLimit) =>
        Effect.map(store.rate(bucketKey(limit)), (rate) => Option.getOrThrow(rate).spent)
      assert.strictEqual(yield* spent(metered), 2 * 5100)
      assert.strictEqual(yield* spent(requests), 6)
    })
  )

  it.effect("that costs nothing asks for no budget, and without limits nothing does", () =>
    Effect.gen(function* () {
      const { append } = scripted(undefined)
      const ensureMailbox = () => Effect.void
      const free = yield* paced({ ensureMailbox }, { store: untouchable })
      yield* free.guard.ensureMailbox(["Work"], Option.none())
      const unlimited = yield* paced({ append }, { limits: [], store: untouchable })
      assert.deepStrictEqual(yield* unlimited.guard.append(request), receipt)
    })
  )

  it.effect("pays again for each try", () =>
    Effect.gen(function* () {
      const { append } = scripted(lost, lost, undefined)
      const { guard, store } = yield* paced({ append })
      const fiber = yield* start(guard.append(request))
      yield* TestClock.adjust("1 minutes")
      yield* Fiber.join(fiber)
      assert.strictEqual(Option.getOrThrow(yield* store.rate(bucketKey(units))).spent, 75)
    })
  )

  it.effect("says so when its budget keeps it waiting for long, and what it waits for", () =>
    Effect.gen(function* () {
      const { append, at } = scripted(undefined)
      const slow: PaceLimit = { ...octets, amount: 2000, burst: 1370, per: Duration.hours(1) }
      const { events, guard } = yield* paced({ append }, { limits: [slow] })
      const fiber = yield* start(Effect.all([guard.append(request), guard.append(request)]))
      yield* TestClock.adjust("1 hours")
      yield* Fiber.join(fiber)
      assert.strictEqual(events.length, 1)
      assert.deepInclude(events[0], { _tag: "Pacing", side: "destination", of: "octets" })
      assert.closeTo(at[1] ?? 0, (1370 / 1800) * 3_600_000, 5)
    })
  )

  it.effect("is tried as often, and after such waits, as the service wants", () =>
    Effect.gen(function* () {
      const { append, at } = scripted(lost)
      const backoff = { first: Duration.seconds(15), longest: Duration.minutes(5), tries: 8 }
      const { guard } = yield* paced({ append }, { backoff })
      const fiber = yield* start(Effect.exit(guard.append(request)))
      yield* TestClock.adjust("30 minutes")
      yield* Fiber.join(fiber)
      const waits = at.slice(1).map((time, i) => (time - (at[i] ?? 0)) / 1000)
      const longest = [15, 30, 60, 120, 240, 300, 300]
      assert.strictEqual(waits.length, longest.length)
      for (const [i, wait] of waits.entries()) {
        assert.isAtMost(wait, longest[i] ?? 0)
        assert.isAtLeast(wait, 0.8 * (longest[i] ?? 0) - 0.001)
      }
    })
  )

  it.effect("is tried ten times, with waits that grow to 64 s", () =>
    Effect.gen(function* () {
      const { append, at } = scripted(lost)
      const { events, guard } = yield* paced({ append })
      const fiber = yield* start(Effect.flip(guard.append(request)))
      yield* TestClock.adjust("30 minutes")
      assert.strictEqual((yield* Fiber.join(fiber)).reason, lost)
      assert.strictEqual(at.length, 10)
      const waits = events.flatMap((event) => (event._tag === "Retrying" ? [event.inMillis] : []))
      const longest = [1, 2, 4, 8, 16, 32, 64, 64, 64].map((seconds) => seconds * 1000)
      assert.deepStrictEqual(
        waits.map((wait, i) => wait <= (longest[i] ?? 0)),
        longest.map(() => true)
      )
    })
  )

  it.effect("is not tried again half an hour after it failed first", () =>
    Effect.gen(function* () {
      let calls = 0
      const list = () =>
        Effect.suspend(() => {
          calls++
          return Effect.andThen(Effect.sleep("20 minutes"), mailError(lost, "list"))
        })
      const { guard } = yield* paced({ list })
      const fiber = yield* start(Effect.flip(guard.list(["INBOX"], Option.none())))
      yield* TestClock.adjust("2 hours")
      assert.strictEqual((yield* Fiber.join(fiber)).reason, lost)
      assert.strictEqual(calls, 3, "at 0, 20 and 40 minutes, and a little")
    })
  )
})

describe("a destination with published limits", () => {
  it.effect("is read with the same patience as it is written to", () =>
    Effect.gen(function* () {
      let calls = 0
      const fetch = () =>
        Effect.suspend(() => {
          calls++
          return Effect.fail(mailError(lost, "fetch"))
        })
      const { guard } = yield* paced({ fetch })
      const fiber = yield* start(Effect.flip(guard.fetch(["INBOX"], MessageLocator("1"))))
      yield* TestClock.adjust("30 minutes")
      yield* Fiber.join(fiber)
      assert.strictEqual(calls, 10)
    })
  )

  it.effect("gets few calls at once to begin with, and one more with each minute that nothing disturbs", () =>
    Effect.gen(function* () {
      let inFlight = 0
      let most = 0
      let refusals = 0
      const append = () =>
        Effect.gen(function* () {
          most = Math.max(most, ++inFlight)
          yield* Effect.sleep("5 seconds")
          inFlight--
          return refusals-- > 0 ? yield* mailError(throttled({ retryAfter: Duration.seconds(1) })) : receipt
        })
      const { guard } = yield* paced({ append }, { concurrentAtFirst: 2 })
      const workers = yield* Effect.forEach(Array.from({ length: 10 }), () =>
        start(Effect.forever(guard.append(request)))
      )
      const mostIn = Effect.fnUntraced(function* (seconds: number) {
        most = 0
        yield* TestClock.adjust(Duration.seconds(seconds))
        return most
      })
      assert.deepStrictEqual([yield* mostIn(58), yield* mostIn(58), yield* mostIn(58)], [2, 3, 4])
      refusals = 1
      yield* mostIn(10)
      assert.strictEqual(yield* mostIn(45), 4, "the quiet minute begins anew with the refusal")
      assert.strictEqual(yield* mostIn(30), 5)
      yield* Fiber.interruptAll(workers)
    })
  )
})
