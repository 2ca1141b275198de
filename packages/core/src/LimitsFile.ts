import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

import { atOnce, limitsError, makeLimitsBuckets } from "./LimitsBuckets.ts"
import type { Hold, LimitsKeeper } from "./LimitsKeeper.ts"
import { makeLimitsTables } from "./LimitsSchema.ts"
import type { PaceRate } from "./PaceRate.ts"
import * as SqliteNode from "./SqliteNode.ts"

interface RateRow {
  readonly published: number
  readonly amount: number
  readonly since: number
  readonly spent: number
  readonly refusedAt: number | null
  readonly refusedAmount: number | null
}

const rateOf = ({ refusedAmount, refusedAt, ...row }: RateRow): PaceRate => ({
  ...row,
  refused: refusedAt === null || refusedAmount === null ? undefined : { at: refusedAt, amount: refusedAmount }
})

const keeperOf = (sql: SqlClient.SqlClient): LimitsKeeper => {
  const rate = (key: string) =>
    Effect.map(
      sql<RateRow>`
        SELECT published, amount, since, spent, refused_at AS refusedAt, refused_amount AS refusedAmount
        FROM rates WHERE key = ${key}`,
      ([row]) => (row === undefined ? undefined : rateOf(row))
    )

  return {
    take: makeLimitsBuckets(sql).tokenBucket,
    rate: (key) => rate(key).pipe(Effect.map(Option.fromUndefinedOr), Effect.mapError(limitsError)),
    changeRate: (key, change) =>
      atOnce(
        sql,
        Effect.gen(function* () {
          const changed = change(yield* rate(key))
          const { amount, published, refused, since, spent } = changed
          yield* sql`INSERT INTO rates ${sql.insert({
            key,
            published,
            amount,
            since,
            spent,
            refused_at: refused?.at ?? null,
            refused_amount: refused?.amount ?? null
          })}
            ON CONFLICT (key) DO UPDATE SET published = excluded.published, amount = excluded.amount,
              since = excluded.since, spent = excluded.spent, refused_at = excluded.refused_at,
              refused_amount = excluded.refused_amount`
          return changed
        })
      ),
    hold: (account, { detail, since, until }) =>
      sql`INSERT INTO holds ${sql.insert({ account, since, until, detail })}
        ON CONFLICT (account) DO UPDATE SET since = excluded.since, until = excluded.until, detail = excluded.detail
        WHERE holds.until < excluded.until OR holds.since > excluded.since`.pipe(
        Effect.asVoid,
        Effect.mapError(limitsError)
      ),
    held: (account) =>
      sql<Hold>`SELECT since, until, detail FROM holds WHERE account = ${account}`.pipe(
        Effect.map(([row]) => Option.fromUndefinedOr(row)),
        Effect.mapError(limitsError)
      )
  }
}

/** A transaction here takes less than a millisecond, so one that is kept waiting so long waits for a stuck program. */
const busyTimeoutMillis = 1000

/** Two processes that make the file together: SQLite does not wait for a change of the journal mode. */
const whileMadeElsewhere = {
  times: 5,
  schedule: Schedule.spaced(Duration.millis(50)),
  while: ({ reason }: SqlError) => reason._tag === "LockTimeoutError"
}

/** Budgets in a file of mode 0600 that every job of this person shares, open as long as the scope. */
export const openLimitsFile = Effect.fnUntraced(function* (filename: string) {
  return yield* Effect.gen(function* () {
    const sql = yield* SqliteNode.make({ filename, busyTimeoutMillis })
    // A commit need not have reached the disk as one of the ledger must: power loss forgets what was spent in the last
    // seconds, and the worst is that the service refuses a call and says until when.
    yield* sql`PRAGMA synchronous = NORMAL`
    yield* makeLimitsTables(sql)
    return keeperOf(sql)
  }).pipe(
    Effect.retry(whileMadeElsewhere),
    Effect.mapError(limitsError),
    Effect.provide(SqliteNode.layerReactivity)
  )
})
