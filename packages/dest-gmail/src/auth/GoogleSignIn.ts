import { type SignIn, SignInMisuse } from "@mailferry/core/SignIn.ts"
import { credentialStore } from "@mailferry/oauth/CredentialStore.ts"
import * as Effect from "effect/Effect"

import { delegation } from "./GoogleDelegation.ts"
import { urlsOf } from "./GoogleEndpoint.ts"
import { type GoogleLogin, login } from "./GoogleLogin.ts"
import { logout } from "./GoogleLogout.ts"
import { imapScopes, mailScopes as apiScopes } from "./GoogleScopes.ts"
import { type GoogleAccountToSignIn, status } from "./GoogleStatus.ts"

/** A job that has the right in another form would not use a sign-in. */
const notUsed = (key: "token" | "password"): SignInMisuse =>
  new SignInMisuse({
    detail: `the job file has a ${key}, which goes before any sign-in`,
    advice: `Leave out ${key} to use a sign-in, or --job to sign in for other jobs.`
  })

/** Signing in to one Google account. IMAP needs a wider right than the API: XOAUTH2 knows no narrower scope. */
export const googleSignIn = (account: GoogleAccountToSignIn): SignIn => {
  const { credentials: where = "keychain", endpoint, transport, user } = account
  const mailScopes = transport === "imap" ? imapScopes : apiScopes
  const known: GoogleLogin = {
    user,
    urls: urlsOf(endpoint),
    mailScopes,
    store: credentialStore({ provider: "gmail", user, where, environment: process.env })
  }
  return {
    login: ({ client }) =>
      account.token !== undefined
        ? Effect.fail(notUsed("token"))
        : account.password !== undefined
          ? Effect.fail(notUsed("password"))
          : login(known, client),
    status: status(account, known),
    logout: logout(known),
    delegation: ({ key, users }) => delegation({ key, users, scopes: mailScopes, endpoint })
  }
}
