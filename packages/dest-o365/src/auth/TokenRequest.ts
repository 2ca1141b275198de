import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import type { AppCertificate } from "./AppCertificate.ts"
import { AuthorityWire } from "./AuthorityWire.ts"
import { type Issued, issuedOf } from "./Issued.ts"
import { faultOfAnswer, faultOfCause, noToken, type TokenFault } from "./TokenFault.ts"

/** An application as it is registered, and the directory it is asked for at. */
export interface MicrosoftClient {
  readonly client: string
  readonly tenant: string
}

type Library = typeof import("@azure/msal-node")

/** Of what was thrown only what the wire saw is kept: msal's own errors may quote the request. */
export const faultOf = ({ failure, last }: AuthorityWire, cause: unknown): TokenFault => {
  if (last === undefined) return faultOfCause(failure ?? cause)
  return last.status >= 400 ? faultOfAnswer(last) : noToken(last.status)
}

/**
 * One question, written by msal. A new application each time: msal's own cache would answer in the place of Microsoft, and
 * remembers refusals. What is answered is read from the wire, since msal hands out no refresh token.
 */
const ask = (
  urls: MicrosoftUrls,
  question: (library: Library, wire: AuthorityWire) => Promise<unknown>
): Effect.Effect<Issued, TokenFault> =>
  Effect.suspend(() => {
    const wire = new AuthorityWire(urls.authority)
    return Effect.tryPromise({
      // Loaded with the first token: a run whose token is given does without.
      try: async () => question(await import("@azure/msal-node"), wire),
      catch: (cause) => faultOf(wire, cause)
    }).pipe(
      Effect.flatMap(() => {
        // msal is content with a refusal that has no words.
        const { last } = wire
        const issued = last === undefined || last.status >= 400 ? undefined : issuedOf(last.body)
        return issued === undefined ? Effect.fail(faultOf(wire, undefined)) : Effect.succeed(issued)
      })
    )
  })

/** msal looks up no other server's name for this one: `knownAuthorities`. */
export const settingsOf = (wire: AuthorityWire, { client, tenant }: MicrosoftClient) => ({
  auth: {
    clientId: client,
    authority: `${wire.name}/${tenant}`,
    knownAuthorities: [new URL(wire.name).host]
  },
  system: { networkClient: wire }
})

/** RFC 6749 section 6. `scopes`: of one service. */
export const refresh = (
  urls: MicrosoftUrls,
  client: MicrosoftClient,
  refreshToken: Redacted.Redacted,
  scopes: ReadonlyArray<string>
): Effect.Effect<Issued, TokenFault> =>
  ask(urls, ({ PublicClientApplication }, wire) =>
    new PublicClientApplication(settingsOf(wire, client)).acquireTokenByRefreshToken({
      refreshToken: Redacted.value(refreshToken),
      scopes: [...scopes]
    })
  )

/** An application by itself (RFC 6749 section 4.4), which signs for who it is (RFC 7523). */
export const applicationToken = (
  urls: MicrosoftUrls,
  client: MicrosoftClient,
  certificate: AppCertificate,
  scopes: ReadonlyArray<string>
): Effect.Effect<Issued, TokenFault> =>
  ask(urls, ({ ConfidentialClientApplication }, wire) => {
    const { auth, system } = settingsOf(wire, client)
    const { key, thumbprint } = certificate
    const print = thumbprint.length === 40 ? { thumbprint } : { thumbprintSha256: thumbprint }
    const clientCertificate = { ...print, privateKey: Redacted.value(key) }
    return new ConfidentialClientApplication({
      auth: { ...auth, clientCertificate },
      system
    }).acquireTokenByClientCredential({
      scopes: [...scopes],
      skipCache: true,
      // Else an environment variable would have another server asked.
      azureRegion: "DisableMsalForceRegion"
    })
  })

/** RFC 6749 section 4.1.3 with the verifier of RFC 7636, and the nonce that the id_token must repeat. */
export const exchangeCode = (
  urls: MicrosoftUrls,
  client: MicrosoftClient,
  grant: {
    readonly code: Redacted.Redacted
    readonly verifier: Redacted.Redacted
    readonly redirect: string
    readonly nonce: string
  },
  scopes: ReadonlyArray<string>
): Effect.Effect<Issued, TokenFault> =>
  ask(urls, ({ PublicClientApplication }, wire) =>
    new PublicClientApplication(settingsOf(wire, client)).acquireTokenByCode({
      code: Redacted.value(grant.code),
      codeVerifier: Redacted.value(grant.verifier),
      redirectUri: grant.redirect,
      nonce: grant.nonce,
      scopes: [...scopes]
    })
  )
