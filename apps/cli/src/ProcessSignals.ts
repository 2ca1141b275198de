import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

import type { Signals } from "./Signals.ts"

/** How long an interrupted command may take to close its connections before the process ends without it. */
const patienceMillis = 3000

const named = ["SIGINT", "SIGTERM", "SIGHUP"] as const

export interface ProcessSignals {
  readonly service: Signals["Service"]
  /** From now on signals count, and this is how the command is ended. */
  readonly listen: (end: () => void) => void
  readonly count: () => number
}

/** SIGINT, SIGTERM and SIGHUP of this process. They leave no trace on the exit code of a command that was not ended by them. */
export const processSignals = (): ProcessSignals => {
  const first = Deferred.makeUnsafe<void>()
  let count = 0
  let graceful = 0
  let end = () => {}
  const onSignal = () => {
    count++
    // Asked before whoever waits for the first signal goes on: that may end the graceful part in this very call.
    const patient = count === 1 && graceful > 0
    Deferred.doneUnsafe(first, Effect.void)
    if (patient) return
    end()
    setTimeout(() => process.exit(130), patienceMillis).unref()
  }
  return {
    count: () => count,
    listen: (how) => {
      end = how
      for (const name of named) process.on(name, onSignal)
    },
    service: {
      asked: Effect.sync(() => count > 0),
      first: Deferred.await(first),
      graceful: (effect) =>
        Effect.acquireUseRelease(
          Effect.sync(() => void graceful++),
          () => effect,
          () => Effect.sync(() => void graceful--)
        )
    }
  }
}
