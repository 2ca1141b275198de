import { assert, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"

import { accountIdOf, ImapConfig, portOf } from "../src/ImapConfig.ts"

const decode = Schema.decodeUnknownEffect(ImapConfig)
const refusal = (job: unknown) => Effect.map(Effect.flip(decode(job)), String)

const job = { host: "imap.example.net", user: "You@Example.net", password: "secret word" }

it.effect("three keys are enough", () =>
  Effect.gen(function* () {
    const config = yield* decode(job)
    assert.strictEqual(config.security, "tls")
    assert.strictEqual(portOf(config), 993)
    assert.strictEqual(config.connections, 4)
    assert.strictEqual(Redacted.value(config.password ?? Redacted.make("")), "secret word")
    assert.notInclude(JSON.stringify(config), "secret word")
  })
)

it.effect("the port follows from the security", () =>
  Effect.map(decode({ ...job, security: "starttls" }), (config) => assert.strictEqual(portOf(config), 143))
)

it.effect("the account is the same whatever the case of its names", () =>
  Effect.map(decode(job), (config) =>
    assert.strictEqual(accountIdOf(config), "imap:you@example.net@imap.example.net")
  )
)

it.effect("no TLS is for this machine only", () =>
  Effect.gen(function* () {
    const told = yield* refusal({ ...job, security: "none" })
    assert.include(told, "in the clear")
    assert.include(told, "security")
    for (const host of ["localhost", "127.0.0.1", "127.8.0.1", "::1"]) {
      assert.strictEqual((yield* decode({ ...job, host, security: "none" })).host, host)
    }
    assert.include(yield* refusal({ ...job, host: "127.example.net", security: "none" }), "in the clear")
  })
)

it.effect("there is one secret: a password or a token", () =>
  Effect.gen(function* () {
    const { password, ...none } = job
    assert.include(yield* refusal(none), "either a password or a token")
    assert.include(yield* refusal({ ...job, token: "t" }), "either a password or a token")
    assert.isDefined((yield* decode({ ...none, token: password })).token)
  })
)

it.effect("a key that is wrong is named, and the secret is not", () =>
  Effect.gen(function* () {
    const told = yield* refusal({ ...job, port: 70_000 })
    assert.include(told, "port")
    assert.notInclude(told, "secret word")
  })
)
