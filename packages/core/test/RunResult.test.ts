import { assert, describe, it } from "@effect/vitest"
import { Fatal } from "@mailferry/core/MailError.ts"
import type { PlanSummary } from "@mailferry/core/PlanSummary.ts"
import { type RunFacts, type RunResult, runResultOf } from "@mailferry/core/RunResult.ts"
import { Option } from "effect"

import { mailError } from "./Stubs.ts"

const summary = (counts: Partial<PlanSummary>): PlanSummary => ({
  mailboxes: [],
  planned: 0,
  toDo: 0,
  appends: 0,
  alreadyThere: 0,
  quarantined: 0,
  unreadable: 0,
  tooLarge: 0,
  bytes: 0,
  labelRule: "copy",
  labels: 0,
  flagChanges: 0,
  losses: {},
  changes: {},
  ...counts
})

const resultOf = (counts: Partial<PlanSummary>, facts: Partial<RunFacts> = {}) =>
  runResultOf({
    summary: summary(counts),
    settledBefore: 0,
    merged: 0,
    adopted: 0,
    bytes: 0,
    seconds: 0,
    sourceStillGrowing: false,
    unlisted: 0,
    stoppedBy: Option.none(),
    ...facts
  })

const accounted = (result: RunResult) =>
  result.migrated + result.alreadyThere + result.merged + result.quarantined + result.failed

const asked = Option.some({ _tag: "Asked" as const })

describe("runResultOf", () => {
  it.each<[counts: Partial<PlanSummary>, facts: Partial<RunFacts>, expected: Partial<RunResult>]>([
    [{ planned: 9, alreadyThere: 9 }, {}, { outcome: "complete", migrated: 9, alreadyThere: 0 }],
    [
      { planned: 9, alreadyThere: 9 },
      { settledBefore: 9 },
      { outcome: "complete", migrated: 0, alreadyThere: 9 }
    ],
    [
      { planned: 9, alreadyThere: 9 },
      { settledBefore: 4, merged: 2 },
      { outcome: "complete", migrated: 3, alreadyThere: 4, merged: 2 }
    ],
    [
      { planned: 9, alreadyThere: 6, quarantined: 2, unreadable: 1 },
      {},
      { outcome: "partial", migrated: 6, quarantined: 3, failed: 0 }
    ],
    [{ planned: 9, alreadyThere: 5, toDo: 4 }, {}, { outcome: "partial", migrated: 5, failed: 4 }],
    [
      { planned: 9, alreadyThere: 9 },
      { sourceStillGrowing: true },
      { outcome: "partial", migrated: 9, sourceStillGrowing: true }
    ],
    [{}, {}, { outcome: "complete", planned: 0, migrated: 0 }],
    [
      { planned: 3, alreadyThere: 3 },
      { settledBefore: 5 },
      { outcome: "complete", migrated: 0, alreadyThere: 3 }
    ]
  ])("counts %j with %j as %j", (counts, facts, expected) => {
    const result = resultOf(counts, facts)
    assert.deepInclude(result, expected)
    assert.strictEqual(accounted(result), result.planned)
  })

  it("calls nothing failed that it did not get to", () => {
    const result = resultOf({ planned: 9, alreadyThere: 5, toDo: 4 }, { stoppedBy: asked })
    assert.deepInclude(result, { outcome: "paused", migrated: 5, failed: 0 })
    assert.strictEqual(result.planned - accounted(result), 4, "what is left is what was not done")
  })

  it("keeps what stopped it, for the exit code", () => {
    const stoppedBy = Option.some(mailError(new Fatal({ detail: "no" })))
    assert.deepInclude(resultOf({}, { stoppedBy }), { outcome: "paused", stoppedBy })
  })

  it("is not complete while a mailbox of the source could not be listed, and says so among the losses", () => {
    const result = resultOf({ planned: 1, alreadyThere: 1, losses: { "flag-not-kept": 2 } }, { unlisted: 1 })
    assert.deepInclude(result, { outcome: "partial", migrated: 1, failed: 0 })
    assert.deepStrictEqual(result.losses, { "flag-not-kept": 2, "mailbox-unlisted": 1 })
  })

  it("passes on what was lost and what changed at the source, by kind", () => {
    const losses = { "flag-not-kept": 2 }
    const changes = { "moved-at-source": 1 }
    assert.deepInclude(resultOf({ labels: 3, losses, changes }), {
      labelsLeft: 3,
      losses,
      changedAtSource: changes
    })
  })
})
