import type { LedgerError } from "@mailferry/core/LedgerError.ts"
import type { MailError, Side } from "@mailferry/core/MailError.ts"
import type { PlanDrift } from "@mailferry/core/PlanDrift.ts"
import type { RunResult } from "@mailferry/core/RunResult.ts"
import type { VerifyResult } from "@mailferry/core/Verify.ts"
import * as Option from "effect/Option"

import type { UsageError } from "./UsageError.ts"

/** What a command may fail with. Anything else is a bug. */
export type Failure = UsageError | MailError | LedgerError | PlanDrift

/** How a command ended. */
export type Ending =
  | { readonly _tag: "Done" }
  | { readonly _tag: "Ran"; readonly result: Pick<RunResult, "outcome" | "stoppedBy"> }
  | { readonly _tag: "Piloted"; readonly passed: boolean; readonly result: Pick<RunResult, "stoppedBy"> }
  | { readonly _tag: "Verified"; readonly result: Pick<VerifyResult, "ok"> }
  | { readonly _tag: "Failed"; readonly error: Failure }
  /** The command line itself was wrong; Effect's CLI has said how. */
  | { readonly _tag: "Misused" }
  | { readonly _tag: "Interrupted" }
  | { readonly _tag: "Defect" }

/** Every exit code there is; new ones may be added, so a script treats one it does not know as a failure. */
const ExitCode = {
  done: 0,
  unexpected: 1,
  usage: 2,
  partial: 3,
  sourceUnreachable: 4,
  authentication: 5,
  destinationUnreachable: 6,
  throttled: 7,
  destinationFull: 8,
  planDrift: 9,
  verificationFailed: 10,
  locked: 11,
  doctor: 12,
  interrupted: 130
} as const

const unreachable = (side: Side | undefined): number =>
  side === undefined
    ? ExitCode.unexpected
    : side === "source"
      ? ExitCode.sourceUnreachable
      : ExitCode.destinationUnreachable

const codeOfMailError = ({ reason, side }: MailError): number => {
  switch (reason._tag) {
    case "AuthFailed":
      return ExitCode.authentication
    case "Throttled":
      return ExitCode.throttled
    case "QuotaExceeded":
      return side === "source" ? ExitCode.sourceUnreachable : ExitCode.destinationFull
    case "Transient":
    case "MessageRejected":
    case "MailboxRejected":
    case "Fatal":
      return unreachable(side)
  }
}

const codeOfFailure = (error: Failure): number => {
  switch (error._tag) {
    case "UsageError":
      return ExitCode.usage
    case "MailError":
      return codeOfMailError(error)
    case "LedgerError":
      return error.why === "locked" ? ExitCode.locked : ExitCode.unexpected
    case "PlanDrift":
      return ExitCode.planDrift
  }
}

const codeOfStop = ({ stoppedBy }: Pick<RunResult, "stoppedBy">): Option.Option<number> =>
  Option.map(stoppedBy, (cause) => (cause._tag === "Asked" ? ExitCode.interrupted : codeOfFailure(cause)))

/** The exit code of an ending: the one table behind every command. */
export const exitCodeOf = (ending: Ending): number => {
  switch (ending._tag) {
    case "Done":
      return ExitCode.done
    case "Ran":
      return Option.getOrElse(codeOfStop(ending.result), () =>
        ending.result.outcome === "complete" ? ExitCode.done : ExitCode.partial
      )
    case "Piloted":
      return Option.getOrElse(codeOfStop(ending.result), () =>
        ending.passed ? ExitCode.done : ExitCode.verificationFailed
      )
    case "Verified":
      return ending.result.ok ? ExitCode.done : ExitCode.verificationFailed
    case "Failed":
      return codeOfFailure(ending.error)
    case "Misused":
      return ExitCode.usage
    case "Interrupted":
      return ExitCode.interrupted
    case "Defect":
      return ExitCode.unexpected
  }
}
