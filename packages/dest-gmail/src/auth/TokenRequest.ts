import { isObject } from "@mailferry/oauth/Json.ts"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

import { assertionOf } from "./Assertion.ts"
import type { ServiceAccount } from "./GoogleCredentials.ts"
import type { GoogleUrls } from "./GoogleEndpoint.ts"
import { openLibrary } from "./GoogleLibrary.ts"
import { type Issued, issuedOf } from "./Issued.ts"
import { faultOf, type TokenFault } from "./TokenFault.ts"

/** A client as the console made it. */
export interface GoogleClient {
  readonly id: string
  readonly secret: Redacted.Redacted
}

/** The library turns `expires_in` into a time of the wall clock. */
const lifeOf = (expiry: number | null | undefined): number =>
  typeof expiry === "number" ? Math.max(0, expiry - Date.now()) : 0

const attempt = <A>(request: () => Promise<A>): Effect.Effect<A, TokenFault> =>
  Effect.tryPromise({ try: request, catch: faultOf })

const credentialsOf = (client: GoogleClient) => ({
  clientId: client.id,
  clientSecret: Redacted.value(client.secret)
})

/** RFC 6749 section 6. */
export const refresh = (
  urls: GoogleUrls,
  client: GoogleClient,
  refreshToken: Redacted.Redacted
): Effect.Effect<Issued, TokenFault> =>
  attempt(async () => {
    const library = await openLibrary(urls, credentialsOf(client))
    library.setCredentials({ refresh_token: Redacted.value(refreshToken) })
    const { credentials } = await library.refreshAccessToken()
    return issuedOf(credentials, lifeOf(credentials.expiry_date))
  })

/** RFC 6749 section 4.1.3 with the verifier of RFC 7636. */
export const exchangeCode = (
  urls: GoogleUrls,
  client: GoogleClient,
  grant: { readonly code: Redacted.Redacted; readonly verifier: Redacted.Redacted; readonly redirect: string }
): Effect.Effect<Issued, TokenFault> =>
  attempt(async () => {
    const library = await openLibrary(urls, credentialsOf(client))
    const { tokens } = await library.getToken({
      code: Redacted.value(grant.code),
      codeVerifier: Redacted.value(grant.verifier),
      redirect_uri: grant.redirect
    })
    return issuedOf(tokens, lifeOf(tokens.expiry_date))
  })

/** RFC 7009. Revoking a refresh token ends its access tokens too. */
export const revoke = (urls: GoogleUrls, token: Redacted.Redacted): Effect.Effect<void, TokenFault> =>
  attempt(async () => {
    const library = await openLibrary(urls)
    await library.revokeToken(Redacted.value(token))
  })

/**
 * A token for one user of a Workspace domain, by domain-wide delegation. Signed here because google-auth-library 11.3.4
 * sends its own assertions to oauth2.googleapis.com whatever the endpoints say (gtoken/getToken.js).
 */
export const impersonate = (
  urls: GoogleUrls,
  account: ServiceAccount,
  subject: string,
  scopes: ReadonlyArray<string>
): Effect.Effect<Issued, TokenFault> =>
  attempt(async () => {
    const library = await openLibrary(urls)
    const { data } = await library.transporter.request<unknown>({
      url: urls.token,
      method: "POST",
      responseType: "json",
      data: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: assertionOf(account, subject, scopes, urls.token)
      })
    })
    const seconds = isObject(data) ? data["expires_in"] : undefined
    return issuedOf(data, typeof seconds === "number" ? seconds * 1000 : 0)
  })
