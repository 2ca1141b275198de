import { assert, describe, it } from "@effect/vitest"
import type { Pace } from "@mailferry/core/Capabilities.ts"
import { LimitsStore, makeLimitsAlone } from "@mailferry/core/LimitsStore.ts"
import { Throttled } from "@mailferry/core/MailError.ts"
import type { RunEvent } from "@mailferry/core/RunEvent.ts"
import { failWith, type Script } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Duration, Effect, Option } from "effect"
import { TestClock } from "effect/testing"

import { contents, expected, protonLetter } from "./Letters.ts"
import { makeWorld } from "./World.ts"

const messages = 200

/** 5,400 units a minute and no burst to speak of: 200 messages take a little less than a minute. */
const pace: Pace = {
  concurrentCalls: 8,
  concurrentAtFirst: 4,
  attemptTimeout: Duration.seconds(30),
  limits: [
    {
      key: "memory:you",
      of: "units",
      amount: 6000,
      per: Duration.minutes(1),
      burst: 50,
      amountAtMost: 6000,
      perCall: { append: 25, list: 5, listMailboxes: 1, ensureMailbox: 5 },
      perOctet: 0
    }
  ],
  otherWays: [{ name: "IMAP", octetsPerDay: 500_000_000 }]
}

const pacedWorld = () =>
  makeWorld({
    source: Account.make([
      {
        path: ["INBOX"],
        specialUse: "inbox",
        messages: Array.from({ length: messages }, (_, n) => protonLetter(n))
      }
    ]),
    destination: Account.make(),
    capabilities: { pace }
  })

const forecastsOf = (events: ReadonlyArray<RunEvent>) =>
  events.flatMap((event) => (event._tag === "Forecast" ? [event.forecast] : []))

const dayIsOver: Script = ({ n, operation }) =>
  operation === "append" && n > 100
    ? failWith(new Throttled({ detail: "Daily Limit Exceeded", over: "day" }))
    : undefined

describe("a run to a destination with published limits", () => {
  it.effect("takes as long as was forecast from the same figures before it began", () =>
    Effect.gen(function* () {
      const world = yield* pacedWorld()
      const { events, result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: messages })
      const [forecast] = forecastsOf(events)
      assert.strictEqual(forecast?.messages, messages)
      assert.closeTo(forecast?.seconds ?? 0, (messages * 25 - 50) / 90, 1e-6)
      assert.closeTo(result.seconds / (forecast?.seconds ?? 1), 1, 0.05)
      assert.isBelow(
        events.findIndex(({ _tag }) => _tag === "Forecast"),
        events.findIndex(({ _tag }) => _tag === "MessageDone")
      )
    })
  )

  it.effect("forecasts nothing where nothing is left to do", () =>
    Effect.gen(function* () {
      const world = yield* pacedWorld()
      yield* world.run()
      assert.deepStrictEqual(forecastsOf((yield* world.run()).events), [])
    })
  )

  it.effect("ends when the day's allowance is used up, asks no more meanwhile, and goes on another day", () =>
    Effect.gen(function* () {
      const world = yield* pacedWorld()
      const store = yield* makeLimitsAlone
      const run = (script: Script = () => undefined) =>
        world.run({ destinationScript: script }).pipe(Effect.provideService(LimitsStore, store))
      const first = yield* run(dayIsOver)
      assert.strictEqual(first.result.outcome, "paused")
      const stoppedBy = Option.getOrThrow(first.result.stoppedBy)
      assert.deepInclude(stoppedBy._tag === "MailError" ? stoppedBy.reason : {}, {
        _tag: "Throttled",
        detail: "Daily Limit Exceeded"
      })
      assert.strictEqual(first.result.migrated, 100)
      assert.isEmpty(first.result.losses, "what the pause kept from its turn is no loss")

      const early = yield* world.start().pipe(Effect.provideService(LimitsStore, store))
      assert.isEmpty(early.destinationCalls)

      yield* TestClock.adjust("1 hours")
      const { result } = yield* run()
      assert.deepInclude(result, { outcome: "complete", migrated: messages - 100, alreadyThere: 100 })
      assert.deepStrictEqual(contents(world.destination), expected(world.source))
    })
  )
})
