import type { MailError } from "@mailferry/core/MailError.ts"
import type { CredentialStore } from "@mailferry/oauth/CredentialStore.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import type { TokenOwner } from "./EntraWords.ts"
import type { Issued } from "./Issued.ts"
import {
  decodeCredentials,
  encodeCredentials,
  isApplication,
  type SignInCredentials
} from "./MicrosoftCredentials.ts"
import { tokenError } from "./TokenFailure.ts"
import { refresh } from "./TokenRequest.ts"

const same = (left: Redacted.Redacted, right: Redacted.Redacted): boolean =>
  Redacted.value(left) === Redacted.value(right)

/**
 * Access tokens for a sign-in. Microsoft gives a new refresh token with each of them, which is kept in the place of the one
 * before. That one stays good for a while, so that a write that fails is told and does not end the run.
 */
export const makeRefresher = (
  urls: MicrosoftUrls,
  credentials: SignInCredentials,
  store: CredentialStore,
  owner: TokenOwner
): ((scopes: ReadonlyArray<string>) => Effect.Effect<Issued, MailError>) => {
  const turn = Semaphore.makeUnsafe(1)
  let current = credentials.refresh_token
  /** What lies in the store, as far as is known here. */
  let known = credentials.refresh_token

  const found = Effect.map(store.find, (kept) =>
    kept.pipe(
      Option.flatMap(({ text }) => decodeCredentials(text)),
      Option.filter((each) => !isApplication(each)),
      Option.filter((each) => each.client === credentials.client)
    )
  )

  /** Nothing is written over a newer sign-in, nor where somebody signed out meanwhile. */
  const keep = Effect.fnUntraced(function* (renewed: Redacted.Redacted) {
    const kept = yield* found
    if (Option.isNone(kept) || !same(kept.value.refresh_token, known)) return
    yield* store.keep(encodeCredentials({ ...kept.value, refresh_token: renewed }))
    known = renewed
  })

  /** One that another process or a new sign-in left, in the place of a refused one. */
  const another = found.pipe(
    Effect.orElseSucceed(() => Option.none<SignInCredentials>()),
    Effect.map(Option.map((kept) => kept.refresh_token)),
    Effect.map(Option.filter((token) => !same(token, current)))
  )

  const asked = (scopes: ReadonlyArray<string>) =>
    refresh(urls, credentials, current, scopes).pipe(
      Effect.catch((fault) =>
        Effect.flatMap(fault.error === "invalid_grant" ? another : Effect.succeedNone, (token) => {
          if (Option.isNone(token)) return Effect.fail(fault)
          current = token.value
          known = token.value
          return refresh(urls, credentials, current, scopes)
        })
      ),
      Effect.mapError((fault) => tokenError(fault, owner))
    )

  return (scopes) =>
    turn.withPermits(1)(
      Effect.gen(function* () {
        const issued = yield* asked(scopes)
        const renewed = issued.refreshToken
        if (renewed === undefined || same(renewed, current)) return issued
        current = renewed
        yield* Effect.catch(keep(renewed), ({ detail }) =>
          Effect.logWarning(
            `Microsoft renewed the sign-in of ${owner.user}, and it could not be kept: ${detail}. The one that is kept stays good for a while.`
          )
        )
        return issued
      })
    )
}
