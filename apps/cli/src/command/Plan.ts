import { existsSync, writeFileSync } from "node:fs"

import { Destination } from "@mailferry/core/Destination.ts"
import type { Forecast } from "@mailferry/core/Forecast.ts"
import { forecastNow } from "@mailferry/core/ForecastNow.ts"
import type { PlanSummary } from "@mailferry/core/PlanSummary.ts"
import { planMigration } from "@mailferry/core/Run.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { flagsAgain } from "../FlagsAgain.ts"
import { connected, type JobFlags, type OpenJob, openJob } from "../OpenJob.ts"
import { encodePlan, planFileOf } from "../PlanText.ts"
import { usageError } from "../UsageError.ts"
import { forecastJson, forecastLine } from "../view/ForecastText.ts"
import { planTable } from "../view/PlanTable.ts"
import { ProgressTally } from "../view/ProgressTally.ts"
import { Screen } from "../view/Screen.ts"

export interface PlanFlags extends JobFlags {
  readonly json: boolean
  readonly out: Option.Option<string>
}

const planJson = (summary: PlanSummary, stillGrowing: boolean, foreseen: Option.Option<Forecast>) => ({
  ...summary,
  forecast: forecastJson(Option.getOrUndefined(foreseen)),
  sourceStillGrowing: stillGrowing,
  mailboxes: summary.mailboxes.map(({ from, homes, mark, role, shown, to, why }) => ({
    from,
    to,
    mark: mark ?? null,
    role,
    messages: homes,
    alsoHere: shown,
    why: Option.getOrNull(why)
  }))
})

/** A reviewed plan is work: it is not written over. */
const refuseExisting = (file: string) =>
  existsSync(file)
    ? Effect.fail(
        usageError(
          `${file} is not written`,
          "there is such a file already",
          "Choose another name, or remove it first."
        )
      )
    : Effect.void

const write = (file: string, text: string) =>
  Effect.try({
    try: () => writeFileSync(file, text, { mode: 0o600, flag: "wx" }),
    catch: () => usageError(`${file} cannot be written`, "its directory is missing or not writable")
  })

const foretell = (foreseen: Option.Option<Forecast>): ReadonlyArray<string> =>
  Option.match(foreseen, { onNone: () => [], onSome: (forecast) => [`${forecastLine(forecast)}.`] })

const work = Effect.fnUntraced(function* (open: OpenJob) {
  const { listing, summary } = yield* planMigration({ rules: open.job.rules, planFile: Option.none() })
  const { capabilities } = yield* Destination
  return { listing, summary, foreseen: yield* forecastNow(summary, capabilities.pace) }
})

/** Prints what a run would do. Writes to neither account. */
export const plan = Effect.fnUntraced(function* (
  flags: PlanFlags
): Effect.fn.Return<Ending, Failure, Screen> {
  const screen = yield* Screen
  const open = yield* openJob(flags)
  if (Option.isSome(flags.out)) yield* refuseExisting(flags.out.value)
  const { foreseen, listing, summary } = yield* work(open).pipe(
    Effect.provide(connected(open, { tally: new ProgressTally() }))
  )
  if (Option.isSome(flags.out)) {
    const made = DateTime.formatIso(yield* DateTime.now)
    yield* write(flags.out.value, encodePlan(planFileOf(open.job, summary, made)))
    yield* screen.tell(
      `The plan is in ${flags.out.value}. Review it, then: mailferry run ${flagsAgain({ ...flags, plan: flags.out })}`
    )
  }
  yield* screen.print(
    flags.json
      ? JSON.stringify(planJson(summary, listing.stillGrowing, foreseen), undefined, 2)
      : [planTable(summary, screen.paint), ...foretell(foreseen)].join("\n")
  )
  if (listing.stillGrowing) {
    yield* screen.warn("Mail is still arriving at the source: plan again when it has settled, or run twice.")
  }
  return { _tag: "Done" }
})
