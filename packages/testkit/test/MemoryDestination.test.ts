import { assert, describe, it } from "@effect/vitest"
import { Destination } from "@mailferry/core/Destination.ts"
import { TrustStore } from "@mailferry/core/TrustStore.ts"
import { letterTo } from "@mailferry/testkit/destination/Subject.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { locatorsOf } from "@mailferry/testkit/Listing.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import * as TrustStoreMemory from "@mailferry/testkit/TrustStoreMemory.ts"
import { Effect, Option } from "effect"

const inbox = ["INBOX"] as const

describe("MemoryDestination", () => {
  it.effect("is full when its quota is, and stores nothing more", () =>
    Effect.gen(function* () {
      const first = letterTo(inbox)
      const quota = first.bytes.length + 10
      const destination = MemoryDestination.make(MemoryAccount.make(), { quota })
      yield* destination.append(first)
      const reason = yield* reasonOf(destination.append(letterTo(inbox)))
      assert.strictEqual(reason._tag, "QuotaExceeded")
      assert.strictEqual((yield* locatorsOf(destination, inbox)).length, 1)
    })
  )

  it.effect("shows what an earlier connection stored, and counts connections and writes", () =>
    Effect.gen(function* () {
      const account = MemoryAccount.make()
      const store = Effect.flatMap(Destination, (destination) => destination.append(letterTo(inbox)))
      yield* Effect.provide(store, MemoryDestination.layer(account))
      const count = Effect.gen(function* () {
        const destination = yield* Destination
        return [account.connections, (yield* locatorsOf(destination, inbox)).length]
      })
      assert.deepStrictEqual(yield* Effect.provide(count, MemoryDestination.layer(account)), [1, 1])
      assert.deepStrictEqual([account.connections, account.writes], [0, 1])
    })
  )
})

describe("TrustStoreMemory", () => {
  it.effect("remembers a fingerprint for as long as it lives", () =>
    Effect.gen(function* () {
      const store = yield* TrustStore
      assert.isTrue(Option.isNone(yield* store.fingerprintOf("a")))
      yield* store.pin("a", "AB:CD")
      assert.deepStrictEqual(yield* store.fingerprintOf("a"), Option.some("AB:CD"))
      assert.isTrue(Option.isNone(yield* store.fingerprintOf("b")))
    }).pipe(Effect.provide(TrustStoreMemory.layer))
  )
})
