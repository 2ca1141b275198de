import * as Duration from "effect/Duration"

import type { Throttled } from "./MailError.ts"

const minute = Duration.toMillis("1 minutes")

/**
 * A day's allowance is used up, and nobody says when the service's day ends: a run that is started again asks once an
 * hour. Longer than a run waits, so that it ends and says so.
 */
const untilAskedAgain = Duration.hours(1)

/** A call too many is in flight for seconds: the first wait, doubled with each refusal in a row. */
const untilOneIsDone = Duration.seconds(1)

/** So that jobs and workers that were held together do not return together: gmail.md, behaviour 9. */
export const longestJitter = Duration.seconds(5)

/** How long an account that refused a call is left alone. */
export interface PauseLength {
  /** For the whole account, in other jobs too; none when it is ours to guess. */
  readonly stated: Duration.Duration | undefined
  /** The guess to begin with, where it is another than usual. */
  readonly guess: Duration.Duration | undefined
}

/** What the service states holds; a limit by the minute is full again when the next minute begins. */
export const pauseLength = ({ over, retryAfter }: Throttled, now: number): PauseLength => {
  if (retryAfter !== undefined) return { stated: retryAfter, guess: undefined }
  if (over === "rate") return { stated: Duration.millis(minute - (now % minute)), guess: undefined }
  if (over === "day") return { stated: untilAskedAgain, guess: undefined }
  return { stated: undefined, guess: over === "concurrency" ? untilOneIsDone : undefined }
}
