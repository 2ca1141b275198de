import { assert, describe, it } from "@effect/vitest"
import type { AppendReceipt, AppendRequest, DestinationService } from "@mailferry/core/Destination.ts"
import { guardDestination } from "@mailferry/core/Guard.ts"
import { LimitsStore, makeLimitsAlone } from "@mailferry/core/LimitsStore.ts"
import { type MailErrorReason, Throttled, Transient } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { bucketKey } from "@mailferry/core/PaceBudget.ts"
import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import { Clock, DateTime, Duration, Effect, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"

import { octets, units } from "./PaceLimits.ts"
import { recordedEvents } from "./RecordedEvents.ts"
import { capabilities, mailError, stubDestination } from "./Stubs.ts"

const request: AppendRequest = {
  mailbox: ["INBOX"],
  labels: [],
  flags: new Set(),
  keywords: new Set(),
  internalDate: DateTime.makeUnsafe(0),
  messageId: Option.none(),
  bytes: new Uint8Array(1000),
  note: () => Effect.void
}
const receipt: AppendReceipt = { locator: Option.none() }
const throttled = (fields: Omit<ConstructorParameters<typeof Throttled>[0], "detail">) =>
  new Throttled({ detail: "slow down", ...fields })
const lost = new Transient({ detail: "connection lost", applied: "no" })

const start = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.forkChild(effect, { startImmediately: true })

/** An append that answers in this order, the last for ever, and when it was called; `undefined` is success. */
const scripted = (...reasons: ReadonlyArray<MailErrorReason | undefined>) => {
  const at: Array<number> = []
  const append = () =>
    Effect.gen(function* () {
      const reason = reasons[Math.min(at.length, reasons.length - 1)]
      at.push(yield* Clock.currentTimeMillis)
      return reason === undefined ? receipt : yield* mailError(reason)
    })
  return { at, append }
}

interface Paced {
  readonly concurrentAtFirst?: number
  readonly limits?: ReadonlyArray<PaceLimit>
  readonly concurrentCalls?: number
  readonly store?: LimitsStore["Service"]
}

const paced = Effect.fnUntraced(function* (
  destination: Partial<DestinationService>,
  { concurrentAtFirst = 8, concurrentCalls = 8, limits = [units], store }: Paced = {}
) {
  const { events, layer, tags } = recordedEvents()
  const attemptTimeout = Duration.hours(1)
  const pace = { concurrentAtFirst, concurrentCalls, attemptTimeout, limits }
  const kept = store ?? (yield* makeLimitsAlone)
  const guard = yield* guardDestination(
    stubDestination({ ...destination, capabilities: { ...capabilities, pace } })
  ).pipe(Effect.provide(layer), Effect.provideService(LimitsStore, kept))
  return { guard, events, tags, store: kept }
})

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
