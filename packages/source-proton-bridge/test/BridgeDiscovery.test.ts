import { assert, describe, it } from "@effect/vitest"
import { BridgeConfig } from "@mailferry/source-proton-bridge/BridgeConfig.ts"
import { BridgeSearch, findBridges, notFound } from "@mailferry/source-proton-bridge/BridgeDiscovery.ts"
import { Duration, Effect, Layer, Schema } from "effect"

import { closedPort, strangerScoped } from "./support/Stranger.ts"

const config = (input: object = {}) =>
  Schema.decodeUnknownEffect(BridgeConfig)({
    user: "me@proton.me",
    password: "ir8R9vhdNXyB7isWzhyEkQ",
    ...input
  }).pipe(Effect.orDie)
const searching = (...ports: ReadonlyArray<number>) =>
  Layer.succeed(BridgeSearch, { ports, greetingWait: Duration.millis(100) })
const failing = (input: object, ...ports: ReadonlyArray<number>) =>
  config(input).pipe(
    Effect.flatMap((config) => Effect.flip(findBridges(config, () => true))),
    Effect.provide(searching(...ports))
  )

describe("findBridges", () => {
  it.live("tells a refused connection's three causes: not running, another port, offline", () =>
    Effect.gen(function* () {
      const reason = yield* failing({ port: yield* closedPort })
      assert.strictEqual(reason._tag, "Transient")
      assert.include(reason.detail, "not running, on another port, or offline")
      assert.include(reason.advice ?? "", "Start Proton Mail Bridge")
      assert.include(reason.advice ?? "", "while it is offline")
    })
  )

  it.live("says that the given port is the SMTP port, and sends it nothing", () =>
    Effect.gen(function* () {
      const stranger = yield* strangerScoped({ says: "220 127.0.0.1 ESMTP Service Ready" })
      const reason = yield* failing({ port: stranger.port })
      assert.strictEqual(reason._tag, "Fatal")
      assert.include(reason.detail, "that is the SMTP port")
      assert.strictEqual(stranger.received(), "")
    })
  )

  it.live("names another IMAP server on a usual port, and sends it nothing", () =>
    Effect.gen(function* () {
      const stranger = yield* strangerScoped({ says: "* OK [CAPABILITY IMAP4rev1] Dovecot ready." })
      const reason = yield* failing({}, yield* closedPort, stranger.port)
      assert.strictEqual(reason._tag, "Transient")
      assert.include(reason.detail, `on port ${stranger.port} another IMAP server answers`)
      assert.strictEqual(stranger.received(), "")
    })
  )

  it.live("waits for the greeting only so long, tries a TLS handshake, and reports the silence", () =>
    Effect.gen(function* () {
      const stranger = yield* strangerScoped({})
      const reason = yield* failing({ port: stranger.port })
      assert.strictEqual(reason._tag, "Transient")
      assert.include(reason.detail, "says nothing")
      // A TLS ClientHello record (RFC 8446 section 5.1) and not one command.
      assert.strictEqual(stranger.received().charCodeAt(0), 0x16)
      assert.notInclude(stranger.received(), "LOGIN")
    })
  )

  it.live("survives a server that closes at once", () =>
    Effect.gen(function* () {
      const stranger = yield* strangerScoped({ closes: true })
      assert.strictEqual((yield* failing({ port: stranger.port }))._tag, "Transient")
    })
  )
})

describe("notFound", () => {
  it("passes on why a port could not be asked", () => {
    const reason = notFound("127.0.0.1", [
      {
        _tag: "Unreachable",
        port: 1143,
        detail: "no answer to a connection in 3s; a firewall may be in between"
      }
    ])
    assert.strictEqual(reason._tag, "Transient")
    assert.include(reason.detail, "port 1143: no answer to a connection in 3s; a firewall")
  })

  it("counts the ports it looked at when none was given", () => {
    const closed = [1143, 1144, 1145].map((port) => ({ _tag: "Closed" as const, port }))
    assert.include(notFound("127.0.0.1", closed).detail, "any of the 3 usual ports")
  })
})
