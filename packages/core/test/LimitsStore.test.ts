import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"

import { assert, describe, it } from "@effect/vitest"
import { makeLimitsBuckets } from "@mailferry/core/LimitsBuckets.ts"
import { makeLimitsTables } from "@mailferry/core/LimitsSchema.ts"
import * as LimitsStore from "@mailferry/core/LimitsStore.ts"
import { makePaceBudget } from "@mailferry/core/PaceBudget.ts"
import { firstRate } from "@mailferry/core/PaceRate.ts"
import { layerReactivity, make } from "@mailferry/core/SqliteNode.ts"
import { Context, Duration, Effect, Layer, Option } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"

import { temporaryDirectory } from "./LedgerOnDisk.ts"
import { units } from "./PaceLimits.ts"
import { recordedEvents } from "./RecordedEvents.ts"

const newFile = Effect.map(temporaryDirectory, (directory) => join(directory, "limits.sqlite"))

/** The budgets of one more job, open as long as the scope. */
const openStore = Effect.fnUntraced(function* (file: string, account = "a") {
  const { events, layer } = recordedEvents()
  const context = yield* Layer.build(LimitsStore.layer(file, account).pipe(Layer.provide(layer)))
  return { store: Context.get(context, LimitsStore.LimitsStore), events }
})

const client = (filename: string) => make({ filename }).pipe(Effect.provide(layerReactivity))

const bucket = (tokens: number) => ({
  key: "k",
  tokens,
  limit: 250,
  refillRate: Duration.millis(60_000 / 5400),
  allowOverflow: true
})

const hold = { since: 0, until: 60_000, detail: "slow down" }

describe("the file of budgets", () => {
  it.effect("is not even made while nobody asks", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      const { store } = yield* openStore(file)
      assert.isFalse(existsSync(file))
      yield* store.take(bucket(1))
      assert.isTrue(existsSync(file))
    })
  )

  it.effect("can be read by its owner alone, and several write to it", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      const { store } = yield* openStore(file)
      yield* store.take(bucket(1))
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      const sql = yield* client(file)
      assert.deepStrictEqual(yield* sql`PRAGMA journal_mode`, [{ journal_mode: "wal" }])
    })
  )

  it.effect("keeps buckets, rates and pauses over a restart", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      const rate = { ...firstRate(units, 7), amount: 4050, spent: 25, refused: { at: 3, amount: 5400 } }
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { store } = yield* openStore(file)
          yield* store.take(bucket(250))
          yield* store.changeRate("k", () => rate)
          yield* store.changeRate("never refused", () => firstRate(units, 9))
          yield* store.hold(hold)
        })
      )
      const { store } = yield* openStore(file)
      assert.deepStrictEqual(yield* store.take(bucket(1)), [-1, 0])
      assert.deepStrictEqual(yield* store.rate("k"), Option.some(rate))
      assert.deepStrictEqual(yield* store.rate("never refused"), Option.some(firstRate(units, 9)))
      assert.deepStrictEqual(yield* store.held, Option.some(hold))
      assert.deepStrictEqual(
        yield* (yield* openStore(file, "b")).store.held,
        Option.none(),
        "another account"
      )
      assert.deepStrictEqual(yield* store.rate("other"), Option.none())
    })
  )

  it.effect("never shortens a pause, but replaces one that a wrong clock has put into the future", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      for (const store of [(yield* openStore(file)).store, yield* LimitsStore.makeLimitsAlone]) {
        const until = Effect.map(store.held, Option.getOrThrow)
        yield* store.hold(hold)
        yield* store.hold({ ...hold, since: 1000, until: 30_000 })
        assert.strictEqual((yield* until).until, 60_000)
        yield* store.hold({ ...hold, since: 1000, until: 90_000 })
        assert.strictEqual((yield* until).until, 90_000)
        yield* store.hold({ ...hold, since: 500, until: 10_000 })
        assert.strictEqual((yield* until).until, 10_000)
      }
    })
  )

  it.effect("is one budget for two jobs", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      const one = makePaceBudget((yield* openStore(file)).store)
      const other = makePaceBudget((yield* openStore(file)).store)
      const waits: Array<number> = []
      for (let i = 0; i < 12; i++) {
        const { millis } = yield* (i % 2 === 0 ? one : other).take([[units, 25]])
        waits.push(Math.round(millis))
      }
      assert.deepStrictEqual(
        waits.slice(0, 10),
        Array.from({ length: 10 }, () => 0)
      )
      assert.deepStrictEqual(waits.slice(10), [278, 556])
    })
  )

  it.effect("lets nobody write between what is read and what is written back", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      const { store } = yield* openStore(file)
      yield* store.changeRate("k", () => firstRate(units, 0))
      const other = yield* Effect.acquireRelease(
        Effect.sync(() => new DatabaseSync(file, { timeout: 0 })),
        (db) => Effect.sync(() => db.close())
      )
      const overwrite = () => other.exec("UPDATE rates SET amount = 1")
      let tried = 0
      yield* store.changeRate("k", () => {
        tried++
        assert.throws(overwrite, /locked/u)
        return firstRate(units, 7)
      })
      assert.strictEqual(tried, 1)
      assert.deepStrictEqual(yield* store.rate("k"), Option.some(firstRate(units, 7)))
      overwrite()
    })
  )

  it.live("is one budget for two processes, made by both at once", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      const script = fileURLToPath(new URL("./LimitsTaker.ts", import.meta.url))
      const taker = Effect.promise(async () => {
        const child = spawn(process.execPath, [script, file, "200"], { stdio: ["ignore", "pipe", "inherit"] })
        const [line] = await once(child.stdout, "data")
        await once(child, "exit")
        return Number(String(line))
      })
      const [one, other] = yield* Effect.all([taker, taker], { concurrency: 2 })
      const sql = yield* client(file)
      const [spent] = yield* sql<{ readonly spent: number }>`SELECT spent FROM rates`
      assert.strictEqual(spent?.spent, 400 * 25, "nothing that one of them took was overwritten by the other")
      // 10,000 units less a burst are 108 s of 5,400 a minute, and less than those that passed meanwhile came back.
      const longest = Math.max(one, other)
      assert.isAtMost(longest, 108_334)
      assert.isAbove(longest, 54_000, "alone, either would have waited half of that")
    })
  )

  it.effect("refills by the clock, and does not stand still after the clock was set back", () =>
    Effect.gen(function* () {
      const { store } = yield* openStore(yield* newFile)
      yield* TestClock.setTime(3_600_000)
      yield* store.take(bucket(250))
      yield* TestClock.setTime(0)
      yield* store.take(bucket(0))
      yield* TestClock.setTime(1000)
      const [left] = yield* store.take(bucket(0))
      assert.strictEqual(left, 90)
    })
  )
})

describe("a file of budgets that cannot be used", () => {
  const broken: ReadonlyArray<readonly [string, (file: string) => void]> = [
    [
      "is no database",
      (file) => writeFileSync(file, "this is not a database, and longer than a header of one\n".repeat(40))
    ],
    ["is a directory", (file) => mkdirSync(file)]
  ]

  it.effect.each(broken)("%s: the run goes on, is told once, and shares no more", ([, breakIt]) =>
    Effect.gen(function* () {
      const file = yield* newFile
      breakIt(file)
      const { events, store } = yield* openStore(file)
      yield* store.hold(hold)
      yield* store.take(bucket(1))
      assert.deepStrictEqual(yield* store.held, Option.some(hold))
      assert.deepStrictEqual(
        events.map((event) => event._tag === "LimitsForgotten" && event.file),
        [file]
      )
      assert.isTrue(store.alone())
    })
  )

  it.effect("goes on where it was when it fails in the middle of a run, with an empty bucket", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      const { events, store } = yield* openStore(file)
      const rate = { ...firstRate(units, 0), amount: 4050 }
      yield* store.changeRate("k", () => rate)
      assert.isFalse(store.alone())
      const sql = yield* client(file)
      yield* sql`DROP TABLE buckets`
      assert.deepStrictEqual(yield* store.take(bucket(25)), [-25, 0])
      assert.deepStrictEqual(yield* store.rate("k"), Option.some(rate))
      const [event] = events
      assert.strictEqual(events.length, 1)
      assert.match(event?._tag === "LimitsForgotten" ? event.detail : "", /no such table: buckets/u)
    })
  )

  it.live("does not wait for a program that holds it, and says so", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      const { events, store } = yield* openStore(file)
      yield* store.hold(hold)
      const sql = yield* client(file)
      yield* sql`BEGIN IMMEDIATE`
      yield* store.take(bucket(1))
      yield* sql`ROLLBACK`
      const [event] = events
      assert.match(event?._tag === "LimitsForgotten" ? event.detail : "", /locked/u)
    })
  )

  it.effect("is left as it is, for a person to look at", () =>
    Effect.gen(function* () {
      const file = yield* newFile
      writeFileSync(file, "precious\n".repeat(100))
      chmodSync(file, 0o600)
      const { store } = yield* openStore(file)
      yield* store.take(bucket(1))
      assert.strictEqual(readFileSync(file, "utf8"), "precious\n".repeat(100))
    })
  )
})

describe("the buckets in a database", () => {
  const twins = Effect.gen(function* () {
    const sql = yield* client(":memory:")
    yield* makeLimitsTables(sql)
    const memory = yield* RateLimiter.RateLimiterStore.pipe(
      Effect.provide(RateLimiter.layerStoreMemory, { local: true })
    )
    return { database: makeLimitsBuckets(sql), memory }
  })

  it.effect("count as Effect's own in memory do", () =>
    Effect.gen(function* () {
      const { database, memory } = yield* twins
      let seed = 7
      const random = (below: number) => (seed = (seed * 16_807) % 2_147_483_647) % below
      for (let i = 0; i < 300; i++) {
        yield* TestClock.adjust(Duration.millis(random(400)))
        const options = {
          key: `k${random(2)}`,
          tokens: random(60),
          limit: 100,
          refillRate: Duration.millis(7 + random(3) / 3),
          allowOverflow: random(2) === 0
        }
        assert.deepStrictEqual(yield* database.tokenBucket(options), yield* memory.tokenBucket(options))
        const window = { ...options, key: "w", limit: random(2) === 0 ? 100 : undefined }
        assert.deepStrictEqual(yield* database.fixedWindow(window), yield* memory.fixedWindow(window))
      }
    })
  )

  it.effect("serve Effect's RateLimiter", () =>
    Effect.gen(function* () {
      const { database } = yield* twins
      const limiter = yield* RateLimiter.make.pipe(
        Effect.provideService(RateLimiter.RateLimiterStore, database)
      )
      const take = limiter.consume({
        key: "k",
        algorithm: "token-bucket",
        onExceeded: "delay",
        window: "1 minutes",
        limit: 60,
        tokens: 40
      })
      assert.deepStrictEqual((yield* take).delay, Duration.zero)
      assert.deepStrictEqual((yield* take).delay, Duration.seconds(20))
      const { phase } = yield* limiter.adaptiveConsume({
        key: "k",
        tokens: 1,
        fallbackLimit: 1,
        fallbackWindow: Duration.seconds(1)
      })
      assert.strictEqual(phase, "inactive")
    })
  )
})
