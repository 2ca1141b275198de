import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

/** gmail.md, behaviour 8: one call more for each minute in which the account refused nothing. */
const quiet = Duration.toMillis("1 minutes")

/** How many calls are in flight: begins low where the service is unknown, grows while it is quiet, and is halved when told. */
export const makeConcurrency = Effect.fnUntraced(function* (pace: {
  readonly concurrentCalls: number
  readonly concurrentAtFirst?: number
}) {
  const most = pace.concurrentCalls
  let allowed = Math.min(pace.concurrentAtFirst ?? most, most)
  let since = yield* Clock.currentTimeMillis
  let halvedAt = -Infinity
  const permits = yield* Semaphore.make(allowed)

  const allow = (calls: number) =>
    Effect.suspend(() => {
      allowed = calls
      return permits.resize(calls)
    })

  return {
    withPermit: permits.withPermit,
    /** A call was answered. */
    answered: Effect.gen(function* () {
      if (allowed >= most) return
      const now = yield* Clock.currentTimeMillis
      if (now - since < quiet) return
      since = now
      yield* allow(allowed + 1)
    }),
    /** The account refused something: quiet begins anew. */
    disturbed: Effect.map(Clock.currentTimeMillis, (now) => {
      since = now
    }),
    /** A call that began at `sentAt` was refused as one too many. Those that were in flight together count as one. */
    tooMany: Effect.fnUntraced(function* (sentAt: number) {
      if (sentAt <= halvedAt) return
      halvedAt = yield* Clock.currentTimeMillis
      yield* allow(Math.max(1, Math.floor(allowed / 2)))
    })
  }
})
