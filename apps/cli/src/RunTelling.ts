import * as CoreRunEvents from "@mailferry/core/RunEvent.ts"
import { type RunEvent, RunEvents } from "@mailferry/core/RunEvent.ts"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"

import { milestone } from "./view/Milestone.ts"
import { liveLines, plainLine } from "./view/Progress.ts"
import type { ProgressTally } from "./view/ProgressTally.ts"
import { Screen } from "./view/Screen.ts"

const redrawEvery = Duration.millis(100)
const plainEvery = Duration.seconds(10)

export interface Telling {
  readonly tally: ProgressTally
  /** Events that the command prints itself. */
  readonly mute?: ReadonlyArray<RunEvent["_tag"]>
}

/**
 * Core's run events, each of them shown before it goes on to whoever else listens: an event that was emitted has been
 * said when the run ends. Live lines on a terminal, plain lines elsewhere, nothing but warnings with --quiet.
 */
export const layer = ({ mute = [], tally }: Telling): Layer.Layer<RunEvents, never, Screen> =>
  Layer.effect(
    RunEvents,
    Effect.gen(function* () {
      const screen = yield* Screen
      const events = yield* RunEvents

      const draw = Effect.flatMap(Clock.currentTimeMillis, (now) =>
        screen.live
          ? screen.show(liveLines(tally, now, screen.columns(), screen.paintAside))
          : screen.tell(plainLine(tally, now))
      )
      const every = screen.live ? redrawEvery : plainEvery
      tally.begin(yield* Clock.currentTimeMillis)
      yield* Effect.addFinalizer(() => screen.show([]))
      yield* Effect.sleep(every).pipe(
        Effect.andThen(draw),
        Effect.repeat(Schedule.forever),
        Effect.forkScoped
      )

      const say = Effect.fnUntraced(function* (event: RunEvent) {
        tally.add(event, yield* Clock.currentTimeMillis)
        const line = mute.includes(event._tag) ? undefined : milestone(event, screen.paintAside)
        if (line !== undefined) yield* screen.tell(line)
      })
      return { ...events, emit: (event) => Effect.andThen(say(event), events.emit(event)) }
    })
  ).pipe(Layer.provide(CoreRunEvents.layer))
