import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { flagsAgain } from "../FlagsAgain.ts"
import { migrate } from "../Migration.ts"
import type { JobFlags } from "../OpenJob.ts"
import type { Signals } from "../Signals.ts"
import { pilotReport } from "../view/PilotReport.ts"
import { Screen } from "../view/Screen.ts"
import { stoppedJson } from "../view/StoppedWords.ts"

export interface PilotFlags extends JobFlags {
  readonly json: boolean
  readonly plan: Option.Option<string>
}

/** Carries a few messages of one mailbox over and proves each link of the chain. */
export const pilot = Effect.fnUntraced(function* (
  flags: PilotFlags
): Effect.fn.Return<Ending, Failure, Screen | Signals> {
  const screen = yield* Screen
  const migrated = yield* migrate({ ...flags, retryQuarantined: false }, "only")
  if (Option.isNone(migrated)) return { _tag: "Interrupted" }
  const { pilot, result } = migrated.value
  const passed = pilot?.passed ?? false
  yield* screen.print(
    flags.json
      ? JSON.stringify(
          {
            passed,
            mailbox: pilot?.mailbox ?? null,
            messages: pilot?.messages ?? 0,
            steps: pilot?.steps ?? [],
            stoppedBy: stoppedJson(result)
          },
          undefined,
          2
        )
      : pilotReport(pilot, result, flagsAgain(flags), screen.paint)
  )
  return { _tag: "Piloted", passed, result }
})
