import { assert, describe, it } from "@effect/vitest"
import type { AppendReceipt, AppendRequest, DestinationService } from "@mailferry/core/Destination.ts"
import { guardDestination, guardSource } from "@mailferry/core/Guard.ts"
import {
  AuthFailed,
  Fatal,
  MailboxRejected,
  MailError,
  type MailErrorReason,
  MessageRejected,
  QuotaExceeded,
  Throttled,
  Transient
} from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { DateTime, Duration, Effect, Exit, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"

import { recordedEvents } from "./RecordedEvents.ts"
import { capabilities, mailError, stubDestination, stubReader } from "./Stubs.ts"

const lost = new Transient({ detail: "connection lost", applied: "no" })
const unknown = new Transient({ detail: "connection lost after the literal", applied: "unknown" })
const throttled = (seconds?: number) =>
  new Throttled({
    detail: "slow down",
    ...(seconds === undefined ? {} : { retryAfter: Duration.seconds(seconds) })
  })

/** Answers in this order, the last for ever; `undefined` is success. */
const answers = (...reasons: ReadonlyArray<MailErrorReason | undefined>) => {
  let calls = 0
  return {
    calls: () => calls,
    call: Effect.suspend(() => {
      const reason = reasons[Math.min(calls++, reasons.length - 1)]
      return reason === undefined ? Effect.succeed(undefined) : Effect.fail(mailError(reason, "fetch"))
    })
  }
}

const locator = MessageLocator("1:1")
const request: AppendRequest = {
  mailbox: ["INBOX"],
  labels: [],
  flags: new Set(),
  keywords: new Set(),
  internalDate: DateTime.makeUnsafe(0),
  messageId: Option.none(),
  bytes: new Uint8Array(1),
  ticket: Effect.succeedNone,
  migrationKey: "0".repeat(64),
  lose: () => Effect.void,
  spend: () => Effect.void,
  note: () => Effect.void
}
const receipt: AppendReceipt = { locator: Option.none() }

const start = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.forkChild(effect, { startImmediately: true })

/** A guarded `end`, and an hour of test time in which it has to come to its end. */
const guardedEnd = Effect.fnUntraced(function* (script: ReturnType<typeof answers>) {
  const { events, layer } = recordedEvents()
  const reader = stubReader({ end: () => Effect.as(script.call, Option.none()) })
  const source = yield* guardSource(reader).pipe(Effect.provide(layer))
  const fiber = yield* start(Effect.exit(source.end(["INBOX"])))
  yield* TestClock.adjust("1 hours")
  return { exit: yield* Fiber.join(fiber), events }
})

const guarded = Effect.fnUntraced(function* (
  destination: Partial<DestinationService>,
  limits: Parameters<typeof guardDestination>[1] = {}
) {
  const { events, layer, tags } = recordedEvents()
  const guard = yield* guardDestination(stubDestination(destination), limits).pipe(Effect.provide(layer))
  return { guard, events, tags }
})

const failureOf = <A, E>(exit: Exit.Exit<A, E>): E => {
  const failure = Exit.findErrorOption(exit)
  assert.isTrue(Option.isSome(failure), "it failed, and did not die")
  return Option.getOrThrow(failure)
}

describe("a guarded call", () => {
  it.effect("is tried again until it succeeds", () =>
    Effect.gen(function* () {
      const script = answers(lost, lost, undefined)
      const { events, exit } = yield* guardedEnd(script)
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(script.calls(), 3)
      assert.deepStrictEqual(
        events.map((event) => event._tag === "Retrying" && [event.side, event.operation, event.attempt]),
        [
          ["source", "end", 1],
          ["source", "end", 2]
        ]
      )
    })
  )

  it.effect("is given up after eight tries beyond the first, with waits that grow to 30 s", () =>
    Effect.gen(function* () {
      const script = answers(lost)
      const { events, exit } = yield* guardedEnd(script)
      assert.strictEqual(failureOf(exit).reason._tag, "Transient")
      assert.strictEqual(script.calls(), 9)
      const waits = events.flatMap((event) => (event._tag === "Retrying" ? [event.inMillis] : []))
      const longest = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
      assert.deepStrictEqual(
        waits.map((wait, i) => longest.slice(i, i + 1).filter((most) => wait >= most / 2 && wait <= most)),
        longest.map((most) => [most])
      )
    })
  )

  it.effect.each(["fetch", "describe", "glimpse"] as const)(
    "is given up after two tries beyond the first when it reads messages: %s",
    (operation) =>
      Effect.gen(function* () {
        const { layer } = recordedEvents()
        const script = answers(lost)
        const call = () => Effect.andThen(script.call, Effect.die("it never succeeds"))
        const reader = stubReader({ fetch: call, describe: call, glimpse: call })
        const source = yield* guardSource(reader).pipe(Effect.provide(layer))
        const reads = {
          fetch: Effect.asVoid(source.fetch(["INBOX"], locator)),
          describe: Effect.asVoid(source.describe(["INBOX"], [locator])),
          glimpse: Effect.asVoid(source.glimpse(["INBOX"], locator))
        }
        const fiber = yield* start(Effect.exit(reads[operation]))
        yield* TestClock.adjust("1 minutes")
        assert.strictEqual(failureOf(yield* Fiber.join(fiber)).reason._tag, "Transient")
        assert.strictEqual(script.calls(), 3)
      })
  )

  it.effect("is tried again after an unknown outcome when repeating it does no harm", () =>
    Effect.gen(function* () {
      const script = answers(unknown, undefined)
      const { exit } = yield* guardedEnd(script)
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(script.calls(), 2)
    })
  )

  it.effect("uses up no tries on pauses, however many there are", () =>
    Effect.gen(function* () {
      const pauses = Array.from({ length: 40 }, () => throttled(5))
      const script = answers(lost, ...pauses, lost, undefined)
      const { events, exit } = yield* guardedEnd(script)
      assert.isTrue(Exit.isSuccess(exit))
      const attempts = events.flatMap((event) => (event._tag === "Retrying" ? [event.attempt] : []))
      assert.deepStrictEqual(attempts, [1, 2])
    })
  )

  it.effect.each([
    new AuthFailed({ detail: "no" }),
    new QuotaExceeded({ detail: "no" }),
    new Fatal({ detail: "no" }),
    new MessageRejected({ detail: "no", why: "policy" }),
    new MailboxRejected({ detail: "no", why: "permission" })
  ])("is not repeated when the answer is $_tag", (reason) =>
    Effect.gen(function* () {
      const script = answers(reason)
      const { exit } = yield* guardedEnd(script)
      assert.strictEqual(failureOf(exit).reason, reason)
      assert.strictEqual(script.calls(), 1)
    })
  )

  it.effect("says on which side it failed, unless that is known already", () =>
    Effect.gen(function* () {
      const { exit } = yield* guardedEnd(answers(new Fatal({ detail: "no" })))
      assert.strictEqual(failureOf(exit).side, "source")

      const named = new MailError({
        adapter: "stub",
        operation: "end",
        side: "source",
        reason: new Fatal({ detail: "no" })
      })
      const { guard } = yield* guarded({
        find: () => Effect.fail(mailError(new Fatal({ detail: "no" }), "find")),
        end: () => Effect.fail(named)
      })
      const find = guard.find(["INBOX"], {
        ...request,
        stableId: Option.none(),
        size: 1
      })
      assert.strictEqual((yield* Effect.flip(find)).side, "destination")
      assert.strictEqual((yield* Effect.flip(guard.end(["INBOX"]))).side, "source")
    })
  )

  it.effect("counts no answer within the attempt timeout as an unknown outcome", () =>
    Effect.gen(function* () {
      let begun = 0
      const silent = Effect.suspend(() => {
        begun++
        return Effect.never
      })
      const { guard } = yield* guarded({ append: () => silent })
      const fiber = yield* start(Effect.flip(guard.append(request)))
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 seconds")
      const { operation, reason } = yield* Fiber.join(fiber)
      assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
      assert.strictEqual(operation, "append")
      assert.strictEqual(begun, 1)
    })
  )

  it.effect("does not count the wait for its turn as waiting for an answer", () =>
    Effect.gen(function* () {
      const { guard } = yield* guarded(
        { append: () => Effect.as(Effect.sleep("50 seconds"), receipt) },
        { concurrentCalls: 1 }
      )
      const fiber = yield* start(
        Effect.all([guard.append(request), guard.append(request), guard.append(request)], {
          concurrency: "unbounded"
        })
      )
      yield* TestClock.adjust("150 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).length, 3)
    })
  )

  it.effect("is never in flight more often than the pace allows", () =>
    Effect.gen(function* () {
      let inFlight = 0
      let most = 0
      const append = () =>
        Effect.gen(function* () {
          most = Math.max(most, ++inFlight)
          yield* Effect.sleep("1 seconds")
          inFlight--
          return receipt
        })
      const { guard } = yield* guarded({ append })
      const fiber = yield* start(
        Effect.forEach(Array.from({ length: 20 }), () => guard.append(request), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).length, 20)
      assert.strictEqual(most, capabilities.pace.concurrentCalls)
    })
  )

  it.effect("holds no permit while it waits for its next try", () =>
    Effect.gen(function* () {
      let calls = 0
      const append = () =>
        Effect.suspend(() => (++calls === 1 ? Effect.fail(mailError(lost)) : Effect.succeed(receipt)))
      const { guard } = yield* guarded({ append }, { concurrentCalls: 1 })
      const first = yield* start(guard.append(request))
      yield* guard.append(request)
      assert.isUndefined(first.pollUnsafe(), "the first still waits for its second try")
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.join(first)
      assert.strictEqual(calls, 3)
    })
  )

  it.effect("dies of a bug instead of taking it for a failure of the service", () =>
    Effect.gen(function* () {
      let calls = 0
      const { guard } = yield* guarded({
        append: () =>
          Effect.suspend(() => {
            calls++
            return Effect.die("bug")
          })
      })
      const exit = yield* Effect.exit(guard.append(request))
      assert.isTrue(Option.isNone(Exit.findErrorOption(exit)))
      assert.strictEqual(calls, 1)
    })
  )
})

describe("a throttled account", () => {
  it.effect("makes every worker wait for the stated time, those that waited for a permit too", () =>
    Effect.gen(function* () {
      const at: Array<number> = []
      let calls = 0
      const append = () =>
        Effect.gen(function* () {
          at.push(yield* Effect.map(DateTime.now, DateTime.toEpochMillis))
          const call = ++calls
          yield* Effect.sleep("1 seconds")
          if (call === 1) return yield* mailError(throttled(60))
          return receipt
        })
      const { guard, tags } = yield* guarded({ append }, { concurrentCalls: 2 })
      const fiber = yield* start(
        Effect.forEach(Array.from({ length: 6 }), () => guard.append(request), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual((yield* Fiber.join(fiber)).length, 6)
      assert.deepStrictEqual(
        at.filter((millis) => millis > 0 && millis < 61_000),
        [],
        "between the refusal and the end of the pause nothing is sent"
      )
      assert.deepStrictEqual(tags(), ["Paused", "Resumed"])
    })
  )

  it.effect("does not slow the other account down", () =>
    Effect.gen(function* () {
      const { layer } = recordedEvents()
      const script = answers(throttled(60), undefined)
      const reader = stubReader({ fetch: () => Effect.as(script.call, new Uint8Array(3)) })
      const source = yield* guardSource(reader).pipe(Effect.provide(layer))
      const { guard } = yield* guarded({ append: () => Effect.succeed(receipt) })
      const waiting = yield* start(source.fetch(["INBOX"], locator))
      assert.deepStrictEqual(yield* guard.append(request), receipt)
      yield* Fiber.interrupt(waiting)
    })
  )

  it.effect("sends an append again after a pause, since nothing was stored", () =>
    Effect.gen(function* () {
      const script = answers(throttled(), throttled(), undefined)
      const { guard, tags } = yield* guarded({ append: () => Effect.as(script.call, receipt) })
      const fiber = yield* start(guard.append(request))
      yield* TestClock.adjust("45 seconds")
      assert.deepStrictEqual(yield* Fiber.join(fiber), receipt)
      assert.strictEqual(script.calls(), 3)
      assert.deepStrictEqual(tags(), ["Paused", "Resumed", "Paused", "Resumed"])
    })
  )
})

describe("a guarded append or copy", () => {
  const both = ["append", "copy"] as const
  const callOf = (guard: DestinationService, step: (typeof both)[number]) =>
    step === "append" ? guard.append(request) : guard.copy({ mailbox: ["INBOX"], locator }, ["Work"])

  it.effect.each(both)("is never repeated after an unknown outcome: %s", (step) =>
    Effect.gen(function* () {
      const script = answers(unknown, undefined)
      const call = () => Effect.as(script.call, receipt)
      const { guard } = yield* guarded({ append: call, copy: call })
      const fiber = yield* start(Effect.exit(callOf(guard, step)))
      yield* TestClock.adjust("1 hours")
      assert.deepInclude(failureOf(yield* Fiber.join(fiber)).reason, { applied: "unknown" })
      assert.strictEqual(script.calls(), 1)
    })
  )

  it.effect.each(both)("is repeated while nothing can have been stored: %s", (step) =>
    Effect.gen(function* () {
      const script = answers(lost, lost, undefined)
      const call = () => Effect.as(script.call, receipt)
      const { guard } = yield* guarded({ append: call, copy: call })
      const fiber = yield* start(callOf(guard, step))
      yield* TestClock.adjust("1 hours")
      assert.deepStrictEqual(yield* Fiber.join(fiber), receipt)
      assert.strictEqual(script.calls(), 3)
    })
  )

  it.effect("asks for the message to go alone once its batch was refused, and keeps asking", () =>
    Effect.gen(function* () {
      const seen: Array<boolean | undefined> = []
      const batched = new Transient({ detail: "batch refused", applied: "no", alone: true })
      const reasons = [lost, batched, lost, undefined]
      const append = (request: AppendRequest) =>
        Effect.suspend(() => {
          const reason = reasons[seen.length]
          seen.push(request.alone)
          return reason === undefined ? Effect.succeed(receipt) : Effect.fail(mailError(reason))
        })
      const { guard } = yield* guarded({ append })
      const fiber = yield* start(guard.append(request))
      yield* TestClock.adjust("1 minutes")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(seen, [undefined, undefined, true, true])
      yield* Effect.exit(start(guard.append(request)))
      assert.isUndefined(seen.at(-1), "another message is not sent alone because this one was")
    })
  )
})
