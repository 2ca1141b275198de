import type { MailErrorReason } from "@mailferry/core/MailError.ts"
import { TrustStore } from "@mailferry/core/TrustStore.ts"
import * as Effect from "effect/Effect"

import type { BridgeConfig } from "./BridgeConfig.ts"
import { BridgeSearch, findBridges } from "./BridgeDiscovery.ts"
import type { FoundBridge } from "./BridgeProbe.ts"
import { accepts, readTrust, refusal, trustName } from "./BridgeTrust.ts"

/** Where the account's Bridge is, as long as that holds. */
export interface BridgeLocation {
  /** A Bridge that shows a trusted certificate: the one found last, else looked for now. */
  readonly bridge: Effect.Effect<FoundBridge, MailErrorReason>
  /** Looks anew the next time: a connection failed, so Bridge may have moved, restarted, or left its port to a stranger. */
  readonly forget: Effect.Effect<void>
  /** Remembers the certificate: Bridge accepted the password over it. A Bridge that refused may be somebody else's. */
  readonly pin: Effect.Effect<void>
}

/** Reads what is trusted, and connects to nothing yet. */
export const makeBridgeLocation = Effect.fnUntraced(function* (
  config: BridgeConfig
): Effect.fn.Return<BridgeLocation, MailErrorReason, TrustStore> {
  const store = yield* TrustStore
  const search = yield* BridgeSearch
  let trust = yield* readTrust(config)
  let known: FoundBridge | undefined

  const find = Effect.gen(function* () {
    const [bridge] = yield* findBridges(config, ({ fingerprint }) => accepts(trust, fingerprint))
    if (!accepts(trust, bridge.fingerprint)) return yield* Effect.fail(refusal(trust, bridge.fingerprint))
    known = bridge
    return bridge
  }).pipe(Effect.provideService(BridgeSearch, search))

  return {
    bridge: Effect.suspend(() => (known === undefined ? find : Effect.succeed(known))),
    forget: Effect.sync(() => {
      known = undefined
    }),
    pin: Effect.suspend(() => {
      if (known === undefined) return Effect.void
      const { fingerprint } = known
      if (trust._tag === "firstSight") trust = { _tag: "pinned", fingerprint }
      return store.pin(trustName(config), fingerprint)
    })
  }
})
