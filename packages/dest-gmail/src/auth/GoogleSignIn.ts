import { type LoginOptions, type SignIn, SignInMisuse } from "@mailferry/core/SignIn.ts"
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

/** Google has one way in. Its codes for devices give no access to mail (developers.google.com/identity/gsi/web/guides/devices). */
const elsewhere = (option: "device" | "tenant" | "with-imap", advice: string): SignInMisuse =>
  new SignInMisuse({ detail: `a Google account has no use for --${option}`, advice })

const misused = (
  { device, imap, tenant }: LoginOptions,
  { password, token }: GoogleAccountToSignIn
): SignInMisuse | undefined => {
  if (device === true) {
    return elsewhere(
      "device",
      "Leave it out, and add --no-browser to open the page on another computer and paste its address here."
    )
  }
  if (tenant !== undefined) return elsewhere("tenant", "Leave it out: the address says it all.")
  if (imap === true) {
    return elsewhere("with-imap", "Write transport: imap into the job file, and sign in with --job.")
  }
  if (token !== undefined) return notUsed("token")
  return password === undefined ? undefined : notUsed("password")
}

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
    login: (options) => {
      const misuse = misused(options, account)
      return misuse === undefined ? login(known, options.client) : Effect.fail(misuse)
    },
    status: status(account, known),
    logout: logout(known),
    delegation: ({ key, users }) => delegation({ key, users, scopes: mailScopes, endpoint })
  }
}
