import { type SignIn, SignInMisuse } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"

import { urlsOf } from "../MicrosoftEndpoint.ts"
import { storeOf } from "./KeptCredentials.ts"
import { delegation } from "./MicrosoftDelegation.ts"
import { login, type MicrosoftLogin } from "./MicrosoftLogin.ts"
import { logout } from "./MicrosoftLogout.ts"
import { status } from "./MicrosoftStatus.ts"
import type { MicrosoftAccount } from "./MicrosoftTokens.ts"

/** A job that has the right in another form would not use a sign-in. */
const notUsed = new SignInMisuse({
  detail: "the job file has a token, which goes before any sign-in",
  advice: "Leave out token to use a sign-in, or --job to sign in for other jobs."
})

/** Signing in to one account of Microsoft's, of an organisation or personal. */
export const microsoftSignIn = (account: MicrosoftAccount): SignIn => {
  const { credentials: where, endpoint, token, transport, user } = account
  const urls = urlsOf(endpoint)
  const known: MicrosoftLogin = { user, urls, where, store: storeOf(account), byImap: transport === "imap" }
  return {
    login: (options) => (token === undefined ? login(known, options) : Effect.fail(notUsed)),
    status: status(account, known),
    logout: logout(known),
    delegation: ({ key, users }) => delegation({ key, users, urls })
  }
}
