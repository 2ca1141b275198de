import { AuthFailed, MailError } from "@mailferry/core/MailError.ts"
import type { SignInMisuse } from "@mailferry/core/SignIn.ts"
import { renewing } from "@mailferry/oauth/Renewing.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

import { type MicrosoftUrls, urlsOf } from "../MicrosoftEndpoint.ts"
import type { O365Config } from "../O365Config.ts"
import { adminConsentUrl } from "./AdminConsent.ts"
import { readAppCertificate } from "./AppCertificate.ts"
import type { TokenOwner } from "./EntraWords.ts"
import { readCredentials, storeOf } from "./KeptCredentials.ts"
import {
  type ApplicationCredentials,
  isApplication,
  type MicrosoftCredentials
} from "./MicrosoftCredentials.ts"
import {
  graphApplicationScopes,
  imapApplicationScopes,
  imapScopes,
  mailScopes,
  missingScopes
} from "./MicrosoftScopes.ts"
import { makeRefresher } from "./RefreshToken.ts"
import { tokenError } from "./TokenFailure.ts"
import { applicationToken } from "./TokenRequest.ts"

/** Access tokens for one audience, for as long as a run lasts. */
export interface AccessTokens {
  /** The token to use now; renewed when it has less than five minutes left. */
  readonly accessToken: Effect.Effect<Redacted.Redacted, MailError>
  /** A new token, for a call that was answered 401; calls that ask while one is on its way share it. */
  readonly refreshed: Effect.Effect<Redacted.Redacted, MailError>
}

/** What one sign-in gives: a token has one audience, so Graph and IMAP each have their own. */
export interface MicrosoftTokens {
  readonly graph: AccessTokens
  /** None when IMAP was not granted. */
  readonly imap: Option.Option<AccessTokens>
  /** Whose mailbox requests name: `/me`, or `/users/{address}` where an application signed in by itself. */
  readonly mailboxPath: string
  /** Where an administrator agrees to the sign-in of people; a token that is given does not tell. */
  readonly consentUrl?: string
}

/** The keys of a job file that say who is meant and where the right to the mailbox lies. */
export type MicrosoftAccount = Pick<O365Config, "credentials" | "endpoint" | "token" | "user"> &
  Partial<Pick<O365Config, "transport">>

const failed = (detail: string, advice: string): MailError =>
  new MailError({ adapter: "o365", operation: "connect", reason: new AuthFailed({ detail, advice }) })

/** The mailbox that an application by itself names. */
const pathOf = (user: string): string => `/users/${encodeURIComponent(user)}`

export const ownerOf = (
  urls: MicrosoftUrls,
  { client, kind, tenant }: Pick<MicrosoftCredentials, "client" | "kind" | "tenant">,
  user: string
): TokenOwner => ({
  kind: kind ?? "application",
  user,
  client,
  tenant,
  adminConsent: adminConsentUrl(
    urls,
    client,
    tenant,
    kind === "sign-in" ? mailScopes : graphApplicationScopes(urls)
  )
})

const bearer = (token: Redacted.Redacted): AccessTokens => ({
  accessToken: Effect.succeed(token),
  refreshed: failed(
    "the token is refused and cannot be renewed",
    "Put a new one where `token` points to, or sign in and leave `token` out."
  )
})

/** What is wrong with a certificate while a job connects. */
const unusable = ({ advice, detail }: SignInMisuse): MailError => failed(detail, advice)

/** Tokens of an application that acts by itself: each renewal signs anew for who it is. Reads the certificate now. */
export const applicationTokens = Effect.fnUntraced(function* (
  urls: MicrosoftUrls,
  credentials: ApplicationCredentials,
  user: string
): Effect.fn.Return<MicrosoftTokens, MailError> {
  const certificate = yield* Effect.mapError(readAppCertificate(credentials), unusable)
  const owner = ownerOf(urls, credentials, user)
  const tokens = (scopes: ReadonlyArray<string>) =>
    renewing(
      Effect.mapError(applicationToken(urls, credentials, certificate, scopes), (fault) =>
        tokenError(fault, owner)
      )
    )
  return {
    graph: tokens(graphApplicationScopes(urls)),
    imap: credentials.imap === true ? Option.some(tokens(imapApplicationScopes)) : Option.none(),
    mailboxPath: pathOf(user)
  }
})

/** The tokens of an account. Reads the credentials now and asks for no token yet. */
export const makeMicrosoftTokens = Effect.fnUntraced(function* (
  account: MicrosoftAccount
): Effect.fn.Return<MicrosoftTokens, MailError> {
  const { endpoint, token, transport, user } = account
  if (token !== undefined) {
    const tokens = bearer(token)
    // It has one audience, and the job says which.
    const imap = transport === "imap" ? Option.some(tokens) : Option.none()
    return { graph: tokens, imap, mailboxPath: "/me" }
  }
  const urls = urlsOf(endpoint)
  const credentials = yield* readCredentials(account)
  if (isApplication(credentials)) return yield* applicationTokens(urls, credentials, user)
  const owner = ownerOf(urls, credentials, user)
  const ask = makeRefresher(urls, credentials, storeOf(account), owner)
  const granted = credentials.scope.split(" ")
  return {
    graph: renewing(ask(mailScopes)),
    imap:
      missingScopes(imapScopes, granted).length === 0
        ? Option.some(renewing(ask(imapScopes)))
        : Option.none(),
    mailboxPath: "/me",
    consentUrl: owner.adminConsent
  }
})
