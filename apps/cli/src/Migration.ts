import { defaultByteBudget } from "@mailferry/core/ByteBudget.ts"
import { Ledger } from "@mailferry/core/Ledger.ts"
import type { JoinedMessage } from "@mailferry/core/LedgerJoined.ts"
import type { FailedMessage, QuarantinedMessage } from "@mailferry/core/LedgerReports.ts"
import { runMigration, type RunOptions } from "@mailferry/core/Run.ts"
import type { RunResult } from "@mailferry/core/RunResult.ts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Failure } from "./ExitCode.ts"
import { flagsAgain } from "./FlagsAgain.ts"
import { connected, type JobFlags, openJob, openPlan } from "./OpenJob.ts"
import type { Signals } from "./Signals.ts"
import { stoppable } from "./Stoppable.ts"
import type { Foretold } from "./view/ForecastText.ts"
import { ProgressTally } from "./view/ProgressTally.ts"
import { failedJson, interruptedJson, type PilotJson, pilotJson } from "./view/RunJson.ts"
import { Screen } from "./view/Screen.ts"

export interface MigrationFlags extends JobFlags {
  readonly json: boolean
  readonly plan: Option.Option<string>
  readonly retryQuarantined: boolean
}

export interface Migrated {
  readonly result: RunResult
  /** Null when there was no pilot. */
  readonly pilot: PilotJson | null
  /** What the ledger has in quarantine by now, of this run and those before. */
  readonly quarantined: ReadonlyArray<QuarantinedMessage>
  /** What this run could not carry over, and the next one tries again. */
  readonly failures: ReadonlyArray<FailedMessage>
  /** Messages that the destination joined with another of ours, of this run and those before. */
  readonly joined: ReadonlyArray<JoinedMessage>
  /** What was forecast, and how long it took; undefined where the destination publishes no limits. */
  readonly foretold: Foretold | undefined
}

const work = Effect.fnUntraced(function* (
  flags: MigrationFlags,
  pilot: RunOptions["pilot"],
  tally: ProgressTally
) {
  const open = yield* openJob(flags)
  const planFile = yield* openPlan(flags.plan, open)
  const migration = Effect.fnUntraced(function* (stop: Effect.Effect<boolean>) {
    const { pilot: piloted, result } = yield* runMigration({
      rules: open.job.rules,
      planFile,
      pilot,
      stop,
      byteBudget: defaultByteBudget,
      quarantineDirectory: Option.some(open.state.quarantine),
      retryQuarantined: flags.retryQuarantined
    })
    const { joined, reports } = yield* Ledger
    return {
      result,
      pilot: pilotJson(piloted, tally),
      quarantined: yield* reports.quarantined,
      failures: yield* reports.failures,
      joined: yield* joined.merged,
      foretold: tally.foretold(yield* Clock.currentTimeMillis, result.outcome !== "paused")
    } satisfies Migrated
  })
  return yield* stoppable(migration, tally, `mailferry run ${flagsAgain(flags)}`).pipe(
    Effect.provide(connected(open, { tally, mute: pilot === "only" ? ["PilotStep"] : [] }))
  )
})

/**
 * The migration of a job, or its pilot. None when it was broken off before it had a result. With --json, a failure and a
 * breaking-off also print their object here: whoever reads the output gets one whatever happened.
 */
export const migrate = Effect.fnUntraced(function* (
  flags: MigrationFlags,
  pilot: RunOptions["pilot"]
): Effect.fn.Return<Option.Option<Migrated>, Failure, Screen | Signals> {
  const screen = yield* Screen
  const tally = new ProgressTally()
  const print = (json: object) =>
    flags.json ? screen.print(JSON.stringify(json, undefined, 2)) : Effect.void
  const migrated = yield* work(flags, pilot, tally).pipe(
    Effect.tapError((error) => (error._tag === "UsageError" ? Effect.void : print(failedJson(tally, error)))),
    Effect.onInterrupt(() => print(interruptedJson(tally)))
  )
  if (Option.isNone(migrated)) yield* print(interruptedJson(tally))
  return migrated
})
