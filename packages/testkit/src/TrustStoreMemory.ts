import { TrustStore } from "@mailferry/core/TrustStore.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** A trust store that forgets: what a first-time user's machine looks like to an adapter. */
export const layer: Layer.Layer<TrustStore> = Layer.sync(TrustStore, () => {
  const pinned = new Map<string, string>()
  return {
    fingerprintOf: (name) => Effect.sync(() => Option.fromUndefinedOr(pinned.get(name))),
    pin: (name, fingerprint) =>
      Effect.sync(() => {
        pinned.set(name, fingerprint)
      })
  }
})
