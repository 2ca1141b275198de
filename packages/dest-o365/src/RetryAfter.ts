import * as Duration from "effect/Duration"

import type { GraphFailure } from "./graph/GraphFailure.ts"

/** How far apart two clocks may be that are right: a Date header has whole seconds, and an answer takes its time. */
const sameTime = 5000

/**
 * How long the service says to wait: seconds or a date of HTTP (RFC 9110 section 10.2.3), in full, however long. A date
 * is of the server's clock: ours may be wrong by more than the wait is long. None where it says nothing, or a time that
 * is over.
 */
export const waitOf = (
  { answeredAt, retryAfter }: GraphFailure,
  ours: number
): Duration.Duration | undefined => {
  if (retryAfter === undefined) return undefined
  const now = answeredAt === undefined || Math.abs(answeredAt - ours) < sameTime ? ours : answeredAt
  const isSeconds = /^\d+(?:\.\d+)?$/u.test(retryAfter)
  const millis = isSeconds ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
  return millis > 0 ? Duration.millis(millis) : undefined
}
