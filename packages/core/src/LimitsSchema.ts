import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

/**
 * The tables of `limits.sqlite`. Times are milliseconds since 1970 in UTC.
 *
 * `buckets` holds what may be spent at this moment, `rates` how fast it comes back and how we found out, `holds` until
 * when an account asked us to send nothing. `windows` is for limits counted by the clock's hand.
 */
const tables = [
  `CREATE TABLE IF NOT EXISTS buckets (key TEXT PRIMARY KEY, tokens REAL NOT NULL, refilled REAL NOT NULL)
    STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS windows (key TEXT PRIMARY KEY, count REAL NOT NULL, ends REAL NOT NULL)
    STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS rates (
    key TEXT PRIMARY KEY, published REAL NOT NULL, amount REAL NOT NULL, since REAL NOT NULL, spent REAL NOT NULL,
    refused_at REAL, refused_amount REAL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS holds (
    account TEXT PRIMARY KEY, since REAL NOT NULL, until REAL NOT NULL, detail TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`
]

/** Several processes may do this at once. */
export const makeLimitsTables = (sql: SqlClient.SqlClient): Effect.Effect<void, SqlError> =>
  Effect.forEach(tables, (table) => sql.unsafe(table), { discard: true })
