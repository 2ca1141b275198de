import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"

/**
 * Certificates a person's machine has accepted before, by `host:port/user`-like names an adapter chooses:
 * trust on first use, as ssh does. A fingerprint is SHA-256 in upper-case hex pairs joined by `:`.
 */
export class TrustStore extends Context.Service<
  TrustStore,
  {
    readonly fingerprintOf: (name: string) => Effect.Effect<Option.Option<string>>
    readonly pin: (name: string, fingerprint: string) => Effect.Effect<void>
  }
>()("@mailferry/core/TrustStore") {}
