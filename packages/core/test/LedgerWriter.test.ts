import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@mailferry/core/Ledger.ts"
import { LedgerError } from "@mailferry/core/LedgerError.ts"
import type { PlacementState } from "@mailferry/core/PlacementRow.ts"
import { Effect, Exit, Fiber, Option } from "effect"

import { newLedger, openLedger } from "./LedgerOnDisk.ts"
import { placementRow } from "./MessageRows.ts"

const states = Effect.fnUntraced(function* ({ sql }: Ledger["Service"]) {
  const rows = yield* sql<{ readonly message: number; readonly mailbox: string; readonly state: string }>`
    SELECT message, mailbox, state FROM placements ORDER BY message, mailbox`
  return rows.map(({ mailbox, message, state }) => `${message} ${mailbox} ${state}`)
})

/** Counts the commits that reach the database: SQLite's own count of changes to it. */
const dataVersion = Effect.fnUntraced(function* (watcher: Ledger["Service"]) {
  const rows = yield* watcher.sql<{ readonly data_version: number }>`PRAGMA data_version`
  return rows[0]?.data_version ?? 0
})

/** No page beyond those the file has: every insert that needs one fails with SQLITE_FULL. */
const fillDisk = Effect.fnUntraced(function* ({ sql }: Ledger["Service"]) {
  const [pages] = yield* sql<{ readonly page_count: number }>`PRAGMA page_count`
  yield* sql.unsafe(`PRAGMA max_page_count = ${pages?.page_count ?? 1}`)
})

const freeDisk = ({ sql }: Ledger["Service"]) => sql.unsafe("PRAGMA max_page_count = 1000000")

const long = Option.some("x".repeat(3000))

describe("the placement writer", () => {
  it.effect("has the row on the disk when put returns", () =>
    Effect.gen(function* () {
      const { filename, ids, ledger } = yield* newLedger(1)
      yield* ledger.placements.put(placementRow({ message: ids[0] ?? 0, state: "appending" }))
      const other = yield* openLedger(filename)
      assert.deepStrictEqual(yield* states(other), [`${ids[0]} ["INBOX"] appending`])
    })
  )

  it.effect("keeps every column as it was given", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      const row = placementRow({
        message: ids[0] ?? 0,
        mailbox: ["a/b", "\u0000 ü", "c"],
        step: "copy",
        origin: "adopted",
        state: "failed",
        locator: Option.none(),
        flags: new Set(["\\Seen", "\\Flagged"]),
        keywords: new Set(["$Forwarded"]),
        fingerprint: Option.none(),
        why: Option.some("policy"),
        detail: Option.some("no"),
        advice: Option.some("ask")
      })
      yield* ledger.placements.put(row)
      yield* ledger.placements.put({ ...row, state: "appending" })
      assert.deepStrictEqual(yield* ledger.mailboxes.open(row.mailbox), [{ ...row, state: "appending" }])
    })
  )

  it.effect("keeps the order of writes to one row, also within one commit", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      const order: ReadonlyArray<PlacementState> = ["appending", "appended", "failed", "verified"]
      yield* Effect.forEach(
        order,
        (state) => ledger.placements.put(placementRow({ message: ids[0] ?? 0, state })),
        { concurrency: "unbounded", discard: true }
      )
      assert.deepStrictEqual(yield* states(ledger), [`${ids[0]} ["INBOX"] verified`])
    })
  )

  it.effect("lets hundreds of waiting workers share a commit", () =>
    Effect.gen(function* () {
      const { filename, ids, ledger } = yield* newLedger(400)
      const watcher = yield* openLedger(filename)
      const before = yield* dataVersion(watcher)
      const commits = new Set<number>()
      yield* Effect.forEach(
        ids,
        (message) =>
          Effect.andThen(
            ledger.placements.put(placementRow({ message, state: "appending" })),
            Effect.map(dataVersion(watcher), (version) => commits.add(version))
          ),
        { concurrency: "unbounded", discard: true }
      )
      assert.strictEqual((yield* states(ledger)).length, 400)
      commits.delete(before)
      assert.isAtMost(commits.size, 3)
    })
  )

  it.effect("holds more waiting writers than its queue", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(3000)
      yield* Effect.forEach(ids, (message) => ledger.placements.put(placementRow({ message })), {
        concurrency: "unbounded",
        discard: true
      })
      assert.strictEqual((yield* states(ledger)).length, 3000)
    })
  )

  it.effect("returns from putLater at once and has the row on the disk after flush", () =>
    Effect.gen(function* () {
      const { filename, ids, ledger } = yield* newLedger(20)
      const other = yield* openLedger(filename)
      yield* Effect.forEach(ids, (message) => ledger.placements.putLater(placementRow({ message })), {
        discard: true
      })
      yield* ledger.placements.flush
      assert.strictEqual((yield* states(other)).length, 20)
      yield* ledger.placements.flush
    })
  )

  it.effect("tells a full disk to every waiter, and works again once there is room", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(300)
      yield* fillDisk(ledger)
      const exits = yield* Effect.forEach(
        ids,
        (message) => Effect.exit(ledger.placements.put(placementRow({ message, detail: long }))),
        { concurrency: "unbounded" }
      )
      const errors = exits.map((exit) => Option.getOrUndefined(Exit.findErrorOption(exit)))
      assert.deepStrictEqual(
        [...new Set(errors.map((error) => `${error?._tag} ${error?.why}`))],
        ["LedgerError disk-full"]
      )
      assert.match(errors[0]?.advice ?? "", /Free some space/u)
      assert.deepStrictEqual(yield* states(ledger), [], "nothing of a failed commit remains")

      yield* freeDisk(ledger)
      yield* ledger.placements.put(placementRow({ message: ids[0] ?? 0 }))
      assert.strictEqual((yield* states(ledger)).length, 1)
    })
  )

  it.effect("tells a read-only disk to the caller", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      yield* ledger.sql`PRAGMA query_only = ON`
      const error = yield* Effect.flip(ledger.placements.put(placementRow({ message: ids[0] ?? 0 })))
      assert.strictEqual(error.why, "read-only")
      assert.match(error.advice, /writable/u)
    })
  )

  it.effect("does not forget at flush that an earlier putLater failed", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(2)
      const [first = 0, second = 0] = ids
      yield* ledger.sql`PRAGMA query_only = ON`
      yield* ledger.placements.putLater(placementRow({ message: first }))
      yield* Effect.exit(ledger.placements.put(placementRow({ message: first })))
      yield* ledger.sql`PRAGMA query_only = OFF`
      yield* ledger.placements.putLater(placementRow({ message: second }))
      assert.strictEqual((yield* Effect.flip(ledger.placements.flush)).why, "read-only")
      assert.deepStrictEqual(yield* states(ledger), [`${second} ["INBOX"] appended`])
      yield* ledger.placements.flush
    })
  )

  it.effect("does not tell flush of a failure that its own caller was told of", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      yield* ledger.sql`PRAGMA query_only = ON`
      yield* Effect.flip(ledger.placements.put(placementRow({ message: ids[0] ?? 0 })))
      yield* ledger.sql`PRAGMA query_only = OFF`
      yield* ledger.placements.flush
      yield* ledger.placements.putLater(placementRow({ message: ids[0] ?? 0 }))
      yield* ledger.placements.flush
      assert.strictEqual((yield* states(ledger)).length, 1)
    })
  )

  it.effect("goes on for the others when a waiting worker is interrupted", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(2)
      const [first = 0, second = 0] = ids
      const waiting = yield* Effect.forkChild(ledger.placements.put(placementRow({ message: first })), {
        startImmediately: true
      })
      yield* Fiber.interrupt(waiting)
      yield* ledger.placements.put(placementRow({ message: second }))
      assert.include(yield* states(ledger), `${second} ["INBOX"] appended`)
    })
  )

  it.effect("is not undone when a listing's commit beside it is rolled back", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      const put = ledger.placements.put(placementRow({ message: ids[0] ?? 0 }))
      let beside: Fiber.Fiber<void, LedgerError> | undefined
      const doomed = ledger.source.inOneCommit(
        Effect.gen(function* () {
          yield* ledger.note("a", "b")
          beside = yield* Effect.forkDetach(put)
          for (let turn = 0; turn < 50; turn++) yield* Effect.yieldNow
          return yield* new LedgerError({ why: "unclassified", detail: "rolled back", advice: "" })
        })
      )
      assert.strictEqual((yield* Effect.flip(doomed)).detail, "rolled back")
      if (beside !== undefined) yield* Fiber.join(beside)
      assert.strictEqual((yield* states(ledger)).length, 1)
      assert.deepStrictEqual(yield* ledger.noted("a"), Option.none())
    })
  )
})
