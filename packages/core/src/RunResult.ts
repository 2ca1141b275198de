import * as Option from "effect/Option"

import type { PlanSummary } from "./PlanSummary.ts"
import type { StoppedBy } from "./Transfer.ts"

/**
 * What a run came to. Counts are messages: `planned` = in scope now, `migrated` = finished by this run, `alreadyThere`
 * = settled before or found there, `merged` = joined another by the provider. When `outcome` is `complete`,
 * planned = migrated + alreadyThere + merged + quarantined + failed.
 */
export interface RunResult {
  readonly outcome: "complete" | "partial" | "paused"
  readonly planned: number
  readonly migrated: number
  readonly alreadyThere: number
  readonly merged: number
  readonly quarantined: number
  readonly failed: number
  /** Octets appended by this run. */
  readonly bytes: number
  readonly seconds: number
  /** Messages that had to be copied into further mailboxes are done; these label steps are not. */
  readonly labelsLeft: number
  /** What could not be carried over exactly, by kind. */
  readonly losses: Readonly<Record<string, number>>
  /** What changed at the source since it was carried over, by kind; reported, not applied. */
  readonly changedAtSource: Readonly<Record<string, number>>
  /** Mail was still arriving at the source when it was last listed. */
  readonly sourceStillGrowing: boolean
  readonly stoppedBy: Option.Option<StoppedBy>
}

export interface RunFacts {
  readonly summary: PlanSummary
  /** Messages that were settled before this run did anything, adopted ones included. */
  readonly settledBefore: number
  /** Messages of this run that the destination joined with others of ours. */
  readonly merged: number
  /** Messages that this run found there before us, beyond those it had found when it began. */
  readonly adopted: number
  readonly bytes: number
  readonly seconds: number
  readonly sourceStillGrowing: boolean
  /** Mailboxes of the source that could not be listed. */
  readonly unlisted: number
  readonly stoppedBy: Option.Option<StoppedBy>
}

/** The counters, made from the plan as it is after the run: they add up because each message has one state. */
export const runResultOf = (facts: RunFacts): RunResult => {
  const { summary } = facts
  const quarantined = summary.quarantined + summary.unreadable
  const finished = summary.alreadyThere - facts.merged
  const migrated = Math.max(0, finished - facts.settledBefore - facts.adopted)
  const paused = Option.isSome(facts.stoppedBy)
  const left = quarantined + summary.toDo + facts.unlisted
  return {
    outcome: paused ? "paused" : left > 0 || facts.sourceStillGrowing ? "partial" : "complete",
    planned: summary.planned,
    migrated,
    alreadyThere: finished - migrated,
    merged: facts.merged,
    quarantined,
    failed: paused ? 0 : summary.toDo,
    bytes: facts.bytes,
    seconds: facts.seconds,
    labelsLeft: summary.labels,
    losses: facts.unlisted > 0 ? { ...summary.losses, "mailbox-unlisted": facts.unlisted } : summary.losses,
    changedAtSource: summary.changes,
    sourceStillGrowing: facts.sourceStillGrowing,
    stoppedBy: facts.stoppedBy
  }
}
