import { assert, describe, it } from "@effect/vitest"
import type { QuarantineRow } from "@mailferry/core/LedgerReports.ts"
import { Effect, Option } from "effect"
import { TestClock } from "effect/testing"

import { newLedger } from "./LedgerOnDisk.ts"
import { placementRow } from "./MessageRows.ts"

const refused = (message: number, row: Partial<QuarantineRow> = {}): QuarantineRow => ({
  message,
  subject: Option.some("hello"),
  why: "policy",
  detail: "554 no",
  advice: Option.some("ask"),
  file: Option.some("1.eml"),
  run: 1,
  ...row
})

describe("the ledger's quarantine", () => {
  it.effect("names a message with everything needed to find it", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(2)
      yield* ledger.reports.quarantine(refused(ids[1] ?? 0))
      assert.deepStrictEqual(yield* ledger.reports.quarantined, [
        { ...refused(ids[1] ?? 0), key: "id-2", messageId: Option.some("<id-2@example.net>"), size: 1000 }
      ])
    })
  )

  it.effect("holds a message once, with the last words and the file that was kept before", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      const [message = 0] = ids
      yield* ledger.reports.quarantine(refused(message))
      yield* ledger.reports.quarantine(
        refused(message, { detail: "555 still no", file: Option.none(), run: 2 })
      )
      const [row, ...others] = yield* ledger.reports.quarantined
      assert.deepStrictEqual(others, [])
      assert.deepInclude(row, { detail: "555 still no", file: Option.some("1.eml"), run: 2 })
    })
  )

  it.effect("is released with the refusals it stands for, and nothing else", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(2)
      const [first = 0, second = 0] = ids
      yield* ledger.reports.quarantine(refused(first))
      yield* ledger.placements.put(placementRow({ message: first, state: "rejected" }))
      yield* ledger.placements.put(placementRow({ message: second }))
      yield* ledger.reports.release
      assert.deepStrictEqual(yield* ledger.reports.quarantined, [])
      assert.deepStrictEqual(yield* ledger.reports.placementCounts, [
        { state: "appended", step: "append", n: 1 }
      ])
    })
  )
})

describe("the ledger's losses", () => {
  it.effect("are kept once each", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      const [message = 0] = ids
      const loss = { message, kind: "flag-not-kept", detail: "\\Flagged", run: 1 }
      yield* ledger.reports.loss(loss)
      yield* ledger.reports.loss({ ...loss, run: 2 })
      yield* ledger.reports.loss({ ...loss, detail: "$Forwarded" })
      assert.deepStrictEqual(yield* ledger.reports.losses, [
        { ...loss, detail: "$Forwarded", key: "id-1" },
        { ...loss, key: "id-1" }
      ])
    })
  )

  it.effect("that each run finds anew are forgotten when one begins", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      const [message = 0] = ids
      const kinds = [
        "moved-at-source",
        "deleted-at-source",
        "mailbox-refused",
        "retries-spent",
        "label-refused",
        "flag-not-kept",
        "label-ignored"
      ]
      for (const kind of kinds) yield* ledger.reports.loss({ message, kind, detail: "", run: 1 })
      yield* ledger.reports.forgetChanges
      assert.deepStrictEqual(
        (yield* ledger.reports.losses).map(({ kind }) => kind),
        ["flag-not-kept", "label-ignored"]
      )
    })
  )

  it.effect("of one run are counted by kind, those of other runs and changes at the source apart", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(2)
      const [first = 0, second = 0] = ids
      const note = (message: number, kind: string, run: number, detail = "") =>
        ledger.reports.loss({ message, kind, detail, run })
      yield* note(first, "retries-spent", 2)
      yield* note(second, "retries-spent", 2)
      yield* note(first, "label-ignored", 2, "x")
      yield* note(first, "label-ignored", 2, "y")
      yield* note(first, "mailbox-refused", 1)
      yield* note(first, "moved-at-source", 2)
      assert.deepStrictEqual(yield* ledger.reports.lossCounts(2), { "label-ignored": 2, "retries-spent": 2 })
    })
  )

  it.effect("name every message that is gone from the source though we carried it over", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(3)
      const [gone = 0, shown = 0] = ids
      yield* ledger.placements.put(placementRow({ message: gone }))
      yield* ledger.placements.put(placementRow({ message: gone, mailbox: ["Labels", "x"], step: "copy" }))
      yield* ledger.placements.put(placementRow({ message: shown }))
      yield* ledger.source.putMailboxes([
        { path: ["INBOX"], proposed: ["INBOX"], role: "home", specialUse: Option.none() }
      ])
      const [mailbox] = yield* ledger.source.mailboxes
      yield* ledger.source.putCopy(
        mailbox?.id ?? 0,
        "1",
        placementRow().locator.pipe(Option.getOrThrow),
        shown
      )
      yield* ledger.reports.noteDeleted(4)
      yield* ledger.reports.noteDeleted(4)
      assert.deepStrictEqual(yield* ledger.reports.losses, [
        { message: gone, kind: "deleted-at-source", detail: "", run: 4, key: "id-1" }
      ])
    })
  )
})

describe("the ledger's runs", () => {
  it.effect("are numbered from one, and the last one can be told", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      assert.deepStrictEqual(yield* ledger.reports.lastRun, Option.none())
      assert.strictEqual(yield* ledger.reports.beginRun, 1)
      yield* TestClock.adjust("5 seconds")
      yield* ledger.reports.endRun(1, "complete", "{}")
      assert.strictEqual(yield* ledger.reports.beginRun, 2)
      assert.deepStrictEqual(
        yield* ledger.reports.lastRun,
        Option.some({ id: 2, started: 5000, ended: null, outcome: null, result: null })
      )
      yield* ledger.reports.endRun(2, "paused", "{}")
      assert.deepInclude(Option.getOrThrow(yield* ledger.reports.lastRun), { ended: 5000, outcome: "paused" })
    })
  )
})
