import * as Effect from "effect/Effect"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import { AuthorityWire } from "./AuthorityWire.ts"
import type { TokenFault } from "./TokenFault.ts"
import { faultOf, type MicrosoftClient, settingsOf } from "./TokenRequest.ts"

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
): Effect.Effect<string, TokenFault> =>
  Effect.suspend(() => {
    const wire = new AuthorityWire(urls.authority)
    return Effect.tryPromise({
      try: async () => {
        const { PublicClientApplication } = await import("@azure/msal-node")
        return new PublicClientApplication(settingsOf(wire, client)).getAuthCodeUrl({
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
      },
      // Of an authority that msal does not know it asks where its pages are.
      catch: (cause) => faultOf(wire, cause)
    }).pipe(Effect.map((page) => page.replace(wire.name, urls.authority)))
  })
