import { assert, describe, it } from "@effect/vitest"
import type { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { probePort, type Security } from "@mailferry/source-proton-bridge/BridgeProbe.ts"
import { Duration, Effect } from "effect"

import { rehearse } from "./support/Rehearsed.ts"

const probe = (bridge: RehearsalBridge, security?: Security, host = "127.0.0.1") =>
  probePort({ host, port: bridge.port, security, greetingWait: Duration.millis(100) })

describe("probePort", () => {
  it.live("finds a Bridge in STARTTLS mode with its version and certificate, and logs in nowhere", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      assert.deepInclude(yield* probe(bridge), {
        _tag: "Bridge",
        host: "127.0.0.1",
        port: bridge.port,
        security: "starttls",
        version: "03.21.01",
        fingerprint: bridge.fingerprint
      })
      assert.strictEqual(bridge.stats.logins + bridge.stats.refusedLogins, 0)
      assert.strictEqual(bridge.stats.commands, 1)
    })
  )

  it.live("finds a Bridge in SSL mode by its silence", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse({ security: "ssl" })
      const found = yield* probe(bridge)
      assert.deepInclude(found, { _tag: "Bridge", security: "tls", fingerprint: bridge.fingerprint })
      assert.strictEqual(bridge.stats.commands, 0)
    })
  )

  it.live("tries only the mode it is told", () =>
    Effect.gen(function* () {
      const plain = yield* rehearse()
      const ssl = yield* rehearse({ security: "ssl" })
      assert.strictEqual((yield* probe(ssl, "tls"))._tag, "Bridge")
      assert.strictEqual((yield* probe(ssl, "starttls"))._tag, "Silent")
      const wrong = yield* probe(plain, "tls")
      assert.include(wrong._tag === "Stranger" ? wrong.says : wrong._tag, "not in SSL mode")
    })
  )

  it.live("reaches Bridge as localhost, which Bridge itself does not listen on", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      assert.deepInclude(yield* probe(bridge, undefined, "localhost"), { _tag: "Bridge", host: "127.0.0.1" })
    })
  )

  it.live("leaves no connection behind", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      yield* probe(bridge)
      for (let look = 0; look < 50 && bridge.stats.openSessions > 0; look++) yield* Effect.sleep("10 millis")
      assert.strictEqual(bridge.stats.openSessions, 0)
    })
  )
})
