import * as Effect from "effect/Effect"

import type { GoogleUrls } from "./GoogleEndpoint.ts"
import { openLibrary } from "./GoogleLibrary.ts"
import type { GoogleClient } from "./TokenRequest.ts"

/** The consent page's address for one sign-in. `offline` and `consent` make Google give a refresh token every time. */
export const consentPage = (
  urls: GoogleUrls,
  client: GoogleClient,
  request: {
    readonly redirect: string
    readonly state: string
    readonly challenge: string
    readonly scopes: ReadonlyArray<string>
    readonly user: string
  }
): Effect.Effect<string> =>
  Effect.promise(async () => {
    const { CodeChallengeMethod } = await import("google-auth-library")
    const library = await openLibrary(urls, { clientId: client.id })
    return library.generateAuthUrl({
      access_type: "offline",
      prompt: "consent",
      scope: [...request.scopes],
      login_hint: request.user,
      state: request.state,
      redirect_uri: request.redirect,
      code_challenge: request.challenge,
      code_challenge_method: CodeChallengeMethod.S256
    })
  })
