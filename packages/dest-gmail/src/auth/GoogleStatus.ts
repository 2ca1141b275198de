import type { MailError } from "@mailferry/core/MailError.ts"
import type { SignInCheck, SignInStatus } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

import { preflight } from "./GmailPreflight.ts"
import { type AuthorizedUser, decodeCredentials, type ServiceAccount } from "./GoogleCredentials.ts"
import type { GoogleLogin } from "./GoogleLogin.ts"
import { type GoogleAccount, makeGoogleTokens, storeFailed } from "./GoogleTokens.ts"

/** The keys of a job file that decide how the account lets mailferry in. */
export interface GoogleAccountToSignIn extends GoogleAccount {
  readonly transport?: "api" | "imap"
  /** An app password, for IMAP. */
  readonly password?: Redacted.Redacted
}

type Facts = SignInStatus["facts"]

const factsOf = (credentials: AuthorizedUser | ServiceAccount): Facts =>
  credentials.type === "service_account"
    ? [
        { name: "kind", value: "service account with domain-wide delegation" },
        { name: "service account", value: credentials.client_email },
        { name: "client", value: credentials.client_id }
      ]
    : [
        { name: "kind", value: "sign-in" },
        { name: "signed in", value: credentials.account ?? "unknown" },
        { name: "since", value: credentials.granted ?? "unknown" },
        { name: "rights", value: credentials.scope ?? "unknown" },
        { name: "client", value: credentials.client_id }
      ]

/** Where the credentials are and what is known of them; or that a bearer token stands in their place. */
const whatIsKept = Effect.fnUntraced(function* (
  account: GoogleAccountToSignIn,
  { store }: GoogleLogin
): Effect.fn.Return<Pick<SignInStatus, "place" | "facts">, MailError> {
  if (account.token !== undefined) {
    return {
      place: Option.some("where `token` points to"),
      facts: [{ name: "kind", value: "an access token, which cannot be renewed" }]
    }
  }
  if (account.password !== undefined) {
    return {
      place: Option.some("where `password` points to"),
      facts: [{ name: "kind", value: "an app password, which needs no sign-in; `mailferry plan` tries it" }]
    }
  }
  const kept = Option.getOrUndefined(yield* Effect.mapError(store.find, storeFailed))
  if (kept === undefined) return { place: Option.none(), facts: [] }
  const { exposed, place, text } = kept
  const facts = Option.match(decodeCredentials(text), { onNone: (): Facts => [], onSome: factsOf })
  const warning = { name: "warning", value: `others on this computer may read them: chmod 600 ${place}` }
  return { place: Option.some(place), facts: exposed ? [...facts, warning] : facts }
})

/**
 * Where the credentials are, whether Google still honours them, and whether mail can be brought. A job that goes by IMAP
 * need not have the API switched on, so there no more is tried than the token.
 */
export const status = Effect.fnUntraced(function* (
  account: GoogleAccountToSignIn,
  login: GoogleLogin
): Effect.fn.Return<SignInStatus, MailError> {
  const { urls, user } = login
  const kept = yield* whatIsKept(account, login)
  const checks: Array<SignInCheck> = []
  const told = (failure: Option.Option<MailError>): SignInStatus => ({
    account: user,
    ...kept,
    checks,
    failure
  })
  if (account.password !== undefined && account.token === undefined) return told(Option.none())
  const tokens = yield* Effect.result(makeGoogleTokens(account, login.mailScopes))
  if (Result.isFailure(tokens)) return told(Option.some(tokens.failure))
  const renewed = yield* Effect.result(tokens.success.accessToken)
  if (Result.isFailure(renewed)) {
    checks.push({ name: "get an access token", ok: false, detail: renewed.failure.reason.detail })
    return told(Option.some(renewed.failure))
  }
  checks.push({ name: "get an access token", ok: true, detail: "Google gave one just now" })
  if (account.transport === "imap") return told(Option.none())
  const looked = yield* preflight(user, urls, tokens.success)
  checks.push(...looked.checks)
  return told(looked.failure)
})
