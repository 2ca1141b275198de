import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"

import { awaitDevice, type DeviceCode, deviceInstructions } from "../src/DeviceCode.ts"

const code: DeviceCode = {
  deviceCode: Redacted.make("secret-of-the-device"),
  userCode: "BCDF-GHJK",
  page: "https://service.example/device",
  interval: 5,
  life: 900
}

const pending = { error: "authorization_pending", status: 400 }

/** Asks with these answers in turn, and notes at which second it was asked. */
const asking = Effect.fnUntraced(function* (
  ...answers: ReadonlyArray<{ readonly error: string; readonly status: number | undefined } | "token">
) {
  const at: Array<number> = []
  const begun = yield* Clock.currentTimeMillis
  const fiber = yield* awaitDevice(
    code,
    Effect.gen(function* () {
      at.push(((yield* Clock.currentTimeMillis) - begun) / 1000)
      const answer = answers[at.length - 1] ?? pending
      return yield* answer === "token" ? Effect.succeed(answer) : Effect.fail(answer)
    })
  ).pipe(Effect.exit, Effect.forkChild({ startImmediately: true }))
  yield* TestClock.adjust("1 hour")
  return { at, exit: yield* Fiber.join(fiber) }
})

describe("a sign-in by a code", () => {
  it.effect("asks in the service's interval until the person has answered", () =>
    Effect.gen(function* () {
      const { at, exit } = yield* asking(pending, pending, "token")
      assert.deepEqual(at, [5, 10, 15])
      assert.strictEqual(exit._tag, "Success")
    })
  )

  it.effect("asks 5 seconds less often for good, each time it is told to slow down", () =>
    Effect.gen(function* () {
      const slow = { error: "slow_down", status: 400 }
      const { at } = yield* asking(pending, slow, pending, slow, "token")
      assert.deepEqual(at, [5, 10, 20, 30, 45])
    })
  )

  it.effect("outlives a broken connection and a server's trouble", () =>
    Effect.gen(function* () {
      const { at, exit } = yield* asking(
        { error: "", status: undefined },
        { error: "", status: 503 },
        "token"
      )
      assert.deepEqual(at, [5, 15, 35])
      assert.strictEqual(exit._tag, "Success")
    })
  )

  it.effect("ends with a refusal at once", () =>
    Effect.gen(function* () {
      const { at, exit } = yield* asking(pending, { error: "access_denied", status: 400 })
      assert.deepEqual(at, [5, 10])
      assert.include(JSON.stringify(exit), "access_denied")
    })
  )

  it.effect("ends when the code is over", () =>
    Effect.gen(function* () {
      const { at, exit } = yield* asking()
      assert.strictEqual(at.at(-1), 895)
      assert.include(JSON.stringify(exit), "nobody typed the code in within 15 minutes")
    })
  )

  it("tells the person the page and the code, and not the device's secret", () => {
    const text = deviceInstructions(code)
    assert.include(text, code.page)
    assert.include(text, code.userCode)
    assert.include(text, "good for 15 minutes")
    assert.notInclude(text, "secret-of-the-device")
  })
})
