import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import { TrustStore } from "@mailferry/core/TrustStore.ts"
import { makeCertificate } from "@mailferry/rehearsal/bridge/BridgeCertificate.ts"
import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"
import type { RehearsalBridge, RehearsalBridgeOptions } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { bridgeScoped } from "@mailferry/rehearsal/RehearsalBridgeScoped.ts"
import { BridgeConfig } from "@mailferry/source-proton-bridge/BridgeConfig.ts"
import { BridgeSearch } from "@mailferry/source-proton-bridge/BridgeDiscovery.ts"
import { makeBridgeSource } from "@mailferry/source-proton-bridge/BridgeSource.ts"
import { Duration, Effect, Option, Schema, type Scope } from "effect"

import { smallAccount } from "./SmallAccount.ts"
import { tap, type WiretapOptions } from "./Wiretap.ts"

/** Made once: a key takes some tenths of a second. */
export const certificate = makeCertificate()

/** A Bridge that serves the small account, or another. */
export const rehearse = (
  options: RehearsalBridgeOptions & { readonly account?: ProtonAccount } = {}
): Effect.Effect<RehearsalBridge, never, Scope.Scope> =>
  Effect.flatMap(
    Effect.promise(() => certificate),
    (certificate) => bridgeScoped(options.account ?? smallAccount(), { certificate, seed: 7, ...options })
  )

/** A trust store that a test can look into. */
export const makeTrust = () => {
  const pinned = new Map<string, string>()
  return {
    pinned,
    store: TrustStore.of({
      fingerprintOf: (name) => Effect.sync(() => Option.fromUndefinedOr(pinned.get(name))),
      pin: (name, fingerprint) =>
        Effect.sync(() => {
          pinned.set(name, fingerprint)
        })
    })
  }
}

export interface Wiring {
  readonly config?: Partial<typeof BridgeConfig.Encoded>
  readonly trust?: ReturnType<typeof makeTrust>
  /** Ports to look at; the Bridge's own unless said. */
  readonly ports?: ReadonlyArray<number>
}

/** The config a person would write for this Bridge, port and TLS mode left out. */
export const configFor = (bridge: RehearsalBridge, config: Wiring["config"] = {}) =>
  Schema.decodeUnknownEffect(BridgeConfig)({ user: bridge.user, password: bridge.password, ...config }).pipe(
    Effect.orDie
  )

/** The source on this Bridge, logged in. Looks at no port of the machine but those of the test. */
export const sourceOn = (
  bridge: RehearsalBridge,
  { config, ports = [bridge.port], trust = makeTrust() }: Wiring = {}
): Effect.Effect<MailboxReader, MailError, Scope.Scope> =>
  Effect.flatMap(configFor(bridge, config), makeBridgeSource).pipe(
    Effect.provideService(TrustStore, trust.store),
    Effect.provideService(BridgeSearch, { ports, greetingWait: Duration.millis(150) })
  )

/** A source whose every word to Bridge is written down. */
export const tapped = Effect.fnUntraced(function* (options: WiretapOptions = {}, account = smallAccount()) {
  const bridge = yield* rehearse({ account, security: "ssl" })
  const wiretap = yield* tap(bridge, yield* Effect.promise(() => certificate), options)
  const source = yield* sourceOn(bridge, { ports: [wiretap.port], config: { security: "tls" } })
  return { bridge, source, wiretap }
})
