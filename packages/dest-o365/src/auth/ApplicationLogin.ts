import type { MailError } from "@mailferry/core/MailError.ts"
import { type LoginOptions, type SignedIn, SignInMisuse } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { readAppCertificate } from "./AppCertificate.ts"
import { storeFailed } from "./KeptCredentials.ts"
import { lookAtMailbox } from "./MailboxLook.ts"
import { type ApplicationCredentials, encodeCredentials } from "./MicrosoftCredentials.ts"
import type { MicrosoftLogin } from "./MicrosoftLogin.ts"
import { applicationTokens } from "./MicrosoftTokens.ts"

/** An application needs nobody at a page, so that what would lead to one is a misunderstanding. */
const misused = ({ device, tenant }: LoginOptions): SignInMisuse | undefined => {
  const option = device === true ? "--device" : tenant === undefined ? undefined : "--tenant"
  return option === undefined
    ? undefined
    : new SignInMisuse({
        detail: `an application with a certificate has no use for ${option}`,
        advice: "Leave it out: its file says who it is and of which directory."
      })
}

/**
 * Tries an application that acts by itself on the mailbox it is to be used for, and keeps where its certificate lies: the
 * key stays where it is.
 */
export const applicationLogin = (
  { byImap, store, urls, user }: MicrosoftLogin,
  named: ApplicationCredentials,
  options: LoginOptions
): Effect.Effect<SignedIn, MailError | SignInMisuse> =>
  Effect.gen(function* () {
    const misuse = misused(options)
    if (misuse !== undefined) return yield* misuse
    const { exposed } = yield* readAppCertificate(named)
    const withImap = options.imap === true || byImap || named.imap === true
    const credentials: ApplicationCredentials = {
      ...named,
      kind: "application",
      ...(withImap ? { imap: true } : {})
    }
    const tokens = yield* applicationTokens(urls, credentials, user)
    const { failure } = yield* lookAtMailbox(urls, tokens, { user })
    if (Option.isSome(failure)) return yield* failure.value
    if (Option.isSome(tokens.imap)) yield* tokens.imap.value.accessToken
    const { noKeychain, place } = yield* Effect.mapError(
      store.keep(encodeCredentials(credentials)),
      storeFailed
    )
    return {
      account: user,
      place,
      notes: [
        ...(noKeychain === undefined
          ? []
          : [`The keychain was not used (${noKeychain}), so they are in a file that only you can read.`]),
        ...(exposed
          ? [`Others on this computer may read the private key: chmod 600 ${credentials.certificate}`]
          : [])
      ]
    }
  })
