import { assert, describe, it } from "@effect/vitest"
import { TrustStore } from "@mailferry/core/TrustStore.ts"
import { makeCertificate } from "@mailferry/rehearsal/bridge/BridgeCertificate.ts"
import type { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { BridgeSearch } from "@mailferry/source-proton-bridge/BridgeDiscovery.ts"
import { makeBridgeLocation } from "@mailferry/source-proton-bridge/BridgeLocation.ts"
import { trustName } from "@mailferry/source-proton-bridge/BridgeTrust.ts"
import { Duration, Effect } from "effect"

import { configFor, makeTrust, rehearse, type Wiring } from "./support/Rehearsed.ts"
import { closedPort, strangerScoped } from "./support/Stranger.ts"
import { temporaryFile } from "./support/TemporaryFile.ts"

const locationOf = (
  bridge: RehearsalBridge,
  { config, ports = [bridge.port], trust = makeTrust() }: Wiring = {}
) =>
  Effect.flatMap(configFor(bridge, config), makeBridgeLocation).pipe(
    Effect.provideService(TrustStore, trust.store),
    Effect.provideService(BridgeSearch, { ports, greetingWait: Duration.millis(150) })
  )

const another = Effect.promise(makeCertificate)

const logins = ({ stats }: RehearsalBridge) => stats.logins + stats.refusedLogins

describe("BridgeLocation", () => {
  it.live("finds Bridge behind closed ports and strangers, and leaves the strangers alone", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const stranger = yield* strangerScoped({ says: "* OK Dovecot ready." })
      const location = yield* locationOf(bridge, { ports: [yield* closedPort, stranger.port, bridge.port] })
      assert.strictEqual((yield* location.bridge).port, bridge.port)
      assert.strictEqual(stranger.received(), "")
    })
  )

  it.live("finds where Bridge moved between two logins", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const elsewhere = yield* closedPort
      const location = yield* locationOf(bridge, { ports: [bridge.port, elsewhere] })
      assert.strictEqual((yield* location.bridge).port, bridge.port)
      yield* Effect.promise(() => bridge.movePort(elsewhere))
      assert.strictEqual((yield* location.bridge).port, elsewhere)
    })
  )

  it.live("pins the certificate once told that the password was accepted, and not before", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const trust = makeTrust()
      const location = yield* locationOf(bridge, { trust })
      yield* location.pin
      yield* location.bridge
      assert.strictEqual(trust.pinned.size, 0)
      yield* location.pin
      const config = yield* configFor(bridge)
      assert.deepStrictEqual([...trust.pinned], [[trustName(config), bridge.fingerprint]])
    })
  )

  it.live("refuses a Bridge that shows another certificate than before, and sends it nothing", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const location = yield* locationOf(bridge)
      yield* location.bridge
      yield* location.pin
      yield* Effect.promise(() => bridge.newCertificate())
      const reason = yield* Effect.flip(location.bridge)
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.include(reason.detail, bridge.fingerprint)
      assert.strictEqual(logins(bridge), 0)
    })
  )

  it.live("of two Bridges on one machine takes the one it knows, whichever port that has", () =>
    Effect.gen(function* () {
      const other = yield* rehearse({ certificate: yield* another })
      const own = yield* rehearse()
      const trust = makeTrust()
      trust.pinned.set(trustName(yield* configFor(own)), own.fingerprint)
      const location = yield* locationOf(own, { trust, ports: [other.port, own.port] })
      assert.strictEqual((yield* location.bridge).port, own.port)
    })
  )

  it.live("recognises a stranger on the port Bridge had, and sends it nothing", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const location = yield* locationOf(bridge, { config: { port: bridge.port } })
      yield* location.bridge
      bridge.goOffline()
      const stranger = yield* strangerScoped({ says: "220 mail ESMTP", port: bridge.port })
      const reason = yield* Effect.flip(location.bridge)
      assert.include(reason.detail, "that is the SMTP port")
      assert.strictEqual(stranger.received(), "")
    })
  )

  it.live("takes the Bridge whose certificate it was given, and pins that from then on", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse({ certificate: yield* another })
      const trust = makeTrust()
      trust.pinned.set(trustName(yield* configFor(bridge)), "AA:BB")
      const certificate = yield* temporaryFile(bridge.certificate)
      const location = yield* locationOf(bridge, { trust, config: { certificate } })
      yield* location.bridge
      yield* location.pin
      assert.deepStrictEqual([...trust.pinned.values()], [bridge.fingerprint])
    })
  )

  it.live("refuses a Bridge whose certificate is not the one in the file", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const certificate = yield* temporaryFile((yield* another).certificate)
      const location = yield* locationOf(bridge, { config: { certificate } })
      assert.strictEqual((yield* Effect.flip(location.bridge))._tag, "AuthFailed")
      assert.strictEqual(logins(bridge), 0)
    })
  )
})
