import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import { assert, describe, it } from "@effect/vitest"
import { holdLedgerLock } from "@mailferry/core/LedgerLock.ts"
import { Effect } from "effect"

import { temporaryDirectory } from "./LedgerOnDisk.ts"

const holderScript = fileURLToPath(new URL("./LockHolder.ts", import.meta.url))

/** Another process that tries for the lock, and holds it until it is killed. */
const otherHolder = (ledger: string, answer = "held") =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, [holderScript, ledger], { stdio: ["ignore", "pipe", "inherit"] })
      const [line] = await Promise.race([once(child.stdout, "data"), once(child, "exit")])
      assert.strictEqual(String(line).trim(), answer)
      return child
    }),
    (child) => kill(child)
  )

const kill = (child: ChildProcess) =>
  Effect.promise(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  })

const newLedgerPath = Effect.map(temporaryDirectory, (directory) => join(directory, "ledger.sqlite"))

describe("holdLedgerLock", () => {
  it.live("names the process that works on the same pair", () =>
    Effect.gen(function* () {
      const ledger = yield* newLedgerPath
      const { pid } = yield* otherHolder(ledger)
      const error = yield* Effect.flip(holdLedgerLock(ledger))
      assert.strictEqual(error.why, "locked")
      assert.match(error.detail, new RegExp(`process ${pid} on .+, since 20\\d\\d-`, "u"))
      assert.match(error.advice, /Wait until it has finished/u)
    })
  )

  it.live("is free at once after kill -9", () =>
    Effect.gen(function* () {
      const ledger = yield* newLedgerPath
      yield* Effect.scoped(Effect.flatMap(otherHolder(ledger), kill))
      yield* Effect.scoped(holdLedgerLock(ledger))
      yield* holdLedgerLock(ledger)
      const holder = readFileSync(`${ledger}.lock.json`, "utf8")
      assert.deepInclude(JSON.parse(holder), { pid: process.pid })
    })
  )

  it.effect("keeps a second job of this process out too", () =>
    Effect.gen(function* () {
      const ledger = yield* newLedgerPath
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* holdLedgerLock(ledger)
          const error = yield* Effect.flip(Effect.scoped(holdLedgerLock(ledger)))
          assert.strictEqual(error.why, "locked")
          const again = yield* Effect.flip(Effect.scoped(holdLedgerLock(ledger)))
          assert.strictEqual(again.why, "locked", "the refused one did not take the lock with it")
        })
      )
      yield* holdLedgerLock(ledger)
    })
  )

  it.live("still keeps other processes out after a second job of this one was refused", () =>
    Effect.gen(function* () {
      const ledger = yield* newLedgerPath
      yield* holdLedgerLock(ledger)
      yield* Effect.flip(Effect.scoped(holdLedgerLock(ledger)))
      yield* otherHolder(ledger, "locked")
    })
  )

  it.effect("keeps no job of another pair out", () =>
    Effect.gen(function* () {
      const ledger = yield* newLedgerPath
      yield* holdLedgerLock(ledger)
      yield* holdLedgerLock(`${ledger}.other`)
    })
  )

  it.effect("says so when the directory is not there", () =>
    Effect.gen(function* () {
      const ledger = join(yield* temporaryDirectory, "missing", "ledger.sqlite")
      const error = yield* Effect.flip(holdLedgerLock(ledger))
      assert.strictEqual(error.why, "read-only")
    })
  )
})
