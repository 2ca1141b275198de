import { type MailError, type MailErrorReason, Throttled, Transient } from "@mailferry/core/MailError.ts"
import { type Credentials, type ImapAccess, readCertificates } from "@mailferry/imap/ImapAccess.ts"
import type { ImapFailure } from "@mailferry/imap/ImapFailure.ts"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

import { imapScopes } from "../auth/GoogleScopes.ts"
import { type GoogleTokens, makeGoogleTokens } from "../auth/GoogleTokens.ts"
import type { GmailConfig } from "../GmailConfig.ts"

/** Google shows an app password in four groups of four letters; the blanks between them are not part of it. */
const appPassword = (password: Redacted.Redacted): Redacted.Redacted => {
  const text = Redacted.value(password)
  const groups = /^\s*([a-z]{4})\s+([a-z]{4})\s+([a-z]{4})\s+([a-z]{4})\s*$/iu.exec(text)
  return groups === null ? password : Redacted.make(groups.slice(1).join(""))
}

/** Gmail's words for a day's allowance that is used up: 500 MB in, 2,500 MB out (support.google.com/a/answer/1071518). */
const dayIsOver = /exceeded (?:command or )?bandwidth limits|bandwidth limit/iu

const reasonOfGmail = ({ cause, text }: ImapFailure): MailErrorReason | undefined =>
  dayIsOver.test(text)
    ? new Throttled({
        detail: text,
        cause,
        over: "day",
        advice: "Gmail takes 500 MB a day by IMAP. Go on tomorrow, or leave `transport: imap` out."
      })
    : undefined

/** A way in, and whether a refused login may have been the old token's fault. */
export interface GmailImapAccess {
  readonly access: ImapAccess
  /** Whether a token has just been refused that the next login replaces. */
  readonly hasRefusedToken: () => boolean
}

/** Tokens as logins want them: after a refusal, one that was asked for since. A refusal of that one is the last word. */
const signedIn = (tokens: GoogleTokens) => {
  let state: "good" | "refused" | "renewed" = "good"
  const asReason = (error: MailError) => error.reason
  return {
    token: Effect.mapError(
      Effect.suspend(() => {
        if (state !== "refused") return tokens.accessToken
        state = "renewed"
        return tokens.refreshed
      }),
      asReason
    ),
    hasRefusedToken: () => state === "refused",
    reasonOf: ({ cause, operation, status, text }: ImapFailure): MailErrorReason | undefined => {
      if (operation !== "connect" || status !== "NO" || state !== "good") return undefined
      state = "refused"
      return new Transient({ detail: text, cause, applied: "no" })
    }
  }
}

/** Where and as whom to log in: imap.gmail.com over TLS, by app password or by XOAUTH2. */
export const gmailImapAccess = Effect.fnUntraced(function* (
  config: GmailConfig
): Effect.fn.Return<GmailImapAccess, MailError> {
  const { password, token, user } = config
  const { certificate, host = "imap.gmail.com", port = 993 } = config.endpoint?.imap ?? {}
  const certificates = certificate === undefined ? undefined : yield* readCertificates("gmail", certificate)
  const accessBy = (credentials: Credentials, reasonOf: NonNullable<ImapAccess["reasonOf"]>): ImapAccess => ({
    kind: "gmail",
    account: user,
    host,
    port,
    security: "tls",
    user,
    credentials,
    reasonOf,
    ...(certificates === undefined ? {} : { certificates })
  })
  if (password !== undefined) {
    return {
      access: accessBy({ _tag: "Password", password: appPassword(password) }, reasonOfGmail),
      hasRefusedToken: () => false
    }
  }
  // A bearer token is used as it is: the refusal of it is final.
  if (token !== undefined) {
    const credentials = { _tag: "Token", token: Effect.succeed(token) } as const
    return { access: accessBy(credentials, reasonOfGmail), hasRefusedToken: () => false }
  }
  const renewing = signedIn(yield* makeGoogleTokens(config, imapScopes))
  return {
    access: accessBy(
      { _tag: "Token", token: renewing.token },
      (failure) => reasonOfGmail(failure) ?? renewing.reasonOf(failure)
    ),
    hasRefusedToken: renewing.hasRefusedToken
  }
})
