import type { SignIn } from "@mailferry/core/SignIn.ts"
import { credentialStore } from "@mailferry/oauth/CredentialStore.ts"

import { delegation } from "./GoogleDelegation.ts"
import { urlsOf } from "./GoogleEndpoint.ts"
import { type GoogleLogin, login } from "./GoogleLogin.ts"
import { logout } from "./GoogleLogout.ts"
import { imapScopes, mailScopes as apiScopes } from "./GoogleScopes.ts"
import { status } from "./GoogleStatus.ts"
import type { GoogleAccount } from "./GoogleTokens.ts"

/** Signing in to one Google account. IMAP needs a wider right than the API: XOAUTH2 knows no narrower scope. */
export const googleSignIn = (account: GoogleAccount & { readonly transport?: "api" | "imap" }): SignIn => {
  const { credentials: where = "keychain", endpoint, transport, user } = account
  const mailScopes = transport === "imap" ? imapScopes : apiScopes
  const known: GoogleLogin = {
    user,
    urls: urlsOf(endpoint),
    mailScopes,
    store: credentialStore({ provider: "gmail", user, where, environment: process.env })
  }
  return {
    login: ({ client }) => login(known, client),
    status: status(account, known),
    logout: logout(known),
    delegation: ({ key, users }) => delegation({ key, users, scopes: mailScopes, endpoint })
  }
}
