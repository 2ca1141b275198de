import { mkdirSync } from "node:fs"
import { dirname } from "node:path"

import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import { isSqlError } from "effect/sql/SqlError"

import { LedgerError, ledgerErrorOf } from "./LedgerError.ts"
import { makeLedgerJoined } from "./LedgerJoined.ts"
import { holdLedgerLock } from "./LedgerLock.ts"
import { makeLedgerMailboxes } from "./LedgerMailboxes.ts"
import { makeLedgerMessages } from "./LedgerMessages.ts"
import { makeLedgerPlaced } from "./LedgerPlaced.ts"
import { makeLedgerReports } from "./LedgerReports.ts"
import { migrations } from "./LedgerSchema.ts"
import { makeLedgerSource } from "./LedgerSource.ts"
import { makeLedgerWriter } from "./LedgerWriter.ts"
import * as SqliteNode from "./SqliteNode.ts"

export interface LedgerConfig {
  /** A path, made with its directories (0700) and mode 0600 when missing; or `:memory:`. */
  readonly filename: string
  readonly sourceAccount: string
  readonly destinationAccount: string
  /** Whether to hold the lock that lets one process write at a time. */
  readonly exclusive: boolean
}

/** Refuses a file that belongs to another pair of accounts: its rows would be taken for this pair's. */
const claimPair = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, config: LedgerConfig) {
  const pair = JSON.stringify([config.sourceAccount, config.destinationAccount])
  yield* sql`INSERT INTO meta ${sql.insert({ key: "pair", value: pair })} ON CONFLICT DO NOTHING`.pipe(
    Effect.mapError(ledgerErrorOf)
  )
  const rows = yield* sql<{ readonly value: string }>`SELECT value FROM meta WHERE key = 'pair'`.pipe(
    Effect.mapError(ledgerErrorOf)
  )
  if (rows[0]?.value !== pair) {
    return yield* new LedgerError({
      why: "foreign",
      detail: `The ledger ${config.filename} belongs to other accounts: ${rows[0]?.value ?? "unknown"}.`,
      advice: "Choose another directory with --state, or correct the accounts in the job file."
    })
  }
})

const notUpToDate = (words: string, cause?: unknown) =>
  new LedgerError({
    why: "damaged",
    detail: `The ledger could not be brought up to date: ${words}.`,
    advice: "It may come from a newer mailferry: update mailferry, then run again.",
    cause
  })

/** Brings the tables up to date; refuses those that a newer mailferry has made, since it may count on more than we know. */
const migrate = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  yield* Migrator.make({})({ loader: migrations }).pipe(
    Effect.mapError((error) => {
      if (error._tag === "SqlError") return ledgerErrorOf(error)
      return isSqlError(error.cause) ? ledgerErrorOf(error.cause) : notUpToDate(error.message, error)
    })
  )
  const ours = yield* Effect.mapError(migrations, ({ message }) => notUpToDate(message))
  const known = new Set(ours.map(([id]) => id))
  const made = yield* sql<{ readonly id: number }>`
    SELECT migration_id AS id FROM effect_sql_migrations`.pipe(Effect.mapError(ledgerErrorOf))
  const newer = made.filter(({ id }) => !known.has(id)).map(({ id }) => id)
  if (newer.length > 0) return yield* notUpToDate(`its tables are of version ${Math.max(...newer)}`)
})

const make = Effect.fnUntraced(function* (config: LedgerConfig) {
  const sql = yield* SqlClient.SqlClient
  yield* migrate(sql)
  yield* claimPair(sql, config)
  const mapError = Effect.mapError(ledgerErrorOf)

  return {
    filename: config.filename,
    source: makeLedgerSource(sql),
    messages: makeLedgerMessages(sql, config.sourceAccount),
    mailboxes: makeLedgerMailboxes(sql),
    joined: makeLedgerJoined(sql),
    placed: makeLedgerPlaced(sql),
    placements: yield* makeLedgerWriter(sql),
    reports: makeLedgerReports(sql),
    /** The same client, for stages whose question to the ledger is their own (Verify, Adopt). */
    sql,
    note: (key: string, value: string) =>
      sql`INSERT INTO meta ${sql.insert({ key, value })} ON CONFLICT (key) DO UPDATE SET value = excluded.value`.pipe(
        Effect.asVoid,
        mapError
      ),
    noted: (key: string) =>
      sql<{ readonly value: string }>`SELECT value FROM meta WHERE key = ${key}`.pipe(
        Effect.map((rows) => Option.fromUndefinedOr(rows[0]?.value)),
        mapError
      )
  }
})

/** Everything mailferry knows between runs, of one pair of accounts: the only state there is. */
export class Ledger extends Context.Service<Ledger, Effect.Success<ReturnType<typeof make>>>()(
  "@mailferry/core/Ledger"
) {}

const makeDirectory = (filename: string) =>
  Effect.try({
    try: () => void mkdirSync(dirname(filename), { recursive: true, mode: 0o700 }),
    catch: (cause) =>
      new LedgerError({
        why: "read-only",
        detail: `The state directory ${dirname(filename)} could not be made: ${cause instanceof Error ? cause.message : "unknown"}.`,
        advice: "Choose a writable directory with --state, or set XDG_STATE_HOME.",
        cause
      })
  })

/** Opens the ledger of a pair of accounts, brings its tables up to date and, for writers, holds its lock. */
export const layer = (config: LedgerConfig): Layer.Layer<Ledger, LedgerError> =>
  Layer.effect(
    Ledger,
    Effect.gen(function* () {
      if (config.filename !== ":memory:") {
        yield* makeDirectory(config.filename)
        if (config.exclusive) yield* holdLedgerLock(config.filename)
      }
      const sql = yield* SqliteNode.make({ filename: config.filename }).pipe(Effect.mapError(ledgerErrorOf))
      return yield* make(config).pipe(Effect.provideService(SqlClient.SqlClient, sql))
    })
  ).pipe(Layer.provide(SqliteNode.layerReactivity))
