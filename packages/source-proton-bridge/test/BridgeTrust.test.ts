import { X509Certificate } from "node:crypto"

import { assert, describe, it } from "@effect/vitest"
import { TrustStore } from "@mailferry/core/TrustStore.ts"
import { BridgeConfig } from "@mailferry/source-proton-bridge/BridgeConfig.ts"
import { accepts, readTrust, refusal, trustName } from "@mailferry/source-proton-bridge/BridgeTrust.ts"
import { Effect, Schema } from "effect"

import { certificate, makeTrust } from "./support/Rehearsed.ts"
import { temporaryFile } from "./support/TemporaryFile.ts"

const configWith = (more: object = {}) =>
  Schema.decodeUnknownEffect(BridgeConfig)({
    user: "Me@proton.me",
    password: "ir8R9vhdNXyB7isWzhyEkQ",
    ...more
  }).pipe(Effect.orDie)

const trustOf = Effect.fnUntraced(function* (more: object, trust = makeTrust()) {
  const config = yield* configWith(more)
  return yield* Effect.provideService(readTrust(config), TrustStore, trust.store)
})

const made = Effect.promise(() => certificate)

describe("readTrust", () => {
  it.effect("takes the first certificate it meets, when it knows none", () =>
    Effect.gen(function* () {
      const trust = yield* trustOf({})
      assert.strictEqual(trust._tag, "firstSight")
      assert.isTrue(accepts(trust, "AA:BB"))
    })
  )

  it.effect("takes no other certificate than the one it met before", () =>
    Effect.gen(function* () {
      const store = makeTrust()
      store.pinned.set(trustName(yield* configWith()), "AA:BB")
      const trust = yield* trustOf({}, store)
      assert.isTrue(accepts(trust, "AA:BB"))
      assert.isFalse(accepts(trust, "AA:BC"))
    })
  )

  it.effect("keeps one pin for an account, however its user is spelt and wherever its port moves", () =>
    Effect.gen(function* () {
      const name = trustName(yield* configWith({ port: 1143 }))
      assert.strictEqual(trustName(yield* configWith({ user: "me@PROTON.me", port: 1150 })), name)
      assert.notStrictEqual(trustName(yield* configWith({ user: "you@proton.me" })), name)
    })
  )

  it.effect("takes the certificate in the file, even against an older pin", () =>
    Effect.gen(function* () {
      const { certificate: pem } = yield* made
      const store = makeTrust()
      store.pinned.set(trustName(yield* configWith()), "AA:BB")
      const trust = yield* trustOf({ certificate: yield* temporaryFile(`Bag\n${pem}\n`) }, store)
      assert.isTrue(accepts(trust, new X509Certificate(pem).fingerprint256))
      assert.isFalse(accepts(trust, "AA:BB"))
    })
  )

  it.effect("says what is wrong with a certificate file", () =>
    Effect.gen(function* () {
      const { key } = yield* made
      const missing = yield* Effect.flip(trustOf({ certificate: "no/such/file.pem" }))
      assert.include(missing.detail, "cannot read the certificate file no/such/file.pem")
      const swapped = yield* Effect.flip(trustOf({ certificate: yield* temporaryFile(key) }))
      assert.include(swapped.detail, "holds no certificate")
      assert.include(swapped.advice ?? "", "cert.pem is meant")
      assert.notInclude(JSON.stringify(swapped), key.slice(40, 80))
      const torn = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
      const damaged = yield* Effect.flip(trustOf({ certificate: yield* temporaryFile(torn) }))
      assert.include(damaged.detail, "damaged")
      for (const reason of [missing, swapped, damaged]) assert.strictEqual(reason._tag, "Fatal")
    })
  )
})

describe("refusal", () => {
  it("explains a changed certificate by a Bridge that was reset, or by somebody posing as it", () => {
    const reason = refusal({ _tag: "pinned", fingerprint: "AA" }, "BB")
    assert.strictEqual(reason._tag, "AuthFailed")
    assert.include(reason.detail, "nothing was sent")
    for (const words of ["reset", "new password", "posing"]) assert.include(reason.advice ?? "", words)
  })

  it("names the file whose certificate was not shown", () => {
    const reason = refusal({ _tag: "given", path: "cert.pem", fingerprints: new Set(["AA"]) }, "BB")
    assert.include(reason.detail, "cert.pem")
  })
})
