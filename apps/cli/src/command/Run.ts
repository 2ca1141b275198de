import { Ledger } from "@mailferry/core/Ledger.ts"
import type { QuarantinedMessage } from "@mailferry/core/LedgerReports.ts"
import { defaultByteBudget, runMigration, type RunOptions } from "@mailferry/core/Run.ts"
import type { RunResult } from "@mailferry/core/RunResult.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { flagsAgain } from "../FlagsAgain.ts"
import { connected, type JobFlags, openJob, openPlan } from "../OpenJob.ts"
import type { Signals } from "../Signals.ts"
import { stoppable } from "../Stoppable.ts"
import { ProgressTally } from "../view/ProgressTally.ts"
import { failedJson, interruptedJson, runJson } from "../view/RunJson.ts"
import { runReport } from "../view/RunReport.ts"
import { Screen } from "../view/Screen.ts"

export interface RunFlags extends JobFlags {
  readonly json: boolean
  readonly plan: Option.Option<string>
  readonly noPilot: boolean
  readonly retryQuarantined: boolean
}

/** What a run ended with: its result, and what the ledger has in quarantine by then. */
export interface Ran {
  readonly result: RunResult
  readonly pilotFailed: boolean
  readonly quarantined: ReadonlyArray<QuarantinedMessage>
}

/** Runs the migration of a job. None when it had to be broken off before mail was on its way. */
export const migrate = Effect.fnUntraced(function* (
  flags: Omit<RunFlags, "json">,
  pilot: RunOptions["pilot"],
  tally: ProgressTally
) {
  const open = yield* openJob(flags)
  const planFile = yield* openPlan(flags.plan, open)
  const work = Effect.fnUntraced(function* (stop: Effect.Effect<boolean>) {
    const { pilot: piloted, result } = yield* runMigration({
      rules: open.job.rules,
      planFile,
      pilot,
      stop,
      byteBudget: defaultByteBudget,
      quarantineDirectory: Option.some(open.state.quarantine),
      retryQuarantined: flags.retryQuarantined
    })
    const quarantined = yield* Ledger.use(({ reports }) => reports.quarantined)
    const pilotFailed =
      Option.isSome(piloted) && !piloted.value.passed && Option.isNone(piloted.value.stoppedBy)
    return { result, pilotFailed, quarantined, piloted }
  })
  return yield* stoppable(work, tally, `mailferry run ${flagsAgain(flags)}`).pipe(
    Effect.provide(connected(open, { tally, mute: pilot === "only" ? ["PilotStep"] : [] }))
  )
})

/** Pilot, transfer, report. Run again, it does what is left and nothing twice. */
export const run = Effect.fnUntraced(function* (
  flags: RunFlags
): Effect.fn.Return<Ending, Failure, Screen | Signals> {
  const screen = yield* Screen
  const tally = new ProgressTally()
  const printJson = (json: object) =>
    flags.json ? screen.print(JSON.stringify(json, undefined, 2)) : Effect.void
  const ran = yield* migrate(flags, flags.noPilot ? "skip" : "first", tally).pipe(
    Effect.tapError((error) =>
      error._tag === "UsageError" ? Effect.void : printJson(failedJson(tally, error))
    ),
    Effect.onInterrupt(() => printJson(interruptedJson(tally)))
  )
  if (Option.isNone(ran)) {
    yield* printJson(interruptedJson(tally))
    return { _tag: "Interrupted" }
  }
  const { pilotFailed, quarantined, result } = ran.value
  yield* flags.json
    ? printJson(runJson(result, quarantined))
    : screen.print(runReport(result, quarantined, flagsAgain(flags), screen.paint))
  return pilotFailed ? { _tag: "Piloted", passed: false, result } : { _tag: "Ran", result }
})
