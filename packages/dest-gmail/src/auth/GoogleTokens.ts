import { AuthFailed, Fatal, MailError } from "@mailferry/core/MailError.ts"
import {
  credentialStore,
  type CredentialStoreError,
  type Whereabouts
} from "@mailferry/oauth/CredentialStore.ts"
import { renewing } from "@mailferry/oauth/Renewing.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

import { type AuthorizedUser, decodeCredentials, type ServiceAccount } from "./GoogleCredentials.ts"
import { type GoogleEndpoint, type GoogleUrls, urlsOf } from "./GoogleEndpoint.ts"
import { mailScopes } from "./GoogleScopes.ts"
import type { Issued } from "./Issued.ts"
import { loginCommand, tokenError, type TokenOwner } from "./TokenFailure.ts"
import type { TokenFault } from "./TokenFault.ts"
import { impersonate, refresh } from "./TokenRequest.ts"

/** Access tokens of one account, for as long as a run lasts. */
export interface GoogleTokens {
  /** The token to use now; renewed when it has less than five minutes left. */
  readonly accessToken: Effect.Effect<Redacted.Redacted, MailError>
  /**
   * A new token, for a call that was answered 401. Calls that ask while one is on its way share it, its failure
   * included. A bearer token cannot be renewed: AuthFailed.
   */
  readonly refreshed: Effect.Effect<Redacted.Redacted, MailError>
}

/** The keys of a job file that say who is meant and where the right to it lies. */
export interface GoogleAccount {
  readonly user: string
  /** A bearer token used as it is. Goes before `credentials`. */
  readonly token?: Redacted.Redacted
  /** `authorized_user` or `service_account` JSON. The keychain when absent. */
  readonly credentials?: Whereabouts
  readonly endpoint?: GoogleEndpoint
}

const failed = (reason: AuthFailed | Fatal): MailError =>
  new MailError({ adapter: "gmail", operation: "connect", reason })

/** What a credential store that cannot be used means for a connection. */
export const storeFailed = ({ advice, detail }: CredentialStoreError): MailError =>
  failed(new Fatal({ detail, advice }))

/** The credentials a job points to. AuthFailed, with the command that makes them, when there are none. */
export const readCredentials = Effect.fnUntraced(function* (
  account: GoogleAccount
): Effect.fn.Return<AuthorizedUser | ServiceAccount, MailError> {
  const { credentials: where = "keychain", user } = account
  const store = credentialStore({ provider: "gmail", user, where, environment: process.env })
  const kept = yield* Effect.mapError(store.find, storeFailed)
  const advice = `Sign in first: ${loginCommand(user)} --client FILE (docs/gmail-setup.md)`
  if (Option.isNone(kept)) {
    // One who signed in on the desktop and runs by cron has a keychain there and none here.
    const why = yield* store.noKeychain
    const place =
      where === "keychain"
        ? `here${why === undefined ? "" : `, and this session has no keychain to look into (${why})`}`
        : `in ${where.slice("file:".length)}`
    return yield* failed(new AuthFailed({ detail: `there are no credentials of ${user} ${place}`, advice }))
  }
  const decoded = decodeCredentials(kept.value.text)
  if (Option.isNone(decoded)) {
    const detail = `what is kept in ${kept.value.place} is neither authorized_user nor service_account JSON`
    return yield* failed(new AuthFailed({ detail, advice }))
  }
  return decoded.value
})

const ownerOf = (credentials: AuthorizedUser | ServiceAccount, user: string): TokenOwner =>
  credentials.type === "authorized_user"
    ? { kind: "sign-in", user }
    : { kind: "service-account", user, clientId: credentials.client_id }

/** One new access token from credentials. Both kinds ask the token endpoint and nobody else. */
export const issue = (
  urls: GoogleUrls,
  credentials: AuthorizedUser | ServiceAccount,
  user: string,
  scopes: ReadonlyArray<string>
): Effect.Effect<Issued, MailError> => {
  const asked: Effect.Effect<Issued, TokenFault> =
    credentials.type === "authorized_user"
      ? refresh(
          urls,
          { id: credentials.client_id, secret: credentials.client_secret },
          credentials.refresh_token
        )
      : impersonate(urls, credentials, user, scopes)
  return Effect.mapError(asked, (fault) => tokenError(fault, ownerOf(credentials, user)))
}

const bearer = (token: Redacted.Redacted): GoogleTokens => ({
  accessToken: Effect.succeed(token),
  refreshed: failed(
    new AuthFailed({
      detail: "the token is refused and cannot be renewed",
      advice: "Put a new one where `token` points to, or sign in and leave `token` out."
    })
  )
})

/**
 * The tokens of an account. Reads the credentials now and asks for no token yet. `scopes` matter to a service account;
 * those of a sign-in were granted on the consent page.
 */
export const makeGoogleTokens = Effect.fnUntraced(function* (
  account: GoogleAccount,
  scopes: ReadonlyArray<string> = mailScopes
): Effect.fn.Return<GoogleTokens, MailError> {
  if (account.token !== undefined) return bearer(account.token)
  const credentials = yield* readCredentials(account)
  return renewing(issue(urlsOf(account.endpoint), credentials, account.user, scopes))
})
