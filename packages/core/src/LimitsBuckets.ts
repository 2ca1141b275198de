import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

export const limitsError = (cause: SqlError): RateLimiter.RateLimiterError =>
  new RateLimiter.RateLimiterError({
    reason: new RateLimiter.RateLimitStoreError({ message: "The budgets could not be kept", cause })
  })

/** BEGIN alone takes the write lock with the first write, too late for what was read before it. */
export const atOnce = <A>(
  sql: SqlClient.SqlClient,
  work: Effect.Effect<A, SqlError>
): Effect.Effect<A, RateLimiter.RateLimiterError> =>
  sql
    .withTransaction(work)
    .pipe(Effect.provideService(SqlClient.BeginTransaction, "BEGIN IMMEDIATE"), Effect.mapError(limitsError))

/**
 * Effect's `RateLimiterStore` in a database that several processes share. Core finds its rates and pauses accounts by
 * rules of its own (PaceRate, AccountGate), so no adaptive state is ever kept here.
 */
export const makeLimitsBuckets = (sql: SqlClient.SqlClient): RateLimiter.RateLimiterStore["Service"] => {
  const tokenBucket: RateLimiter.RateLimiterStore["Service"]["tokenBucket"] = Effect.fnUntraced(function* ({
    allowOverflow,
    key,
    limit,
    refillRate,
    tokens
  }) {
    const now = yield* Clock.currentTimeMillis
    const every = Duration.toMillis(refillRate)
    return yield* atOnce(
      sql,
      Effect.gen(function* () {
        const [row] = yield* sql<{ readonly tokens: number; readonly refilled: number }>`
          SELECT tokens, refilled FROM buckets WHERE key = ${key}`
        // A clock that was set back would stop the refill until it is what it was.
        const since = Math.min(row?.refilled ?? now, now)
        const refills = Math.floor((now - since) / every)
        const there = Math.min(limit, (row?.tokens ?? limit) + refills)
        const refilled = there >= limit ? now : since + refills * every
        const left = there - tokens
        const kept = allowOverflow || left >= 0 ? left : there
        yield* sql`INSERT INTO buckets ${sql.insert({ key, tokens: kept, refilled })}
          ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, refilled = excluded.refilled`
        return [left, Math.max(0, now - refilled)] as const
      })
    )
  })

  const fixedWindow: RateLimiter.RateLimiterStore["Service"]["fixedWindow"] = Effect.fnUntraced(function* ({
    key,
    limit,
    refillRate,
    tokens
  }) {
    const now = yield* Clock.currentTimeMillis
    return yield* atOnce(
      sql,
      Effect.gen(function* () {
        const [row] = yield* sql<{ readonly count: number; readonly ends: number }>`
          SELECT count, ends FROM windows WHERE key = ${key} AND ends > ${now}`
        const count = (row?.count ?? 0) + tokens
        const before = row?.ends ?? now
        if (limit !== undefined && count > limit) return [count, before - now] as const
        const ends = before + Duration.toMillis(refillRate) * tokens
        yield* sql`INSERT INTO windows ${sql.insert({ key, count, ends })}
          ON CONFLICT (key) DO UPDATE SET count = excluded.count, ends = excluded.ends`
        return [count, ends - now] as const
      })
    )
  })

  return {
    tokenBucket,
    fixedWindow,
    adaptiveConsume: () => Effect.succeed({ delay: Duration.zero, epoch: 0, phase: "inactive" }),
    adaptiveFeedback: () => Effect.void
  }
}
