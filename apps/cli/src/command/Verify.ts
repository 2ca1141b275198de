import { verifyMigration, type VerifyResult } from "@mailferry/core/Verify.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { flagsAgain } from "../FlagsAgain.ts"
import { connected, type JobFlags, openJob, openPlan } from "../OpenJob.ts"
import { ProgressTally } from "../view/ProgressTally.ts"
import { Screen } from "../view/Screen.ts"
import { verifyTable } from "../view/VerifyTable.ts"

export interface VerifyFlags extends JobFlags {
  readonly json: boolean
  readonly plan: Option.Option<string>
  readonly full: boolean
  readonly allowForeign: boolean
}

/** Compares source, ledger and destination without the screen. */
export const compare = Effect.fnUntraced(function* (
  flags: Omit<VerifyFlags, "json">
): Effect.fn.Return<VerifyResult, Failure, Screen> {
  const open = yield* openJob(flags)
  const planFile = yield* openPlan(flags.plan, open)
  return yield* verifyMigration({
    rules: open.job.rules,
    planFile,
    full: flags.full,
    allowForeign: flags.allowForeign
  }).pipe(Effect.provide(connected(open, { tally: new ProgressTally() })))
})

/** Proves the migration, or names every message that spoils the proof. Changes nothing. */
export const verify = Effect.fnUntraced(function* (
  flags: VerifyFlags
): Effect.fn.Return<Ending, Failure, Screen> {
  const screen = yield* Screen
  const result = yield* compare(flags)
  yield* screen.print(
    flags.json ? JSON.stringify(result, undefined, 2) : verifyTable(result, flagsAgain(flags), screen.paint)
  )
  return { _tag: "Verified", result }
})
