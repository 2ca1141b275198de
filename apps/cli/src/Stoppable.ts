import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { Signals } from "./Signals.ts"
import type { ProgressTally } from "./view/ProgressTally.ts"
import { Screen } from "./view/Screen.ts"

/**
 * How long mail in flight may take to finish once somebody asked to stop. systemd kills after 90 s
 * (DefaultTimeoutStopSec), and what is broken off by us is looked up by the next run just the same.
 */
const patience = Duration.seconds(60)

/**
 * Work that ends well when somebody asks it to: what is in flight is finished and nothing more begun. None when it was
 * broken off instead, since nothing was in flight yet or it took too long.
 */
export const stoppable = Effect.fnUntraced(function* <A, E, R>(
  work: (stop: Effect.Effect<boolean>) => Effect.Effect<A, E, R>,
  tally: ProgressTally,
  again: string
) {
  const signals = yield* Signals
  const screen = yield* Screen
  const giveUp = Effect.gen(function* () {
    yield* signals.first
    if (tally.phase !== "moving") {
      yield* screen.warn(`Stopping. No mail was in flight. To go on: ${again}`)
      return Option.none<A>()
    }
    yield* screen.warn(
      `Stopping: finishing what is in flight, then saving. Ctrl-C once more stops at once. To go on later: ${again}`
    )
    yield* Effect.sleep(patience)
    yield* screen.warn(
      "What is in flight takes too long: stopping without it. The next run looks what became of it."
    )
    return Option.none<A>()
  })
  return yield* Effect.raceFirst(Effect.asSome(work(signals.asked)), giveUp).pipe(signals.graceful)
})
