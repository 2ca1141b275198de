import { showPath } from "@mailferry/core/Mailbox.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { flagsAgain } from "../FlagsAgain.ts"
import type { JobFlags } from "../OpenJob.ts"
import type { Signals } from "../Signals.ts"
import { pilotReport } from "../view/PilotReport.ts"
import { ProgressTally } from "../view/ProgressTally.ts"
import { failedJson, interruptedJson } from "../view/RunJson.ts"
import { Screen } from "../view/Screen.ts"
import { stoppedJson } from "../view/StoppedWords.ts"
import { migrate } from "./Run.ts"

export interface PilotFlags extends JobFlags {
  readonly json: boolean
}

/** Carries a few messages of one mailbox over and proves each link of the chain. */
export const pilot = Effect.fnUntraced(function* (
  flags: PilotFlags
): Effect.fn.Return<Ending, Failure, Screen | Signals> {
  const screen = yield* Screen
  const tally = new ProgressTally()
  const printJson = (json: object) =>
    flags.json ? screen.print(JSON.stringify(json, undefined, 2)) : Effect.void
  const ran = yield* migrate(
    { ...flags, plan: Option.none(), noPilot: false, retryQuarantined: false },
    "only",
    tally
  ).pipe(
    Effect.tapError((error) =>
      error._tag === "UsageError" ? Effect.void : printJson(failedJson(tally, error))
    ),
    Effect.onInterrupt(() => printJson(interruptedJson(tally)))
  )
  if (Option.isNone(ran)) {
    yield* printJson(interruptedJson(tally))
    return { _tag: "Interrupted" }
  }
  const { piloted, result } = ran.value
  const passed = Option.exists(piloted, ({ passed }) => passed)
  const messages = Option.match(piloted, { onNone: () => 0, onSome: (of) => of.messages })
  const mailbox = Option.map(piloted, (of) => of.mailbox)
  yield* flags.json
    ? printJson({
        passed,
        mailbox: Option.getOrNull(mailbox),
        messages,
        steps: tally.pilot,
        stoppedBy: stoppedJson(result)
      })
    : screen.print(
        pilotReport(
          {
            passed,
            messages,
            mailbox: Option.match(mailbox, { onNone: () => "", onSome: showPath }),
            steps: tally.pilot,
            result
          },
          flagsAgain(flags),
          screen.paint
        )
      )
  return { _tag: "Piloted", passed, result }
})
