/**
 * A `SqlClient` driver on Node's built-in `node:sqlite`, so that nothing has to be compiled on a user's machine.
 * Ours because `@effect/sql-sqlite-node` has no release for effect 4.1 (its newest imports modules that are gone);
 * it provides the same `SqlClient`, so it can take this file's place when it appears.
 */
import { chmodSync, closeSync, openSync } from "node:fs"
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"

import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlConnection from "effect/sql/SqlConnection"
import * as SqlError from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Stream from "effect/Stream"

export interface SqliteNodeConfig {
  /** A path, created with mode 0600 when missing, or `:memory:`. */
  readonly filename: string
  /** How long a statement waits for another process's lock. */
  readonly busyTimeoutMillis?: number
}

const statementsKept = 200

const toSqlError = (cause: unknown, operation: string): SqlError.SqlError => {
  // classifySqliteError reads `errno`; node:sqlite names the same number `errcode`.
  if (cause instanceof Error && "errcode" in cause && !("errno" in cause)) {
    Object.assign(cause, { errno: cause.errcode })
  }
  return new SqlError.SqlError({
    reason: SqlError.classifySqliteError(cause, { message: `node:sqlite ${operation} failed`, operation })
  })
}

/** Only its owner may read a ledger: it names correspondents' mailboxes and subjects. WAL files inherit the mode. */
const keepPrivate = (filename: string): void => {
  if (filename === ":memory:") return
  closeSync(openSync(filename, "a", 0o600))
  chmodSync(filename, 0o600)
}

const open = ({ busyTimeoutMillis = 5000, filename }: SqliteNodeConfig) => {
  keepPrivate(filename)
  const db = new DatabaseSync(filename, { timeout: busyTimeoutMillis })
  // FULL: a commit has reached the disk when it returns, also against power loss
  // (https://www.sqlite.org/pragma.html#pragma_synchronous: NORMAL may lose the last commits in WAL mode).
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
  return db
}

export const make = Effect.fnUntraced(function* (config: SqliteNodeConfig) {
  const db = yield* Effect.acquireRelease(
    Effect.try({ try: () => open(config), catch: (cause) => toSqlError(cause, "open") }),
    (db) => Effect.sync(() => db.close())
  )

  const cache = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const hit = cache.get(sql)
    if (hit !== undefined) return hit
    const oldest = cache.keys().next().value
    if (cache.size >= statementsKept && oldest !== undefined) cache.delete(oldest)
    const statement = db.prepare(sql)
    cache.set(sql, statement)
    return statement
  }

  const run = (statement: () => StatementSync, params: ReadonlyArray<unknown>, arrays = false) =>
    Effect.withFiber<ReadonlyArray<any>, SqlError.SqlError>((fiber) =>
      Effect.try({
        try: () => {
          const prepared = statement()
          prepared.setReadBigInts(Context.get(fiber.context, SqlClient.SafeIntegers))
          prepared.setReturnArrays(arrays)
          const values = params as ReadonlyArray<SQLInputValue>
          if (prepared.columns().length > 0) return prepared.all(...values) as ReadonlyArray<any>
          prepared.run(...values)
          return []
        },
        catch: (cause) => toSqlError(cause, "execute")
      })
    )

  const connection: SqlConnection.Connection = {
    execute: (sql, params, transform) => {
      const rows = run(() => prepare(sql), params)
      return transform === undefined ? rows : Effect.map(rows, transform)
    },
    executeRaw: (sql, params) =>
      Effect.try({
        try: () => prepare(sql).run(...(params as ReadonlyArray<SQLInputValue>)),
        catch: (cause) => toSqlError(cause, "executeRaw")
      }),
    executeValues: (sql, params) => run(() => prepare(sql), params, true),
    executeValuesUnprepared: (sql, params) => run(() => db.prepare(sql), params, true),
    executeUnprepared: (sql, params, transform) => {
      const rows = run(() => db.prepare(sql), params)
      return transform === undefined ? rows : Effect.map(rows, transform)
    },
    executeStream: (sql, params) =>
      Stream.suspend(() =>
        Stream.fromIterable(
          db.prepare(sql).iterate(...(params as ReadonlyArray<SQLInputValue>)) as Iterable<any>
        )
      )
  }

  return yield* SqlClient.make({
    ...SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(connection),
      semaphore: yield* Semaphore.make(1),
      isTransaction: () => db.isTransaction
    }),
    compiler: Statement.makeCompilerSqlite(),
    driver: "node-sqlite",
    spanAttributes: [["db.system.name", "sqlite"]]
  })
})

/** What every `SqlClient` needs; ours announces no changes. */
export const layerReactivity = Reactivity.layer
