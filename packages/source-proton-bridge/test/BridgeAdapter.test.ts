import { assert, describe, it } from "@effect/vitest"
import { Source } from "@mailferry/core/Source.ts"
import { TrustStore } from "@mailferry/core/TrustStore.ts"
import { ProtonBridgeSource } from "@mailferry/source-proton-bridge/BridgeAdapter.ts"
import { Effect, Layer, Schema } from "effect"

import { configFor, makeTrust, rehearse } from "./support/Rehearsed.ts"

describe("ProtonBridgeSource", () => {
  it("is what a person writes after kind:, and names the key that holds a secret", () => {
    assert.strictEqual(ProtonBridgeSource.kind, "proton-bridge")
    assert.deepStrictEqual(ProtonBridgeSource.secrets, ["password"])
  })

  it.effect("is the same account wherever Bridge is and however the user is spelt", () =>
    Effect.gen(function* () {
      const decode = Schema.decodeUnknownEffect(ProtonBridgeSource.Config)
      const here = yield* decode({ user: "Me@Proton.me", password: "a" })
      const there = yield* decode({ user: "me@proton.me ", password: "b", port: 1150, host: "localhost" })
      assert.strictEqual(ProtonBridgeSource.accountId(here), "proton-bridge:me@proton.me")
      assert.strictEqual(ProtonBridgeSource.accountId(there), ProtonBridgeSource.accountId(here))
    })
  )

  it("publishes its keys as JSON Schema, and only the login is required", () => {
    const { schema } = Schema.toJsonSchemaDocument(ProtonBridgeSource.Config)
    const text = JSON.stringify(schema)
    for (const key of ["user", "password", "host", "port", "security", "certificate", "connections"]) {
      assert.include(text, `"${key}"`)
    }
    assert.deepStrictEqual(Reflect.get(schema, "required"), ["user", "password"])
  })

  it.live("is a layer that gives a logged-in source", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const layer = ProtonBridgeSource.layer(yield* configFor(bridge, { port: bridge.port })).pipe(
        Layer.provide(Layer.succeed(TrustStore, makeTrust().store))
      )
      const mailboxes = yield* Source.pipe(
        Effect.flatMap((source) => source.listMailboxes),
        Effect.provide(layer)
      )
      assert.isNotEmpty(mailboxes)
      assert.strictEqual(bridge.stats.logins, 1)
    })
  )
})
