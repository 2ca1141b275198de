import { existsSync } from "node:fs"
import { join } from "node:path"

import { assert, describe, it } from "@effect/vitest"
import { Destination } from "@mailferry/core/Destination.ts"
import * as LimitsStore from "@mailferry/core/LimitsStore.ts"
import { type MailErrorReason, Throttled } from "@mailferry/core/MailError.ts"
import { connectWhenFree } from "@mailferry/core/PaceConnect.ts"
import { Duration, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"

import { temporaryDirectory } from "./LedgerOnDisk.ts"
import { recordedEvents } from "./RecordedEvents.ts"
import { mailError, stubDestination } from "./Stubs.ts"

/** Starts of a command one after another, each with a connection of its own and the same state directory. */
const starts = Effect.gen(function* () {
  const file = join(yield* temporaryDirectory, "limits.sqlite")
  let connections = 0
  const start = Effect.fnUntraced(function* (answer?: MailErrorReason, account = "toy:you") {
    const { layer, tags } = recordedEvents()
    const connect = Effect.suspend(() => {
      connections++
      return answer === undefined
        ? Effect.succeed(stubDestination({}))
        : Effect.fail(mailError(answer, "connect"))
    })
    const connected = connectWhenFree("toy", Layer.effect(Destination, connect)).pipe(
      Layer.provide(LimitsStore.layer(file, account)),
      Layer.provide(layer)
    )
    return yield* Effect.scoped(Effect.map(Layer.build(connected), () => tags()))
  })
  return { file, start, connections: () => connections }
})

const wait = (minutes: number) =>
  new Throttled({ detail: "not now", retryAfter: Duration.minutes(minutes), over: "rate" })

describe("a connection to the destination", () => {
  it.effect("is made at once where nobody was asked to wait, and no file for it", () =>
    Effect.gen(function* () {
      const { connections, file, start } = yield* starts
      assert.deepStrictEqual(yield* start(), [])
      assert.strictEqual(connections(), 1)
      assert.isFalse(existsSync(file))
    })
  )

  it.effect("is not tried again before the time that an earlier start was told", () =>
    Effect.gen(function* () {
      const { connections, start } = yield* starts
      yield* Effect.flip(start(wait(10)))
      const next = yield* Effect.forkChild(start(), { startImmediately: true })
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(connections(), 1)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* Fiber.join(next), ["Paused", "Resumed"])
      assert.strictEqual(connections(), 2)
    })
  )

  it.effect("is refused by ourselves, with when to come back, where that time is far", () =>
    Effect.gen(function* () {
      const { connections, start } = yield* starts
      yield* Effect.flip(start(wait(120)))
      const { operation, reason, side } = yield* Effect.flip(start())
      assert.deepStrictEqual([operation, side, reason._tag], ["connect", "destination", "Throttled"])
      assert.match(reason.advice ?? "", /^Run the same command again after 1970-01-01 02:0[01] UTC/u)
      assert.strictEqual(connections(), 1)
    })
  )

  it.effect("of another account is not held", () =>
    Effect.gen(function* () {
      const { connections, start } = yield* starts
      yield* Effect.flip(start(wait(120)))
      yield* start(undefined, "toy:other")
      assert.strictEqual(connections(), 2)
    })
  )
})
