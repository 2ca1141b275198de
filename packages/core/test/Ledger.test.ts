import { existsSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

import { assert, describe, it } from "@effect/vitest"
import { layer } from "@mailferry/core/Ledger.ts"
import { Effect, Exit, Layer, Option, Scope } from "effect"

import { configOf, openLedger, putMessage, temporaryDirectory } from "./LedgerOnDisk.ts"
import { placementRow } from "./MessageRows.ts"

const newFile = Effect.map(temporaryDirectory, (directory) => join(directory, "state", "ledger.sqlite"))

const openError = (filename: string, config: Parameters<typeof configOf>[1] = {}) =>
  Effect.flip(Effect.scoped(openLedger(filename, config)))

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe("the ledger's file", () => {
  it.effect("is made with its directories, for its owner's eyes only", () =>
    Effect.gen(function* () {
      const filename = yield* newFile
      const ledger = yield* openLedger(filename, { exclusive: true })
      yield* putMessage(ledger, "id-1")
      assert.strictEqual(modeOf(dirname(filename)), "700")
      const files = readdirSync(dirname(filename))
      assert.includeMembers(files, ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite.lock"])
      assert.deepStrictEqual(
        files.map((file) => `${file} ${modeOf(join(dirname(filename), file))}`),
        files.map((file) => `${file} 600`)
      )
    })
  )

  it.effect("is closed to others again when it was found open to them", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryDirectory, "ledger.sqlite")
      writeFileSync(filename, "", { mode: 0o644 })
      yield* openLedger(filename)
      assert.strictEqual(modeOf(filename), "600")
    })
  )

  it.effect("keeps what it holds from one opening to the next", () =>
    Effect.gen(function* () {
      const filename = yield* newFile
      yield* Effect.scoped(
        Effect.gen(function* () {
          const ledger = yield* openLedger(filename)
          yield* ledger.note("pilot", "passed")
          yield* ledger.note("pilot", "passed again")
          const message = yield* putMessage(ledger, "id-1")
          yield* ledger.placements.put(placementRow({ message }))
        })
      )
      const ledger = yield* openLedger(filename)
      assert.deepStrictEqual(yield* ledger.noted("pilot"), Option.some("passed again"))
      assert.deepStrictEqual(yield* ledger.noted("other"), Option.none())
      assert.strictEqual(yield* ledger.reports.messageCount, 1)
    })
  )

  it.effect("gets its tables once, however often it is opened", () =>
    Effect.gen(function* () {
      const filename = yield* newFile
      for (let opening = 0; opening < 3; opening++) yield* Effect.scoped(openLedger(filename))
      const { sql } = yield* openLedger(filename)
      const migrations = yield* sql`SELECT migration_id, name FROM effect_sql_migrations`
      assert.deepStrictEqual(migrations, [
        { migration_id: 1, name: "ledger" },
        { migration_id: 2, name: "joining" },
        { migration_id: 3, name: "keyed" }
      ])
    })
  )

  it.effect("survives a writer that never closed it", () =>
    Effect.gen(function* () {
      const filename = yield* newFile
      // The file and its log as they lie on the disk while a writer is alive: what kill -9 leaves.
      const writer = yield* openLedger(filename)
      const message = yield* putMessage(writer, "id-1")
      yield* writer.placements.put(placementRow({ message, state: "appending" }))
      assert.isTrue(existsSync(`${filename}-wal`))
      const { mailboxes } = yield* openLedger(filename)
      assert.strictEqual((yield* mailboxes.open(["INBOX"])).length, 1)
    })
  )

  it.effect("can be in memory", () =>
    Effect.gen(function* () {
      const ledger = yield* openLedger(":memory:", { exclusive: true })
      yield* ledger.note("a", "b")
      assert.deepStrictEqual(yield* ledger.noted("a"), Option.some("b"))
    })
  )
})

describe("a ledger that is not ours", () => {
  it.effect.each([
    { sourceAccount: "imap:other@example.net" },
    { destinationAccount: "imap:other@example.com" },
    { sourceAccount: "imap:b@example.com", destinationAccount: "imap:a@example.net" }
  ])("is refused when it belongs to another pair: %j", (other) =>
    Effect.gen(function* () {
      const filename = yield* newFile
      yield* Effect.scoped(openLedger(filename))
      const error = yield* openError(filename, other)
      assert.strictEqual(error.why, "foreign")
      assert.include(error.detail, "imap:a@example.net")
      assert.match(error.advice, /--state/u)
      const again = yield* openLedger(filename)
      assert.deepStrictEqual(yield* again.noted("other"), Option.none(), "the owner still opens it")
    })
  )

  it.effect("is refused when it is no ledger at all", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryDirectory, "ledger.sqlite")
      writeFileSync(filename, "this is a letter and no database\n".repeat(100))
      const error = yield* openError(filename)
      assert.strictEqual(error.why, "damaged")
      assert.match(error.advice, /not a ledger/u)
    })
  )

  it.effect("is refused when it was cut short", () =>
    Effect.gen(function* () {
      const filename = yield* newFile
      yield* Effect.scoped(openLedger(filename))
      truncateSync(filename, 5000)
      const exit = yield* Effect.exit(
        Effect.scoped(
          Effect.gen(function* () {
            const ledger = yield* openLedger(filename)
            const message = yield* putMessage(ledger, "id-1")
            yield* ledger.placements.put(placementRow({ message }))
          })
        )
      )
      assert.deepInclude(Option.getOrUndefined(Exit.findErrorOption(exit)), { why: "damaged" })
    })
  )

  it.effect("is refused when a newer mailferry has written it", () =>
    Effect.gen(function* () {
      const filename = yield* newFile
      yield* Effect.scoped(
        Effect.flatMap(
          openLedger(filename),
          ({ sql }) => sql`INSERT INTO effect_sql_migrations (migration_id, name) VALUES (999, 'later')`
        )
      )
      const error = yield* openError(filename)
      assert.strictEqual(error.why, "damaged")
      assert.match(error.advice, /update mailferry/u)
    })
  )

  it.effect("is refused where its directory cannot be made", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      writeFileSync(join(directory, "file"), "")
      const error = yield* openError(join(directory, "file", "ledger.sqlite"))
      assert.strictEqual(error.why, "read-only")
      assert.match(error.advice, /--state/u)
    })
  )

  it.effect("is refused where a directory has its name", () =>
    Effect.gen(function* () {
      const error = yield* openError(yield* temporaryDirectory)
      assert.strictEqual(error.why, "read-only")
    })
  )
})

describe("an open ledger", () => {
  it.effect("is closed with its scope, and lets go of its lock", () =>
    Effect.gen(function* () {
      const filename = yield* newFile
      const scope = yield* Scope.make()
      yield* Layer.buildWithScope(layer(configOf(filename, { exclusive: true })), scope)
      assert.strictEqual((yield* openError(filename, { exclusive: true })).why, "locked")
      yield* Scope.close(scope, Exit.void)
      yield* openLedger(filename, { exclusive: true })
    })
  )

  it.effect("may be read while another process writes", () =>
    Effect.gen(function* () {
      const filename = yield* newFile
      const writer = yield* openLedger(filename, { exclusive: true })
      const reader = yield* openLedger(filename)
      yield* putMessage(writer, "id-1")
      assert.strictEqual(yield* reader.reports.messageCount, 1)
    })
  )
})
