import type { MailError } from "@mailferry/core/MailError.ts"
import type { SignInStatus } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Preflight } from "../O365Preflight.ts"
import { readAppCertificate } from "./AppCertificate.ts"
import { located, storeFailed } from "./KeptCredentials.ts"
import { all, lookAt, probeMailbox } from "./MailboxLook.ts"
import { decodeCredentials, isApplication, type MicrosoftCredentials } from "./MicrosoftCredentials.ts"
import type { MicrosoftLogin } from "./MicrosoftLogin.ts"
import { makeMicrosoftTokens, type MicrosoftAccount, type MicrosoftTokens } from "./MicrosoftTokens.ts"

type Fact = SignInStatus["facts"][number]

const day = (millis: number): string => new Date(millis).toISOString().slice(0, 10)

/** What the certificate's file says, and who may read it. */
const certificateFacts = (path: string, credentials: { readonly thumbprint?: string }) =>
  Effect.match(readAppCertificate({ certificate: path, ...credentials }), {
    onFailure: ({ detail }): ReadonlyArray<Fact> => [{ name: "warning", value: detail }],
    onSuccess: ({ exposed, until }): ReadonlyArray<Fact> => [
      ...(until === undefined ? [] : [{ name: "valid until", value: day(until) }]),
      ...(exposed
        ? [{ name: "warning", value: `others on this computer may read the key: chmod 600 ${path}` }]
        : [])
    ]
  })

const factsOf = (credentials: MicrosoftCredentials): Effect.Effect<ReadonlyArray<Fact>> => {
  const common = [
    { name: "application", value: credentials.client },
    { name: "directory", value: credentials.tenant }
  ]
  if (!isApplication(credentials)) {
    const { account, granted, scope } = credentials
    return Effect.succeed([
      { name: "kind", value: "sign-in" },
      { name: "signed in", value: account },
      { name: "since", value: granted },
      { name: "rights", value: scope },
      ...common
    ])
  }
  const { certificate, imap, thumbprint } = credentials
  return Effect.map(
    certificateFacts(certificate, thumbprint === undefined ? {} : { thumbprint }),
    (found): ReadonlyArray<Fact> => [
      { name: "kind", value: "application with a certificate" },
      ...common,
      { name: "certificate", value: certificate },
      ...(imap === true ? [{ name: "IMAP", value: "yes" }] : []),
      ...found
    ]
  )
}

/** Where the credentials are and what is known of them; or that a bearer token stands in their place. */
const whatIsKept = Effect.fnUntraced(function* (
  account: MicrosoftAccount,
  { store, where }: MicrosoftLogin
): Effect.fn.Return<Pick<SignInStatus, "facts" | "place">, MailError> {
  if (account.token !== undefined) {
    return {
      place: Option.some("where `token` points to"),
      facts: [{ name: "kind", value: "an access token, which cannot be renewed" }]
    }
  }
  const kept = Option.getOrUndefined(yield* Effect.mapError(store.find, storeFailed))
  if (kept === undefined) return { place: Option.none(), facts: [] }
  const { exposed, place, text } = kept
  const decoded = Option.getOrUndefined(decodeCredentials(text))
  const facts = decoded === undefined ? [] : yield* factsOf(located(decoded, where))
  const warning = { name: "warning", value: `others on this computer may read them: chmod 600 ${place}` }
  return { place: Option.some(place), facts: exposed ? [...facts, warning] : facts }
})

/** Whether Exchange lets us in by IMAP. */
const byImapOnly = (account: MicrosoftAccount, tokens: MicrosoftTokens): Effect.Effect<Preflight> =>
  lookAt(
    "open the mailbox by IMAP",
    Effect.flatMap(
      Effect.promise(() => import("../imap/O365Imap.ts")),
      ({ connectO365Imap }) => Effect.scoped(connectO365Imap(account, tokens))
    ),
    "Exchange lets us in"
  )

/** Whether Microsoft still honours what is kept, and what of a mailbox it opens. */
const tried = Effect.fnUntraced(function* (
  account: MicrosoftAccount,
  { byImap, urls, user }: MicrosoftLogin
): Effect.fn.Return<Preflight> {
  const made = yield* Effect.result(makeMicrosoftTokens(account))
  if (made._tag === "Failure") return { checks: [], failure: Option.some(made.failure) }
  const tokens = made.success
  if (byImap) return yield* byImapOnly(account, tokens)
  const words = account.token === undefined ? "Microsoft gave one just now" : "there is one"
  const token = yield* lookAt("get an access token", tokens.graph.accessToken, words)
  if (Option.isSome(token.failure)) return token
  const { consentUrl } = tokens
  const looking = consentUrl === undefined ? { user } : { user, consentUrl }
  const looked = all([token, yield* probeMailbox(urls, tokens, looking)])
  if (Option.isNone(tokens.imap)) return looked
  // Beside Graph it is a way for some messages only: without it they go by Graph, too.
  const { checks } = yield* byImapOnly(account, tokens)
  return { checks: [...looked.checks, ...checks], failure: looked.failure }
})

/** Where the credentials are, whether Microsoft still honours them, and whether mail can be brought. */
export const status = Effect.fnUntraced(function* (
  account: MicrosoftAccount,
  login: MicrosoftLogin
): Effect.fn.Return<SignInStatus, MailError> {
  const kept = yield* whatIsKept(account, login)
  const { checks, failure } = yield* tried(account, login)
  return { account: login.user, place: kept.place, facts: kept.facts, checks, failure }
})
