import { existsSync } from "node:fs"

import * as Ledger from "@mailferry/core/Ledger.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { flagsAgain } from "../FlagsAgain.ts"
import { runAtWork } from "../LockHolder.ts"
import { type JobFlags, openJob, type OpenJob } from "../OpenJob.ts"
import { Screen } from "../view/Screen.ts"
import { type Standing, statusJson, statusText } from "../view/StatusText.ts"

export interface StatusFlags extends JobFlags {
  readonly json: boolean
}

const read = Effect.fnUntraced(function* ({ state }: OpenJob) {
  const { reports } = yield* Ledger.Ledger
  const losses: Record<string, number> = {}
  for (const { kind } of yield* reports.losses) losses[kind] = (losses[kind] ?? 0) + 1
  return {
    ledger: state.ledger,
    messages: yield* reports.messageCount,
    placements: yield* reports.placementCounts,
    lastRun: Option.getOrUndefined(yield* reports.lastRun),
    atWork: runAtWork(state.ledger),
    quarantined: yield* reports.quarantined,
    losses
  } satisfies Standing
})

/** What the ledger knows. Opens no connection and takes no lock, so it also answers while a run is at work. */
export const status = Effect.fnUntraced(function* (
  flags: StatusFlags
): Effect.fn.Return<Ending, Failure, Screen> {
  const screen = yield* Screen
  const open = yield* openJob(flags)
  const { destination, source } = open.job
  const pair = { source: source.accountId, destination: destination.accountId }
  const standing = existsSync(open.state.ledger)
    ? Option.some(
        yield* read(open).pipe(
          Effect.provide(
            Ledger.layer({
              filename: open.state.ledger,
              sourceAccount: source.accountId,
              destinationAccount: destination.accountId,
              exclusive: false
            })
          )
        )
      )
    : Option.none<Standing>()
  yield* screen.print(
    flags.json
      ? JSON.stringify({ ...pair, ...statusJson(standing) }, undefined, 2)
      : statusText(pair, standing, flagsAgain(flags), screen.paint)
  )
  return { _tag: "Done" }
})
