import { MailError, Transient } from "@mailferry/core/MailError.ts"
import { type SignedOut, SignInMisuse } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { decodeCredentials } from "./GoogleCredentials.ts"
import type { GoogleLogin } from "./GoogleLogin.ts"
import { storeFailed } from "./GoogleTokens.ts"
import type { TokenFault } from "./TokenFault.ts"
import { revoke } from "./TokenRequest.ts"

/** Google answers `invalid_token` for one that is expired or revoked already: then there is nothing left to end. */
const wasOver = ({ error }: TokenFault): boolean => error === "invalid_token" || error === "invalid_grant"

const byHand =
  "Take it away yourself at https://myaccount.google.com/connections (the app's name, Delete all connections)."

const notRevoked = (fault: TokenFault): MailError =>
  new MailError({
    adapter: "gmail",
    operation: "connect",
    reason: new Transient({
      detail: `Google was asked to end the access and did not do it (${fault.error || fault.code || `HTTP ${fault.status}`})`,
      applied: "no",
      advice: byHand
    })
  })

/** Ends the access at Google, then forgets it here; the second also where the first cannot be done. */
export const logout = Effect.fnUntraced(function* ({
  store,
  urls,
  user
}: GoogleLogin): Effect.fn.Return<SignedOut, MailError | SignInMisuse> {
  const kept = yield* Effect.mapError(store.find, storeFailed)
  if (Option.isNone(kept)) {
    return { done: [`There were no credentials of ${user}.`], failure: Option.none() }
  }
  const { place, text } = kept.value
  const credentials = Option.getOrUndefined(decodeCredentials(text))
  if (credentials?.type === "service_account") {
    return yield* new SignInMisuse({
      detail: `${place} holds a service account's key, which is not a sign-in`,
      advice: "Delete the key in the console, at the service account, and then the file."
    })
  }
  const fault =
    credentials === undefined
      ? Option.none<TokenFault>()
      : yield* Effect.option(Effect.flip(revoke(urls, credentials.refresh_token)))
  yield* Effect.mapError(store.remove, storeFailed)
  const failure = Option.filter(fault, (found) => !wasOver(found))
  const removed = `The credentials were removed from ${place}.`
  if (credentials === undefined || Option.isSome(failure)) {
    return { done: [removed], failure: Option.map(failure, notRevoked) }
  }
  const ended = Option.isNone(fault)
    ? `Google has ended mailferry's access to ${user}.`
    : `Google had ended mailferry's access to ${user} before.`
  return { done: [ended, removed], failure: Option.none() }
})
