import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"

/** An access token, as far as its renewal is concerned. */
export interface Lasting {
  readonly accessToken: Redacted.Redacted
  readonly lifeMillis: number
}

/** google-auth-library's and msal's own threshold: an upload may take minutes. */
const renewBeforeMillis = 5 * 60_000

/** Tokens from wherever they are issued: kept as long as they last, asked for one at a time. */
export const renewing = <E>(
  ask: Effect.Effect<Lasting, E>
): {
  /** The token to use now; renewed when it has less than five minutes left. */
  readonly accessToken: Effect.Effect<Redacted.Redacted, E>
  /** A new token. Calls that ask while one is on its way share it, its failure included. */
  readonly refreshed: Effect.Effect<Redacted.Redacted, E>
} => {
  const turn = Semaphore.makeUnsafe(1)
  let asked = 0
  let last: Exit.Exit<Lasting, E> | undefined
  let renewAt = 0
  const renew = Effect.gen(function* () {
    const exit = yield* Effect.exit(ask)
    if (exit._tag === "Success") {
      // Of a token that lives less than ten minutes half its life is used, or it would be renewed at every call.
      const life = exit.value.lifeMillis
      renewAt = (yield* Clock.currentTimeMillis) + life - Math.min(renewBeforeMillis, life / 2)
    }
    asked++
    last = exit
    return yield* exit
  })
  const refreshed = Effect.suspend(() => {
    const before = asked
    return turn.withPermits(1)(Effect.suspend(() => (asked !== before && last !== undefined ? last : renew)))
  })
  const accessToken = Effect.flatMap(Clock.currentTimeMillis, (now) =>
    last?._tag === "Success" && now < renewAt ? Effect.succeed(last.value) : refreshed
  )
  return {
    accessToken: Effect.map(accessToken, (issued) => issued.accessToken),
    refreshed: Effect.map(refreshed, (issued) => issued.accessToken)
  }
}
