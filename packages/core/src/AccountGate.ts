import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

import type { Side } from "./MailError.ts"
import type { RunEvents } from "./RunEvent.ts"

/** Waits where the service does not say how long: doubled with each refusal in a row, up to five minutes. */
const firstWait = Duration.seconds(15)
const longestWait = Duration.minutes(5)

/**
 * One account's gate: a single Throttled answer pauses every call of the account, not only the one that got it.
 * A longer wait asked for meanwhile extends the pause. Every call sleeps for itself, so that the pause holds for
 * the others when the one that began it is given up.
 */
export const makeAccountGate = (side: Side, events: RunEvents["Service"]) => {
  let until = 0
  let inARow = 0
  let paused = false

  const sleepItOut = Effect.gen(function* () {
    for (let left = Infinity; left > 0;) {
      left = until - (yield* Clock.currentTimeMillis)
      if (left > 0) yield* Effect.sleep(Duration.millis(left))
    }
    if (!paused) return
    paused = false
    yield* events.emit({ _tag: "Resumed", side })
  })

  const close = Effect.fnUntraced(function* (asked: Duration.Duration | undefined, detail: string) {
    const now = yield* Clock.currentTimeMillis
    if (paused && now < until) {
      // One of several calls refused together: only a wait the service states can make this pause longer.
      if (asked !== undefined) until = Math.max(until, now + Duration.toMillis(asked))
      return
    }
    const guess = Duration.min(Duration.times(firstWait, 2 ** inARow), longestWait)
    until = now + Duration.toMillis(asked ?? guess)
    inARow++
    paused = true
    yield* events.emit({ _tag: "Paused", side, forMillis: until - now, detail })
  })

  return {
    /** Waits the pause out, if there is one. */
    whenOpen: <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.suspend(() => (paused ? Effect.andThen(sleepItOut, effect) : effect)),
    /** Begins a pause, or extends the one there is. Returns at once. */
    close,
    /** The service answered: the next pause without a stated length starts short again. */
    answered: Effect.sync(() => {
      inARow = 0
    })
  }
}
