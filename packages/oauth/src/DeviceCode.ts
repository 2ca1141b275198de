import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

import { AuthorizationFailed } from "./AuthorizationFailed.ts"

/** What a service gives to a device that has no browser (RFC 8628 section 3.2). */
export interface DeviceCode {
  /** What the device asks with: whoever has it gets the token. */
  readonly deviceCode: Redacted.Redacted
  /** What the person types. */
  readonly userCode: string
  /** Where. */
  readonly page: string
  /** Seconds between two questions. */
  readonly interval: number
  /** Seconds the codes are good for. */
  readonly life: number
}

/** A refusal, or no answer at all. */
interface Refusal {
  /** `error` of the token endpoint; empty where there was no answer. */
  readonly error: string
  readonly status: number | undefined
}

/** Seconds that `slow_down` adds for good (RFC 8628 section 3.5). */
const slower = 5

/** RFC 8628 section 3.5: who gets no answer asks less often. */
const nextAfter = ({ error, status }: Refusal, interval: number): number | undefined => {
  if (error === "authorization_pending") return interval
  if (error === "slow_down") return interval + slower
  return status === undefined || status >= 500 ? interval * 2 : undefined
}

/**
 * Asks for the token until the person has answered, never more often than the service wants. Fails with what was refused,
 * or `late` once the codes are over.
 */
export const awaitDevice = <A, E extends Refusal, R>(
  { interval, life }: DeviceCode,
  ask: Effect.Effect<A, E, R>
): Effect.Effect<A, E | AuthorizationFailed, R> => {
  const after = (seconds: number): Effect.Effect<A, E, R> =>
    Effect.delay(ask, Duration.seconds(seconds)).pipe(
      Effect.catch((refusal) => {
        const longer = nextAfter(refusal, seconds)
        return longer === undefined ? Effect.fail(refusal) : after(longer)
      })
    )
  return after(interval).pipe(
    Effect.timeoutOrElse({
      duration: Duration.seconds(life),
      orElse: () =>
        Effect.fail(
          new AuthorizationFailed({
            why: "late",
            detail: `nobody typed the code in ${life < 120 ? "in time" : `within ${Math.round(life / 60)} minutes`}`
          })
        )
    })
  )
}

/** For the person. */
export const deviceInstructions = ({ life, page, userCode }: DeviceCode): string =>
  `Open this page in a browser, on whatever computer or phone:

${page}

and type in this code: ${userCode}

It is good for ${life < 120 ? `${life} seconds` : `${Math.round(life / 60)} minutes`}. Give it to nobody, and type in none that somebody else gave you.`
