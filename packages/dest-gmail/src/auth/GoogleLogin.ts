import { AuthFailed, Fatal, MailError } from "@mailferry/core/MailError.ts"
import { type SignedIn, SignInMisuse, SignInTalk } from "@mailferry/core/SignIn.ts"
import { type Authorization, authorize } from "@mailferry/oauth/AuthorizationCode.ts"
import type { AuthorizationFailed } from "@mailferry/oauth/AuthorizationFailed.ts"
import type { CredentialStore } from "@mailferry/oauth/CredentialStore.ts"
import { makePkce } from "@mailferry/oauth/Pkce.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

import { isSameAddress } from "../GmailAddress.ts"
import { consentPage } from "./ConsentPage.ts"
import { readClientFile } from "./GoogleClientFile.ts"
import { type AuthorizedUser, decodeCredentials, encodeAuthorizedUser } from "./GoogleCredentials.ts"
import type { GoogleUrls } from "./GoogleEndpoint.ts"
import { identityScopes, missingScopes, scopeWords } from "./GoogleScopes.ts"
import { storeFailed } from "./GoogleTokens.ts"
import type { Issued } from "./Issued.ts"
import { loginCommand, tokenError } from "./TokenFailure.ts"
import { exchangeCode, type GoogleClient, revoke } from "./TokenRequest.ts"

/** All that a sign-in of one account needs to know. */
export interface GoogleLogin {
  readonly user: string
  readonly urls: GoogleUrls
  /** What the run will need, besides knowing who signed in. */
  readonly mailScopes: ReadonlyArray<string>
  readonly store: CredentialStore
}

const refused = (detail: string, advice: string): MailError =>
  new MailError({ adapter: "gmail", operation: "connect", reason: new AuthFailed({ detail, advice }) })

/** The client of the file, or the one that the last sign-in kept beside its token. */
const clientOf = Effect.fnUntraced(function* (
  { store, user }: GoogleLogin,
  file: Option.Option<string>
): Effect.fn.Return<GoogleClient, MailError | SignInMisuse> {
  const kept = Option.flatMap(yield* Effect.mapError(store.find, storeFailed), ({ text }) =>
    decodeCredentials(text)
  )
  const credentials = Option.getOrUndefined(kept)
  if (credentials?.type === "service_account") {
    return yield* new SignInMisuse({
      detail:
        "the credentials of this job are a service account's key, and a sign-in would be written over it",
      advice: "Name another file as credentials, or leave the key out to use the keychain."
    })
  }
  if (Option.isSome(file)) return yield* readClientFile(file.value)
  if (credentials !== undefined) return { id: credentials.client_id, secret: credentials.client_secret }
  return yield* new SignInMisuse({
    detail: `no OAuth client is known for ${user}`,
    advice: `Make one in Google's console and name its file: ${loginCommand(user)} --client FILE (docs/gmail-setup.md)`
  })
})

/**
 * Whether Google knows this id with this secret: a code that cannot be right is `invalid_grant` for a good pair and
 * `invalid_client` for a bad one. Asked before the person is sent to a page that would only say "Error 401".
 */
const testClient = ({ urls, user }: GoogleLogin, client: GoogleClient): Effect.Effect<void, MailError> =>
  exchangeCode(urls, client, {
    code: Redacted.make("mailferry-asks-whether-this-client-is-known"),
    verifier: makePkce().verifier,
    redirect: "http://127.0.0.1"
  }).pipe(
    Effect.asVoid,
    Effect.catch((fault) =>
      fault.error === "invalid_grant"
        ? Effect.void
        : Effect.fail(tokenError(fault, { kind: "sign-in", user }))
    )
  )

const notAuthorized =
  (user: string) =>
  ({ detail, why }: AuthorizationFailed): MailError => {
    switch (why) {
      case "cancelled":
        return refused(
          "access was not given on Google's page",
          `Nothing was kept. To try again: ${loginCommand(user)}`
        )
      case "late":
        return refused(detail, `Nothing was kept. To try again: ${loginCommand(user)}`)
      case "refused":
        return refused(
          `Google's page answered ${detail}`,
          "Check the consent screen: the app is published, or you are one of its test users (docs/gmail-setup.md)."
        )
      case "port":
        return new MailError({
          adapter: "gmail",
          operation: "connect",
          reason: new Fatal({
            detail: `no port on 127.0.0.1 can be opened: ${detail}`,
            advice: "Look for a firewall or sandbox that forbids it."
          })
        })
    }
  }

/** What Google granted, when it is what is needed: the right account, every scope, and a token that lasts. */
const examined = Effect.fnUntraced(function* (
  { mailScopes, user }: GoogleLogin,
  issued: Issued
): Effect.fn.Return<Redacted.Redacted, MailError> {
  const again = `Nothing was kept. Once more: ${loginCommand(user)}`
  const missing = missingScopes([...identityScopes, ...mailScopes], issued.scopes)
  if (missing.length > 0) {
    return yield* refused(
      `not granted: ${missing.map(scopeWords).join(", ")}`,
      `${again}, and tick every box on Google's page.`
    )
  }
  if (issued.email === undefined) return yield* refused("Google did not say which account signed in", again)
  if (!isSameAddress(issued.email, user)) {
    return yield* refused(
      `${issued.email} signed in, and mail is to go to ${user}`,
      `${again}, and choose ${user} on Google's page; or write ${issued.email} where ${user} stands.`
    )
  }
  if (issued.refreshToken === undefined) {
    return yield* refused(
      "Google gave no refresh token",
      `Take the app's access away at https://myaccount.google.com/connections, then ${loginCommand(user)}`
    )
  }
  return issued.refreshToken
})

/** A right that is not used is not left open. That Google does not answer now changes nothing: nobody keeps the token. */
const giveBack = (urls: GoogleUrls, issued: Issued): Effect.Effect<void> =>
  Effect.ignore(revoke(urls, issued.refreshToken ?? issued.accessToken))

const exchanged = Effect.fnUntraced(function* (
  login: GoogleLogin,
  client: GoogleClient,
  authorization: Authorization
): Effect.fn.Return<SignedIn, MailError, SignInTalk> {
  const talk = yield* SignInTalk
  const { store, urls, user } = login
  yield* talk.hide(authorization.code)
  const issued = yield* exchangeCode(urls, client, authorization).pipe(
    Effect.mapError((fault) => tokenError(fault, { kind: "sign-in", user }))
  )
  yield* talk.hide(issued.accessToken)
  if (issued.refreshToken !== undefined) yield* talk.hide(issued.refreshToken)
  const refreshToken = yield* examined(login, issued).pipe(Effect.onError(() => giveBack(urls, issued)))
  const credentials: AuthorizedUser = {
    type: "authorized_user",
    client_id: client.id,
    client_secret: client.secret,
    refresh_token: refreshToken,
    account: issued.email ?? user,
    scope: issued.scopes.join(" "),
    granted: DateTime.formatIso(yield* DateTime.now)
  }
  const { noKeychain, place } = yield* store.keep(encodeAuthorizedUser(credentials)).pipe(
    Effect.mapError(storeFailed),
    Effect.onError(() => giveBack(urls, issued))
  )
  return {
    account: credentials.account ?? user,
    place,
    notes:
      noKeychain === undefined
        ? []
        : [`This computer has no keychain (${noKeychain}), so they are in a file that only you can read.`]
  }
})

/** Signs a person in: client, consent page, code, checks, credentials. Nothing is kept unless all of it is right. */
export const login = (
  account: GoogleLogin,
  file: Option.Option<string>
): Effect.Effect<SignedIn, MailError | SignInMisuse, SignInTalk> =>
  Effect.gen(function* () {
    const { mailScopes, urls, user } = account
    const talk = yield* SignInTalk
    const client = yield* clientOf(account, file)
    yield* talk.hide(client.secret)
    yield* Effect.mapError(account.store.writable, storeFailed)
    yield* testClient(account, client)
    const authorization = yield* authorize((request) =>
      consentPage(urls, client, { ...request, scopes: [...identityScopes, ...mailScopes], user })
    ).pipe(Effect.mapError(notAuthorized(user)))
    return yield* exchanged(account, client, authorization).pipe(
      Effect.tap(({ account: signedIn }) =>
        authorization.conclude({ ok: true, text: `mailferry may now bring mail to ${signedIn}.` })
      ),
      Effect.tapError(({ reason }) =>
        authorization.conclude({
          ok: false,
          text: `${reason.detail}. The terminal says how to go on. You can close this window.`
        })
      )
    )
    // The listener lives as long as the browser waits for the end of it all.
  }).pipe(Effect.scoped)
