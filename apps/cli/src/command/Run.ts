import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { flagsAgain } from "../FlagsAgain.ts"
import { migrate, type MigrationFlags } from "../Migration.ts"
import type { Signals } from "../Signals.ts"
import { pilotReport } from "../view/PilotReport.ts"
import { runJson } from "../view/RunJson.ts"
import { runReport } from "../view/RunReport.ts"
import { Screen } from "../view/Screen.ts"

export interface RunFlags extends MigrationFlags {
  readonly noPilot: boolean
}

/** Pilot, transfer, report. Run again, it does what is left and nothing twice. */
export const run = Effect.fnUntraced(function* (
  flags: RunFlags
): Effect.fn.Return<Ending, Failure, Screen | Signals> {
  const screen = yield* Screen
  const migrated = yield* migrate(flags, flags.noPilot ? "skip" : "first")
  if (Option.isNone(migrated)) return { _tag: "Interrupted" }
  const { failures, foretold, joined, pilot, quarantined, result } = migrated.value
  // Nothing was begun after a pilot that proved the chain broken.
  const pilotFailed = pilot !== null && !pilot.passed && Option.isNone(result.stoppedBy)
  const again = flagsAgain(flags)
  yield* screen.print(
    flags.json
      ? JSON.stringify(runJson(result, quarantined, pilot, failures, joined, foretold), undefined, 2)
      : pilotFailed
        ? pilotReport(pilot, result, again, screen.paint)
        : runReport(result, quarantined, again, screen.paint, failures, joined, foretold)
  )
  return pilotFailed ? { _tag: "Piloted", passed: false, result } : { _tag: "Ran", result }
})
