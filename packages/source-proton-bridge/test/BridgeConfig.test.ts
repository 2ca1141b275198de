import { inspect } from "node:util"

import { assert, describe, it } from "@effect/vitest"
import { BridgeConfig } from "@mailferry/source-proton-bridge/BridgeConfig.ts"
import { Effect, Redacted, Schema } from "effect"

const decode = Schema.decodeUnknownEffect(BridgeConfig)
const login = { user: "me@proton.me", password: "ir8R9vhdNXyB7isWzhyEkQ" }
const refusalOf = (input: unknown) =>
  decode(input).pipe(
    Effect.flip,
    Effect.map((error) => error.message)
  )

describe("BridgeConfig", () => {
  it.effect("user and password suffice: the rest has Bridge's defaults or is looked for", () =>
    Effect.gen(function* () {
      const config = yield* decode(login)
      assert.strictEqual(config.host, "127.0.0.1")
      assert.strictEqual(config.connections, 3)
      assert.isFalse(config.allowRemoteBridge)
      assert.isFalse(config.keepGluonId)
      assert.isUndefined(config.port)
      assert.isUndefined(config.security)
    })
  )

  it.effect("blanks and line ends around user and password are taken off", () =>
    Effect.gen(function* () {
      const config = yield* decode({ user: " me@proton.me\n", password: "ir8R9vhdNXyB7isWzhyEkQ \r\n" })
      assert.strictEqual(config.user, "me@proton.me")
      assert.strictEqual(Redacted.value(config.password), "ir8R9vhdNXyB7isWzhyEkQ")
    })
  )

  it.effect("printing a config does not print the password", () =>
    Effect.gen(function* () {
      const config = yield* decode(login)
      assert.notInclude(`${inspect(config)} ${JSON.stringify(config)}`, "ir8R9vhd")
    })
  )

  it.effect.each(["127.0.0.1", "127.3.2.1", "localhost", "LOCALHOST", "::1"])("%s is this machine", (host) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* decode({ ...login, host })).host, host)
    })
  )

  it.effect.each(["192.168.1.20", "bridge.example.net", "127.0.0.1.example.net", "0.0.0.0"])(
    "%s is refused with the reason, because Bridge listens on this machine only",
    (host) =>
      Effect.gen(function* () {
        const message = yield* refusalOf({ ...login, host })
        assert.include(message, "is not this machine")
        assert.include(message, "allowRemoteBridge")
        assert.include(message, `["host"]`)
      })
  )

  it.effect.each(["imap.protonmail.com", "mail.proton.me", "protonmail.ch"])(
    "%s is corrected to Bridge",
    (host) =>
      Effect.gen(function* () {
        assert.include(yield* refusalOf({ ...login, host }), "speaks no IMAP")
      })
  )

  it.effect("another machine is allowed when asked for, and only with its certificate", () =>
    Effect.gen(function* () {
      const remote = { ...login, host: "10.0.0.7", allowRemoteBridge: true }
      assert.include(yield* refusalOf(remote), `["certificate"]`)
      assert.strictEqual((yield* decode({ ...remote, certificate: "cert.pem" })).host, "10.0.0.7")
    })
  )

  it.effect.each<readonly [string, unknown]>([
    ["port", 0],
    ["port", 70_000],
    ["security", "none"],
    ["connections", 0],
    ["user", "  "]
  ])("an impossible %s is refused by name: %s", ([key, value]) =>
    Effect.gen(function* () {
      assert.include(yield* refusalOf({ ...login, [key]: value }), `["${key}"]`)
    })
  )
})
