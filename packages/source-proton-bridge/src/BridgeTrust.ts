import { X509Certificate } from "node:crypto"
import { readFile } from "node:fs/promises"

import { AuthFailed, Fatal, type MailErrorReason } from "@mailferry/core/MailError.ts"
import { TrustStore } from "@mailferry/core/TrustStore.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { BridgeConfig } from "./BridgeConfig.ts"

/**
 * Which certificates may be shown by the Bridge of this account. `given`: those in the file the config names.
 * `pinned`: the one met before. `firstSight`: none is known, and the one shown is remembered once Bridge has
 * accepted the password over it.
 */
export type Trust =
  | { readonly _tag: "given"; readonly path: string; readonly fingerprints: ReadonlySet<string> }
  | { readonly _tag: "pinned"; readonly fingerprint: string }
  | { readonly _tag: "firstSight" }

/** Not by port: Bridge keeps its certificate when it moves, and a stranger who takes the old port must not pass as new. */
export const trustName = (config: BridgeConfig): string =>
  `proton-bridge:${config.user.toLowerCase()}@${config.host.toLowerCase()}`

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/gu

const readGiven = (path: string): Effect.Effect<Trust, MailErrorReason> =>
  Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) =>
      new Fatal({
        detail: `cannot read the certificate file ${path}`,
        advice: "Export the certificate in Bridge's settings and name the cert.pem it writes.",
        cause
      })
  }).pipe(
    Effect.flatMap((text) =>
      Effect.try({
        try: () =>
          new Set((text.match(pemBlock) ?? []).map((pem) => new X509Certificate(pem).fingerprint256)),
        catch: (cause) => new Fatal({ detail: `${path} holds a damaged certificate`, cause })
      })
    ),
    Effect.filterOrFail(
      (fingerprints) => fingerprints.size > 0,
      () =>
        new Fatal({
          detail: `${path} holds no certificate`,
          advice: "Of the two files Bridge exports, cert.pem is meant; key.pem is a secret and not needed."
        })
    ),
    Effect.map((fingerprints): Trust => ({ _tag: "given", path, fingerprints }))
  )

/** What is trusted before anything connects: the certificate file, else the pinned fingerprint, else first sight. */
export const readTrust = Effect.fnUntraced(function* (
  config: BridgeConfig
): Effect.fn.Return<Trust, MailErrorReason, TrustStore> {
  if (config.certificate !== undefined) return yield* readGiven(config.certificate)
  const store = yield* TrustStore
  return Option.match(yield* store.fingerprintOf(trustName(config)), {
    onNone: (): Trust => ({ _tag: "firstSight" }),
    onSome: (fingerprint) => ({ _tag: "pinned", fingerprint })
  })
})

/**
 * Whether a certificate with this fingerprint may be talked to. Names in it do not matter then: Bridge's has the IP address
 * 127.0.0.1 as its only one, which says nothing that a forwarder or `localhost` could keep to.
 */
export const accepts = (trust: Trust, fingerprint: string): boolean => {
  if (trust._tag === "given") return trust.fingerprints.has(fingerprint)
  return trust._tag === "firstSight" || trust.fingerprint === fingerprint
}

/** Why a certificate was refused. Nothing but STARTTLS has been sent by then. */
export const refusal = (trust: Trust, shown: string): MailErrorReason =>
  trust._tag === "given"
    ? new AuthFailed({
        detail: `Bridge shows another certificate (${shown}) than the one in ${trust.path}; nothing was sent to it`,
        advice:
          "Export the certificate from Bridge again. If Bridge was reset meanwhile, its password is new as well."
      })
    : new AuthFailed({
        detail: `Bridge shows another certificate (${shown}) than before; nothing was sent to it`,
        advice:
          "Bridge was probably reset (keychain lost, reinstalled, factory reset): it then has a new certificate and a new password. " +
          'Check in Bridge that this is so, export its certificate and name the file as "certificate", and copy the new password. ' +
          "If Bridge was not reset, another program is posing as it."
      })
