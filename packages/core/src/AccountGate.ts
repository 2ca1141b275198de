import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

import type { Side } from "./MailError.ts"
import type { RunEvents } from "./RunEvent.ts"

/** Waits where the service does not say how long: doubled with each refusal in a row, up to five minutes. */
const firstWait = Duration.seconds(15)
const longestWait = Duration.minutes(5)

/**
 * One account's gate: a single Throttled answer pauses every call of the account, not only the one that got it.
 * A longer wait asked for meanwhile extends the pause.
 */
export const makeAccountGate = Effect.fnUntraced(function* (side: Side, events: RunEvents["Service"]) {
  const latch = yield* Latch.make(true)
  let until = 0
  let inARow = 0
  let paused = false

  const sleepItOut = Effect.gen(function* () {
    yield* latch.close
    for (let left = Infinity; left > 0;) {
      left = until - (yield* Clock.currentTimeMillis)
      if (left > 0) yield* Effect.sleep(Duration.millis(left))
    }
    yield* events.emit({ _tag: "Resumed", side })
  }).pipe(
    Effect.ensuring(
      Effect.suspend(() => {
        paused = false
        return latch.open
      })
    )
  )

  const pause = Effect.fnUntraced(function* (asked: Duration.Duration | undefined, detail: string) {
    const guess = Duration.min(Duration.times(firstWait, 2 ** inARow), longestWait)
    const now = yield* Clock.currentTimeMillis
    until = Math.max(until, now + Duration.toMillis(asked ?? guess))
    if (paused) return yield* latch.await
    paused = true
    inARow++
    yield* events.emit({ _tag: "Paused", side, forMillis: until - now, detail })
    yield* sleepItOut
  })

  return {
    whenOpen: latch.whenOpen,
    pause,
    /** The service answered: the next pause without a stated length starts short again. */
    answered: Effect.sync(() => {
      inARow = 0
    })
  }
})
