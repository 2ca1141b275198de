import { assert, describe, it } from "@effect/vitest"
import { BridgeSyncFile, syncOf } from "@mailferry/source-proton-bridge/BridgeSyncFile.ts"
import { Effect, Schema } from "effect"

const file = (status: object): string =>
  JSON.stringify({ Version: 1, Data: JSON.stringify({ Status: { LastSyncedMessageID: "", ...status } }) })
const read = (text: string) => Schema.decodeUnknownEffect(BridgeSyncFile)(text).pipe(Effect.map(syncOf))

describe("BridgeSyncFile", () => {
  it.effect("says how far a sync is", () =>
    Effect.gen(function* () {
      const status = { HasLabels: true, HasMessages: false, HasMessageCount: true, FailedMessages: {} }
      assert.deepStrictEqual(
        yield* read(file({ ...status, NumSyncedMessages: 128, TotalMessageCount: 600 })),
        {
          finished: false,
          synced: 128,
          total: 600,
          failed: []
        }
      )
    })
  )

  it.effect("says that a sync has finished, and which messages Bridge left out", () =>
    Effect.gen(function* () {
      const status = {
        HasLabels: true,
        HasMessages: true,
        HasMessageCount: true,
        FailedMessages: { "a==": {}, "b==": {} }
      }
      assert.deepStrictEqual(
        yield* read(file({ ...status, NumSyncedMessages: 600, TotalMessageCount: 600 })),
        {
          finished: true,
          synced: 600,
          total: 600,
          failed: ["a==", "b=="]
        }
      )
    })
  )

  it.effect("reads a file from before anything failed", () =>
    Effect.gen(function* () {
      const status = { HasLabels: false, HasMessages: false, HasMessageCount: false, FailedMessages: null }
      assert.deepStrictEqual(
        (yield* read(file({ ...status, NumSyncedMessages: 0, TotalMessageCount: 0 }))).failed,
        []
      )
    })
  )

  it.effect.each(["", "{}", `{"Version":2,"Data":"{}"}`, `{"Version":1,"Data":"{}"}`])(
    "refuses what is not such a file, or of a version never seen: %s",
    (text) =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(read(text)))._tag, "SchemaError")
      })
  )
})
