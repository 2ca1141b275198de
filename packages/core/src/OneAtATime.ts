import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

interface Turn {
  readonly semaphore: Semaphore.Semaphore
  users: number
}

/**
 * Lets work of one key go one after another, and work of different keys side by side. Effect's PartitionedSemaphore is
 * something else: its keys share the permits, so that one permit lets one of all of them go.
 */
export const makeOneAtATime = () => {
  const turns = new Map<string, Turn>()
  return (key: string) =>
    <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          const turn = turns.get(key) ?? { semaphore: Semaphore.makeUnsafe(1), users: 0 }
          turns.set(key, turn)
          turn.users++
          return turn
        }),
        ({ semaphore }) => semaphore.withPermit(work),
        (turn) =>
          Effect.sync(() => {
            turn.users--
            if (turn.users === 0) turns.delete(key)
          })
      )
}
