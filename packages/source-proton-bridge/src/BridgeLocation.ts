import type { MailErrorReason } from "@mailferry/core/MailError.ts"
import { TrustStore } from "@mailferry/core/TrustStore.ts"
import * as Effect from "effect/Effect"

import type { BridgeConfig } from "./BridgeConfig.ts"
import { BridgeSearch, findBridges } from "./BridgeDiscovery.ts"
import { type FoundBridge, probePort } from "./BridgeProbe.ts"
import { accepts, readTrust, refusal, trustName } from "./BridgeTrust.ts"

/** Where the account's Bridge is. */
export interface BridgeLocation {
  /**
   * The Bridge that shows a trusted certificate, asked anew each time: first where it was found last, then wherever it may
   * be. Between two logins Bridge may have moved, been reset, or left its port to a stranger, and then nothing is sent.
   */
  readonly bridge: Effect.Effect<FoundBridge, MailErrorReason>
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

  const isTrusted = ({ fingerprint }: FoundBridge) => accepts(trust, fingerprint)

  const bridge = Effect.gen(function* () {
    const again =
      known === undefined ? undefined : yield* probePort({ ...known, greetingWait: search.greetingWait })
    if (again?._tag === "Bridge" && isTrusted(again)) return again
    const [found] = yield* findBridges(config, isTrusted)
    if (!isTrusted(found)) return yield* Effect.fail(refusal(trust, found.fingerprint))
    known = found
    return found
  }).pipe(Effect.provideService(BridgeSearch, search))

  const pin = Effect.suspend(() => {
    if (known === undefined) return Effect.void
    const { fingerprint } = known
    if (trust._tag === "firstSight") trust = { _tag: "pinned", fingerprint }
    return store.pin(trustName(config), fingerprint)
  })

  return { bridge, pin }
})
