import * as Effect from "effect/Effect"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import { AuthorityWire } from "./AuthorityWire.ts"
import { type MicrosoftClient, settingsOf } from "./TokenRequest.ts"

/**
 * The sign-in page's address for one sign-in. Scopes of another service are agreed to on the same page (`besides`), though
 * the token that comes of it is for the first. The answer comes back in the address, so that it can be pasted.
 */
export const consentPage = (
  urls: MicrosoftUrls,
  client: MicrosoftClient,
  request: {
    readonly redirect: string
    readonly state: string
    readonly nonce: string
    readonly challenge: string
    readonly scopes: ReadonlyArray<string>
    readonly besides: ReadonlyArray<string>
    readonly user: string
  }
): Effect.Effect<string> =>
  Effect.promise(async () => {
    const { PublicClientApplication } = await import("@azure/msal-node")
    const wire = new AuthorityWire(urls.authority)
    const page = await new PublicClientApplication(settingsOf(wire, client)).getAuthCodeUrl({
      scopes: [...request.scopes],
      extraScopesToConsent: [...request.besides],
      redirectUri: request.redirect,
      responseMode: "query",
      loginHint: request.user,
      state: request.state,
      nonce: request.nonce,
      codeChallenge: request.challenge,
      codeChallengeMethod: "S256"
    })
    return `${urls.authority}${page.slice(wire.name.length)}`
  })
