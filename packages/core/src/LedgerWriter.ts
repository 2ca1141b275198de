import * as Arr from "effect/Array"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

import { type LedgerError, ledgerErrorOf } from "./LedgerError.ts"
import { type PlacementRow, recordOf } from "./PlacementRow.ts"

interface Write {
  readonly row: PlacementRow
  /** Nobody waits for this one, so its failure is kept for `flush`. */
  readonly later: boolean
  readonly done: Deferred.Deferred<void, LedgerError>
}

/** Rows of one commit; 17 columns each stay far below SQLite's 32,766 parameters. */
const rowsPerCommit = 500

/** The last row of each key, since one statement may not touch a row twice. */
const lastOfEachKey = (writes: ReadonlyArray<Write>) => [
  ...new Map(writes.map(({ row }) => [`${row.message} ${row.mailbox.join("\0")}`, recordOf(row)])).values()
]

/**
 * Writes placement rows in the order they come, many in one commit: whoever waits meanwhile shares the next fsync.
 *
 * `put` returns when the row is on the disk. `putLater` returns at once and is for rows whose loss is harmless
 * (an `appended` that is lost is found again on resume); `flush` waits for everything put before it, and fails when one
 * of those rows was lost.
 */
export const makeLedgerWriter = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const queue = yield* Queue.bounded<Write>(2 * rowsPerCommit)
  let latest: Deferred.Deferred<void, LedgerError> | undefined
  let lost: Exit.Exit<void, LedgerError> | undefined

  const commit = (writes: ReadonlyArray<Write>): Effect.Effect<unknown, SqlError> => {
    const records = lastOfEachKey(writes)
    if (!Arr.isArrayNonEmpty(records)) return Effect.void
    return sql`INSERT INTO placements ${sql.insert(records)}
        ON CONFLICT (message, mailbox) DO UPDATE SET step = excluded.step, origin = excluded.origin,
          state = excluded.state, locator = excluded.locator, flags = excluded.flags, keywords = excluded.keywords,
          internal_date = excluded.internal_date, size = excluded.size, fingerprint = excluded.fingerprint,
          added_id = excluded.added_id, ticket = excluded.ticket,
          why = excluded.why, detail = excluded.detail, advice = excluded.advice, run = excluded.run`
  }

  yield* Queue.takeBetween(queue, 1, rowsPerCommit).pipe(
    Effect.flatMap((writes) =>
      commit(writes).pipe(
        Effect.mapError(ledgerErrorOf),
        Effect.exit,
        Effect.map(Exit.asVoid),
        Effect.flatMap((exit) => {
          if (Exit.isFailure(exit) && writes.some(({ later }) => later)) lost ??= exit
          return Effect.forEach(writes, ({ done }) => Deferred.done(done, exit), { discard: true })
        })
      )
    ),
    Effect.forever,
    Effect.forkScoped
  )

  const offer = Effect.fnUntraced(function* (row: PlacementRow, later: boolean) {
    const done = yield* Deferred.make<void, LedgerError>()
    yield* Queue.offer(queue, { row, later, done })
    return done
  })

  return {
    put: (row: PlacementRow): Effect.Effect<void, LedgerError> =>
      Effect.flatMap(offer(row, false), (done) => Deferred.await(done)),
    putLater: (row: PlacementRow): Effect.Effect<void> =>
      Effect.map(offer(row, true), (done) => {
        latest = done
      }),
    flush: Effect.suspend(() =>
      latest === undefined ? Effect.void : Effect.exit(Deferred.await(latest))
    ).pipe(
      Effect.andThen(
        Effect.suspend(() => {
          const outcome = lost ?? Exit.void
          lost = undefined
          return outcome
        })
      )
    )
  }
})
