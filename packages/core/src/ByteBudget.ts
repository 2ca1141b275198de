import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

interface Waiter {
  readonly octets: number
  readonly turn: Deferred.Deferred<void>
}

/** Of one run or one verify: two of Proton's largest messages, or very many small ones. */
export const defaultByteBudget = 64 * 1024 * 1024

/** Bounds the octets of mail in memory at one time. */
export interface ByteBudget {
  /**
   * Runs the effect holding this many octets of the budget. First come, first served: a large message is not
   * overtaken for ever by small ones. More than the whole budget takes the whole budget and so runs alone.
   */
  readonly with: (octets: number) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** Ours because Effect's Semaphore lets small waiters overtake and hangs on a weight above its capacity. */
export const makeByteBudget = (capacity: number): ByteBudget => {
  let free = capacity
  const waiting: Array<Waiter> = []

  const admit = Effect.suspend(() => {
    const admitted: Array<Waiter> = []
    for (let first = waiting[0]; first !== undefined && first.octets <= free; first = waiting[0]) {
      free -= first.octets
      waiting.shift()
      admitted.push(first)
    }
    return Effect.forEach(admitted, ({ turn }) => Deferred.succeed(turn, undefined), { discard: true })
  })

  const release = (octets: number) =>
    Effect.suspend(() => {
      free += octets
      return admit
    })

  const take = (octets: number) =>
    Effect.suspend(() => {
      const waiter: Waiter = { octets, turn: Deferred.makeUnsafe<void>() }
      waiting.push(waiter)
      return Effect.andThen(admit, Deferred.await(waiter.turn)).pipe(
        Effect.onInterrupt(() => {
          const at = waiting.indexOf(waiter)
          if (at < 0) return release(octets)
          waiting.splice(at, 1)
          return admit
        })
      )
    })

  return {
    with: (octets) => {
      const weight = Math.min(Math.max(octets, 0), capacity)
      return (effect) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.andThen(restore(take(weight)), Effect.ensuring(restore(effect), release(weight)))
        )
    }
  }
}
