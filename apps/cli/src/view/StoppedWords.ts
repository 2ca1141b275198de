import type { RunResult } from "@mailferry/core/RunResult.ts"
import * as Option from "effect/Option"

import type { Failure } from "../ExitCode.ts"
import { told } from "./Failure.ts"

/** Why a run stopped early, as JSON gives it. `side` is null where neither account is at fault. */
export interface StoppedJson {
  readonly side: "source" | "destination" | null
  /** A MailError reason, `Asked`, `LedgerError` or `PlanDrift`. */
  readonly reason: string
  readonly detail: string
  readonly advice: string
}

export const stoppedByPerson: StoppedJson = {
  side: null,
  reason: "Asked",
  detail: "a person or a service manager asked it to stop",
  advice: "Run the same command again: it goes on where it stopped."
}

export const stoppedByFailure = (error: Failure): StoppedJson => {
  const { next, why } = told(error)
  const place =
    error._tag === "MailError"
      ? { side: error.side ?? null, reason: error.reason._tag }
      : { side: null, reason: error._tag }
  return { ...place, detail: why.join("; "), advice: next }
}

export const stoppedJson = ({ stoppedBy }: Pick<RunResult, "stoppedBy">): StoppedJson | null =>
  Option.match(stoppedBy, {
    onNone: () => null,
    onSome: (cause) => (cause._tag === "Asked" ? stoppedByPerson : stoppedByFailure(cause))
  })
