import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { DatabaseSync } from "node:sqlite"

import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import { LedgerError } from "./LedgerError.ts"

const Holder = Schema.fromJsonString(
  Schema.Struct({ pid: Schema.Int, host: Schema.String, since: Schema.String })
)

/**
 * Holds `<ledger>.lock` until the scope closes.
 *
 * The lock is SQLite's own on an empty database: the operating system gives it back when a
 * process dies, also by kill -9, so there is no stale lock to guess about. Who holds it
 * stands in a file beside it, for the message only.
 */
export const holdLedgerLock = Effect.fnUntraced(function* (ledger: string) {
  const path = `${ledger}.lock`
  const holderPath = `${ledger}.lock.json`
  const since = new Date(yield* Clock.currentTimeMillis).toISOString()

  const holder = Effect.try({
    try: () => readFileSync(holderPath, "utf8"),
    catch: () => "unreadable" as const
  }).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Holder)),
    Effect.map(({ host, pid, since }) => `process ${pid} on ${host}, since ${since}`),
    Effect.orElseSucceed(() => "another process")
  )

  const db = yield* Effect.acquireRelease(
    Effect.try({ try: () => new DatabaseSync(path, { timeout: 0 }), catch: lockError }),
    (db) => Effect.sync(() => db.close())
  )
  yield* Effect.try({
    try: () => {
      chmodSync(path, 0o600)
      db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
      writeFileSync(holderPath, JSON.stringify({ pid: process.pid, host: hostname(), since }), {
        mode: 0o600
      })
    },
    catch: lockError
  }).pipe(
    Effect.catchIf(
      ({ why }) => why === "locked",
      ({ cause }) =>
        Effect.flatMap(holder, (who) =>
          Effect.fail(
            new LedgerError({
              why: "locked",
              detail: `This pair of accounts is being worked on by ${who}.`,
              advice: "Wait until it has finished, or stop it with Ctrl-C; then run again.",
              cause
            })
          )
        )
    )
  )
})

const lockError = (cause: unknown) =>
  new LedgerError({
    why: isBusy(cause) ? "locked" : "read-only",
    detail: `The lock beside the ledger could not be taken: ${cause instanceof Error ? cause.message : "unknown"}.`,
    advice: "Make the state directory writable (or choose another with --state), then run again.",
    cause
  })

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy */
const isBusy = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "errcode" in cause && cause.errcode === 5
