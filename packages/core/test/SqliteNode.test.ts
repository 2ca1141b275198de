import { join } from "node:path"

import { assert, describe, it } from "@effect/vitest"
import { ledgerErrorOf } from "@mailferry/core/LedgerError.ts"
import { layerReactivity, make } from "@mailferry/core/SqliteNode.ts"
import { Effect, Exit, Option, Stream } from "effect"

import { temporaryDirectory } from "./LedgerOnDisk.ts"

const open = (filename: string, busyTimeoutMillis?: number) =>
  make({ filename, ...(busyTimeoutMillis === undefined ? {} : { busyTimeoutMillis }) }).pipe(
    Effect.provide(layerReactivity)
  )

const onDisk = Effect.gen(function* () {
  const filename = join(yield* temporaryDirectory, "x.sqlite")
  return { filename, sql: yield* open(filename) }
})

describe("SqliteNode", () => {
  it.effect("writes through to the disk at each commit, in WAL mode", () =>
    Effect.gen(function* () {
      const { sql } = yield* onDisk
      assert.deepStrictEqual(yield* sql`PRAGMA synchronous`, [{ synchronous: 2 }], "2 is FULL")
      assert.deepStrictEqual(yield* sql`PRAGMA journal_mode`, [{ journal_mode: "wal" }])
      assert.deepStrictEqual(yield* sql`PRAGMA foreign_keys`, [{ foreign_keys: 1 }])
    })
  )

  it.effect("gives back what was put in, of every kind", () =>
    Effect.gen(function* () {
      const sql = yield* open(":memory:")
      yield* sql`CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT, number REAL, octets BLOB)`
      const octets = new Uint8Array([0, 255, 10])
      const returned =
        yield* sql`INSERT INTO t ${sql.insert({ text: "ü\u0000💌", number: 1.5, octets })} RETURNING id`
      assert.deepStrictEqual(returned, [{ id: 1 }])
      assert.deepStrictEqual(yield* sql`SELECT text, number FROM t`, [{ text: "ü\u0000💌", number: 1.5 }])
      const [row] = yield* sql<{ readonly octets: Uint8Array }>`SELECT octets FROM t`
      assert.deepStrictEqual([...(row?.octets ?? [])], [...octets])
      yield* sql`INSERT INTO t ${sql.insert({ text: null })}`
      assert.deepStrictEqual(yield* sql`SELECT text FROM t WHERE id = 2`, [{ text: null }])
      assert.deepStrictEqual(yield* sql`SELECT id FROM t ORDER BY id`.values, [[1], [2]])
    })
  )

  it.effect("streams a result", () =>
    Effect.gen(function* () {
      const sql = yield* open(":memory:")
      const counted = sql<{ readonly n: number }>`
        WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) SELECT n FROM c`.stream
      const last = yield* Stream.runFold(
        counted,
        () => 0,
        (sum, { n }) => sum + n
      )
      assert.strictEqual(last, (5000 * 5001) / 2)
    })
  )

  it.effect("undoes a transaction that fails, and one within another alone", () =>
    Effect.gen(function* () {
      const sql = yield* open(":memory:")
      yield* sql`CREATE TABLE t (n INTEGER)`
      yield* Effect.exit(
        sql.withTransaction(Effect.andThen(sql`INSERT INTO t VALUES (1)`, Effect.fail("no")))
      )
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`INSERT INTO t VALUES (2)`
          const inner = Effect.andThen(sql`INSERT INTO t VALUES (3)`, Effect.fail("no"))
          yield* Effect.exit(sql.withTransaction(inner))
        })
      )
      assert.deepStrictEqual(yield* sql`SELECT n FROM t`, [{ n: 2 }])
    })
  )

  it.effect("keeps no more statements than it has use for, and still runs those it dropped", () =>
    Effect.gen(function* () {
      const sql = yield* open(":memory:")
      for (let n = 0; n < 300; n++) yield* sql.unsafe(`SELECT ${n} AS n`)
      assert.deepStrictEqual(yield* sql.unsafe("SELECT 0 AS n"), [{ n: 0 }])
    })
  )

  it.effect.each([
    ["a syntax error", "SELEKT 1", "unclassified"],
    ["a broken constraint", "INSERT INTO t VALUES (1), (1)", "unclassified"],
    ["a read-only database", "PRAGMA query_only = ON; INSERT INTO t VALUES (2)", "read-only"],
    ["a full disk", "PRAGMA max_page_count = 2; INSERT INTO t SELECT randomblob(100000)", "disk-full"]
  ] as const)("fails for %s with a cause a person can act on", ([, statements, why]) =>
    Effect.gen(function* () {
      const sql = yield* open(":memory:")
      yield* sql`CREATE TABLE t (n UNIQUE)`
      const exit = yield* Effect.exit(
        Effect.forEach(statements.split("; "), (statement) => sql.unsafe(statement))
      )
      const error = Option.getOrThrow(Exit.findErrorOption(exit))
      assert.strictEqual(ledgerErrorOf(error).why, why)
      assert.include(ledgerErrorOf(error).detail, "The ledger could not be used")
    })
  )

  it.live("says that another program holds the file when it waited long enough", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* onDisk
      const other = yield* open(filename, 1)
      yield* sql`BEGIN IMMEDIATE`
      const error = yield* Effect.flip(other`CREATE TABLE t (n)`)
      assert.strictEqual(ledgerErrorOf(error).why, "locked")
      yield* sql`ROLLBACK`
      yield* other`CREATE TABLE t (n)`
    })
  )
})
