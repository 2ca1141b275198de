import { AuthFailed, MailError } from "@mailferry/core/MailError.ts"
import { type LoginOptions, type SignedIn, SignInMisuse, SignInTalk } from "@mailferry/core/SignIn.ts"
import type { CredentialStore } from "@mailferry/oauth/CredentialStore.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import { applicationLogin } from "./ApplicationLogin.ts"
import { readClientOption } from "./ClientOption.ts"
import { confirmAccount } from "./ConfirmedAccount.ts"
import { loginCommand } from "./EntraWords.ts"
import type { Issued } from "./Issued.ts"
import { located, storeFailed } from "./KeptCredentials.ts"
import {
  type ApplicationCredentials,
  decodeCredentials,
  encodeCredentials,
  isApplication,
  type SignInCredentials,
  Tenant
} from "./MicrosoftCredentials.ts"
import { imapScopes, mailScopes, missingScopes, scopeWords } from "./MicrosoftScopes.ts"
import { ownerOf } from "./MicrosoftTokens.ts"
import { type Letting, signInByBrowser, signInByDevice } from "./PersonSignIn.ts"
import { tokenError } from "./TokenFailure.ts"
import { type MicrosoftClient, refresh } from "./TokenRequest.ts"

/** All that a sign-in of one account needs to know. */
export interface MicrosoftLogin {
  readonly user: string
  readonly urls: MicrosoftUrls
  /** Where credentials are kept: `keychain` or `file:PATH`. */
  readonly where: string
  readonly store: CredentialStore
  /** Whether the job goes by IMAP. */
  readonly byImap: boolean
}

const refused = (detail: string, advice: string): MailError =>
  new MailError({ adapter: "o365", operation: "connect", reason: new AuthFailed({ detail, advice }) })

const tenantOf = (text: string): Effect.Effect<string, SignInMisuse> =>
  Option.match(Schema.decodeUnknownOption(Tenant)(text), {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.fail(
        new SignInMisuse({
          detail: `"${text}" is no directory of Microsoft's`,
          advice: "Name its id or one of its domains, or: common, organizations, consumers."
        })
      )
  })

const noClient = (user: string): SignInMisuse =>
  new SignInMisuse({
    detail: `no application is known for ${user}`,
    advice: `Register one at entra.microsoft.com and give its id: ${loginCommand(user)} --client ID (docs/o365-setup.md)`
  })

const handWritten = new SignInMisuse({
  detail:
    "the credentials of this job are an application's, written by hand, and a sign-in would be written over them",
  advice: "Name another file as credentials, or leave the key out to use the keychain."
})

/** Who is to sign in: by the option, or as the last time. */
const chosen = Effect.fnUntraced(function* (
  { store, user, where }: MicrosoftLogin,
  { client, tenant }: LoginOptions
): Effect.fn.Return<ApplicationCredentials | MicrosoftClient, MailError | SignInMisuse> {
  const kept = Option.getOrUndefined(
    Option.flatMap(yield* Effect.mapError(store.find, storeFailed), ({ text }) => decodeCredentials(text))
  )
  const named = Option.isSome(client) ? yield* readClientOption(client.value) : undefined
  if (typeof named === "object") return named
  if (kept !== undefined && isApplication(kept)) {
    if (named === undefined) return located(kept, where)
    if (kept.kind === undefined) return yield* handWritten
  }
  const id = named ?? kept?.client
  if (id === undefined) return yield* noClient(user)
  const before = kept?.client === id ? kept.tenant : undefined
  return { client: id, tenant: yield* tenantOf(tenant ?? before ?? "common") }
})

/** The right to IMAP, which has a token of its own: consented to on the same page, or by a code of its own. */
const withImap = Effect.fnUntraced(function* (letting: Letting, issued: Issued, device: boolean) {
  const { client, owner, urls } = letting
  const { refreshToken } = issued
  if (refreshToken === undefined) return issued
  const asked = refresh(urls, client, refreshToken, imapScopes)
  const needsConsent = (fault: { readonly numbers: ReadonlyArray<number> }) => fault.numbers.includes(65_001)
  const talk = yield* SignInTalk
  const granted = yield* asked.pipe(
    Effect.mapError((fault) => (device && needsConsent(fault) ? "again" : tokenError(fault, owner))),
    Effect.catch((error) =>
      error === "again"
        ? Effect.andThen(
            talk.tell("The right to IMAP needs a code of its own."),
            signInByDevice(letting, imapScopes)
          )
        : Effect.fail(error)
    )
  )
  yield* talk.hide(granted.accessToken)
  return {
    ...issued,
    refreshToken: granted.refreshToken ?? refreshToken,
    scopes: [...new Set([...issued.scopes, ...granted.scopes])]
  }
})

/** What Microsoft granted, when it is what is needed: every scope, a token that lasts, and the right account. */
const examined = Effect.fnUntraced(function* (
  { urls, user }: MicrosoftLogin,
  wanted: ReadonlyArray<string>,
  issued: Issued,
  consentUrl: string
) {
  const again = `Nothing was kept. Once more: ${loginCommand(user)}`
  const missing = missingScopes(wanted, issued.scopes)
  if (missing.length > 0) {
    return yield* refused(
      `not granted: ${missing.map(scopeWords).join(", ")}`,
      `Add these to the registration's API permissions (docs/o365-setup.md). ${again}`
    )
  }
  if (issued.refreshToken === undefined) {
    return yield* refused("Microsoft gave no refresh token", again)
  }
  const account = yield* confirmAccount(urls, { user, consentUrl }, issued)
  return { account, refreshToken: issued.refreshToken }
})

const hidden = Effect.fnUntraced(function* ({ accessToken, refreshToken }: Issued) {
  const { hide } = yield* SignInTalk
  const secrets: ReadonlyArray<Redacted.Redacted | undefined> = [accessToken, refreshToken]
  for (const secret of secrets) if (secret !== undefined) yield* hide(secret)
})

/** Nothing is kept unless all of it is right. */
const personLogin = (
  login: MicrosoftLogin,
  client: MicrosoftClient,
  { device = false, imap = false }: LoginOptions
): Effect.Effect<SignedIn, MailError | SignInMisuse, SignInTalk> => {
  const { byImap, store, urls, user } = login
  const owner = ownerOf(urls, { ...client, kind: "sign-in" }, user)
  const letting: Letting = { urls, client, owner }
  const besides = imap || byImap ? imapScopes : []
  const kept = Effect.fnUntraced(function* (issued: Issued) {
    yield* hidden(issued)
    const all = besides.length === 0 ? issued : yield* withImap(letting, issued, device)
    yield* hidden(all)
    const { account, refreshToken } = yield* examined(
      login,
      [...mailScopes, ...besides],
      all,
      owner.adminConsent
    )
    const credentials: SignInCredentials = {
      kind: "sign-in",
      ...client,
      refresh_token: refreshToken,
      account,
      scope: all.scopes.join(" "),
      granted: DateTime.formatIso(yield* DateTime.now)
    }
    const { noKeychain, place } = yield* Effect.mapError(
      store.keep(encodeCredentials(credentials)),
      storeFailed
    )
    const notes =
      noKeychain === undefined
        ? []
        : [`The keychain was not used (${noKeychain}), so they are in a file that only you can read.`]
    return { account, place, notes }
  })
  return device
    ? Effect.flatMap(signInByDevice(letting, mailScopes), kept)
    : signInByBrowser(letting, besides, kept)
}

/** Signs in a person, or tries an application that acts by itself; and keeps what is needed to do so again. */
export const login = Effect.fnUntraced(function* (
  account: MicrosoftLogin,
  options: LoginOptions
): Effect.fn.Return<SignedIn, MailError | SignInMisuse, SignInTalk> {
  const who = yield* chosen(account, options)
  yield* Effect.mapError(account.store.writable, storeFailed)
  return "certificate" in who
    ? yield* applicationLogin(account, who, options)
    : yield* personLogin(account, who, options)
})
