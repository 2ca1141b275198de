import { assert, describe, it } from "@effect/vitest"
import { letterTo } from "@mailferry/testkit/destination/Subject.ts"
import * as Fault from "@mailferry/testkit/Fault.ts"
import * as FaultyDestination from "@mailferry/testkit/FaultyDestination.ts"
import * as FaultySource from "@mailferry/testkit/FaultySource.ts"
import { locatorsOf } from "@mailferry/testkit/Listing.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { sampleMessage } from "@mailferry/testkit/SampleMessage.ts"
import { Duration, Effect, Fiber, Option } from "effect"

const inbox = ["INBOX"] as const

const faulty = (script: Fault.Script) =>
  FaultyDestination.make(MemoryDestination.make(MemoryAccount.make()), script)

const outcome = <A>(effect: Effect.Effect<A, { readonly reason: { readonly _tag: string } }>) =>
  Effect.match(effect, { onFailure: ({ reason }) => reason._tag, onSuccess: () => "ok" })

describe("a faulty destination", () => {
  it.effect("drops before and after the commit, which look alike to the caller", () =>
    Effect.gen(function* () {
      const { service } = faulty(
        Fault.scripts(
          Fault.onCall("append", 1, Fault.dropBeforeCommit),
          Fault.onCall("append", 2, Fault.dropAfterCommit)
        )
      )
      const before = yield* Effect.flip(service.append(letterTo(inbox)))
      assert.strictEqual((yield* locatorsOf(service, inbox)).length, 0)
      const after = yield* Effect.flip(service.append(letterTo(inbox)))
      assert.strictEqual((yield* locatorsOf(service, inbox)).length, 1)
      assert.deepStrictEqual(before.reason, after.reason)
      assert.deepInclude(after.reason, { _tag: "Transient", applied: "unknown" })
    })
  )

  it.effect("refuses one message each time, and lets the others through", () =>
    Effect.gen(function* () {
      const bad = letterTo(inbox)
      const { service } = faulty(Fault.onMessage(Option.getOrThrow(bad.messageId), Fault.refuse()))
      assert.strictEqual(yield* outcome(service.append(bad)), "MessageRejected")
      assert.strictEqual(yield* outcome(service.append(letterTo(inbox))), "ok")
      assert.strictEqual(yield* outcome(service.append(bad)), "MessageRejected")
      assert.strictEqual((yield* locatorsOf(service, inbox)).length, 1)
    })
  )

  it.effect("throttles, hides locators, and counts the calls that ran", () =>
    Effect.gen(function* () {
      const { service, calls } = faulty(
        Fault.scripts(
          Fault.onCall("append", 1, Fault.throttle(Duration.minutes(5))),
          Fault.always("append", Fault.tellNothing)
        )
      )
      const append = service.append(letterTo(inbox))
      assert.strictEqual(calls.length, 0)
      const { reason } = yield* Effect.flip(append)
      assert.deepInclude(reason, { _tag: "Throttled", retryAfter: Duration.minutes(5) })
      assert.isTrue(Option.isNone((yield* append).locator))
      assert.deepStrictEqual(
        calls.map(({ n }) => n),
        [1, 2]
      )
    })
  )

  it.effect("falls silent after the commit until it is interrupted", () =>
    Effect.gen(function* () {
      const { service } = faulty(Fault.onCall("append", 1, Fault.silenceAfterCommit))
      const fiber = yield* Effect.forkChild(service.append(letterTo(inbox)))
      while ((yield* locatorsOf(service, inbox)).length === 0) yield* Effect.yieldNow
      assert.isUndefined(fiber.pollUnsafe())
      yield* Fiber.interrupt(fiber)
      assert.strictEqual((yield* locatorsOf(service, inbox)).length, 1)
    })
  )
})

describe("a faulty source", () => {
  const account = MemoryAccount.make([
    {
      path: inbox,
      messages: Array.from({ length: 25 }, (_, n) => ({ bytes: sampleMessage().bytes, unreadable: n === 7 }))
    }
  ])
  const good = MemorySource.make(account, { pageSize: 10 })

  it.effect("loses the connection at a page, and goes on from there", () =>
    Effect.gen(function* () {
      const { service } = FaultySource.make(good, Fault.onCall("list", 2, Fault.notSent))
      const first = yield* service.list(inbox, Option.none())
      assert.strictEqual(yield* outcome(service.list(inbox, first.next)), "Transient")
      assert.strictEqual((yield* locatorsOf(service, inbox, first.next)).length, 15)
    })
  )

  it.effect("answers NO to a window that holds an unreadable message, and describes the others", () =>
    Effect.gen(function* () {
      const locators = yield* locatorsOf(good, inbox)
      assert.strictEqual(yield* outcome(good.describe(inbox, locators)), "MessageRejected")
      assert.strictEqual((yield* good.describe(inbox, locators.slice(0, 7))).length, 7)
      assert.strictEqual((yield* good.describe(inbox, locators.slice(8))).length, 17)
      for (const locator of locators.slice(7, 8)) {
        const { subject, bytes } = yield* good.glimpse(inbox, locator)
        assert.isTrue(Option.isSome(subject) && Option.isNone(bytes))
      }
    })
  )
})
