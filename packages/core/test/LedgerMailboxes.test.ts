import { assert, describe, it } from "@effect/vitest"
import type { DestinationMailboxRow } from "@mailferry/core/LedgerMailboxes.ts"
import { Cursor } from "@mailferry/core/MailboxReader.ts"
import { Effect, Option } from "effect"

import { locator, newLedger, putMessage } from "./LedgerOnDisk.ts"
import { placementRow } from "./MessageRows.ts"

const row: DestinationMailboxRow = {
  wanted: ["a:b"],
  path: ["a_b"],
  why: Option.some("the server refused the name"),
  origin: Option.some(Cursor("1:1")),
  cursor: Option.none(),
  cursorRun: 3,
  scanned: false
}

const fingerprint = "a".repeat(64)

describe("the ledger's mailboxes of the destination", () => {
  it.effect("are kept by the name that was asked for, as they were put last", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      yield* ledger.mailboxes.put(row)
      assert.deepStrictEqual(yield* ledger.mailboxes.all, [row])
      const later = {
        ...row,
        path: ["x"] as const,
        cursor: Option.some(Cursor("1:7")),
        cursorRun: 4,
        scanned: true
      }
      yield* ledger.mailboxes.put(later)
      assert.deepStrictEqual(yield* ledger.mailboxes.all, [later])
    })
  )
})

describe("the ledger's placements", () => {
  it.effect("claim their locators, however many are asked about", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1100)
      for (const message of ids) {
        yield* ledger.placements.putLater(
          placementRow({ message, locator: Option.some(locator(`9:${message}`)) })
        )
      }
      yield* ledger.placements.flush
      const asked = [...ids.map((id) => locator(`9:${id}`)), locator("9:99999")]
      assert.strictEqual((yield* ledger.mailboxes.claimed(["INBOX"], asked)).size, 1100)
      assert.strictEqual((yield* ledger.mailboxes.claimed(["Other"], asked)).size, 0)
      assert.strictEqual((yield* ledger.mailboxes.claimed(["INBOX"], asked, ids[0])).size, 1099)
    })
  )

  it.effect("of unknown outcome are named by mailbox until they are settled", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(3)
      const [a = 0, b = 0, c = 0] = ids
      const open = placementRow({ state: "appending", locator: Option.none() })
      yield* ledger.placements.put({ ...open, message: a })
      yield* ledger.placements.put({ ...open, message: b, mailbox: ["Work", "x/y"] })
      yield* ledger.placements.put({ ...open, message: c, state: "appended" })
      assert.deepStrictEqual(yield* ledger.mailboxes.withOpen, [["INBOX"], ["Work", "x/y"]])
      assert.deepStrictEqual(yield* ledger.mailboxes.open(["INBOX"]), [{ ...open, message: a }])
      yield* ledger.placements.put({ ...open, message: a, state: "failed" })
      assert.deepStrictEqual(yield* ledger.mailboxes.withOpen, [["Work", "x/y"]])
    })
  )

  it.effect("without a locator are counted by their octets, since a run", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(7)
      const stored = placementRow({ locator: Option.none(), fingerprint: Option.some(fingerprint), run: 5 })
      const rows = [
        stored,
        { ...stored, state: "verified" as const },
        { ...stored, state: "appending" as const },
        { ...stored, locator: Option.some(locator("9:9")) },
        { ...stored, fingerprint: Option.some("b".repeat(64)) },
        { ...stored, run: 4 },
        { ...stored, mailbox: ["Other"] as const }
      ]
      for (const [i, row] of rows.entries()) {
        yield* ledger.placements.put({ ...row, message: ids[i] ?? 0 })
      }
      assert.strictEqual(yield* ledger.mailboxes.unlocated(["INBOX"], fingerprint, 5), 2)
      assert.strictEqual(yield* ledger.mailboxes.unlocated(["INBOX"], fingerprint, 4), 3)
      assert.strictEqual(yield* ledger.mailboxes.unlocated(["INBOX"], fingerprint, 6), 0)
    })
  )

  it.effect("hold one row for a message and mailbox, whatever becomes of it", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const message = yield* putMessage(ledger, "id-1")
      yield* ledger.placements.put(placementRow({ message, state: "appending" }))
      yield* ledger.placements.put(placementRow({ message, state: "failed" }))
      yield* ledger.placements.put(placementRow({ message, mailbox: ["x"], step: "copy" }))
      const counts = yield* ledger.reports.placementCounts
      assert.deepStrictEqual(counts, [
        { state: "failed", step: "append", n: 1 },
        { state: "appended", step: "copy", n: 1 }
      ])
    })
  )
})
