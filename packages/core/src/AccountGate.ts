import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

import { type Side, Throttled } from "./MailError.ts"
import type { RunEvents } from "./RunEvent.ts"

/** Waits where the service does not say how long: doubled with each refusal in a row, up to five minutes. */
const firstWait = Duration.seconds(15)
const longestWait = Duration.minutes(5)

/**
 * Longer pauses end the run instead of being waited out: a person does better to come back than to watch, nothing is
 * lost by it, and no connection lives so long without a word. The first is for one pause, the second for refusals with
 * no answer in between: gmail.md tells of accounts whose pause moves on with each try.
 */
const longestPause = Duration.minutes(30)
const longestInARow = Duration.hours(2)

/** The account is to be left alone for longer than a run waits. */
export class PauseTooLong extends Data.TaggedError("PauseTooLong")<{
  /** Milliseconds since 1970. */
  readonly until: number
  readonly left: Duration.Duration
  /** The service's own words. */
  readonly detail: string
}> {
  /** The same for whoever asked the account for something. */
  get reason(): Throttled {
    const minute = DateTime.makeUnsafe(Math.ceil(this.until / 60_000) * 60_000)
    const after = DateTime.formatIso(minute).slice(0, 16).replace("T", " ")
    return new Throttled({
      detail: this.detail,
      retryAfter: this.left,
      advice: `Run the same command again after ${after} UTC: it goes on where it stopped.`
    })
  }
}

/**
 * One account's gate: a single Throttled answer pauses every call of the account, not only the one that got it.
 * A longer wait asked for meanwhile extends the pause. Every call sleeps for itself, so that the pause holds for
 * the others when the one that began it is given up.
 */
export const makeAccountGate = (side: Side, events: RunEvents["Service"]) => {
  let until = 0
  let inARow = 0
  let refusedSince = Infinity
  let detail = ""
  let paused = false

  const open = Effect.gen(function* () {
    for (let left = Infinity; left > 0;) {
      const now = yield* Clock.currentTimeMillis
      left = until - now
      const tooLong =
        left > Duration.toMillis(longestPause) || until - refusedSince > Duration.toMillis(longestInARow)
      if (left > 0 && tooLong) {
        return yield* new PauseTooLong({ until, left: Duration.millis(left), detail })
      }
      if (left > 0) yield* Effect.sleep(Duration.millis(left))
    }
    if (!paused) return
    paused = false
    yield* events.emit({ _tag: "Resumed", side })
  })

  const close = Effect.fnUntraced(function* (
    asked: Duration.Duration | undefined,
    words: string,
    shortest = firstWait
  ) {
    const now = yield* Clock.currentTimeMillis
    if (paused && now < until) {
      // One of several calls refused together: only a wait the service states can make this pause longer.
      const later = asked === undefined ? 0 : now + Duration.toMillis(asked)
      if (later > until) {
        until = later
        detail = words
      }
      return
    }
    const guess = Duration.min(Duration.times(shortest, 2 ** inARow), longestWait)
    until = now + Duration.toMillis(asked ?? guess)
    refusedSince = Math.min(refusedSince, now)
    inARow++
    detail = words
    paused = true
    yield* events.emit({ _tag: "Paused", side, forMillis: until - now, detail })
  })

  return {
    /** Waits the pause out, if there is one; fails when it is longer than a run waits. */
    open: Effect.suspend(() => (paused ? open : Effect.void)),
    /** Whether there is a pause now. */
    isClosed: Effect.map(Clock.currentTimeMillis, (now) => paused && until > now),
    /** Begins a pause, or extends the one there is. Returns at once. Its own guess starts from `shortest`. */
    close,
    /** The service answered: the next pause without a stated length starts short again. */
    answered: Effect.sync(() => {
      inARow = 0
      refusedSince = Infinity
    })
  }
}
