import type { MailError } from "@mailferry/core/MailError.ts"
import type { SignInCheck } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import { meantAccount } from "./ConfirmedAccount.ts"
import { openMailboxCalls } from "./MailboxCalls.ts"
import type { MicrosoftTokens } from "./MicrosoftTokens.ts"

/** What was looked at, and the first thing that keeps mail from being carried. */
export interface Preflight {
  readonly checks: ReadonlyArray<SignInCheck>
  readonly failure: Option.Option<MailError>
}

interface Looked {
  readonly check: SignInCheck
  readonly error: Option.Option<MailError>
}

/** `words` say what there is to tell when it went well. */
export const look = <A>(
  name: string,
  call: Effect.Effect<A, MailError>,
  words: (answer: A) => string
): Effect.Effect<Looked> =>
  Effect.match(call, {
    onSuccess: (answer) => ({ check: { name, ok: true, detail: words(answer) }, error: Option.none() }),
    onFailure: (error) => ({
      check: { name, ok: false, detail: error.reason.detail },
      error: Option.some(error)
    })
  })

export const toldOfAll = (looked: ReadonlyArray<Looked>): Preflight => ({
  checks: looked.map(({ check }) => check),
  failure: Option.firstSomeOf(looked.map(({ error }) => error))
})

/** What a run needs to read before it writes: whose mailbox it is, that it answers, and its list of categories. */
export const preflight = (
  user: string,
  urls: MicrosoftUrls,
  tokens: MicrosoftTokens,
  consentUrl: string | undefined
): Effect.Effect<Preflight> =>
  Effect.gen(function* () {
    const owner = consentUrl === undefined ? { user } : { user, consentUrl }
    const calls = yield* openMailboxCalls(urls, tokens, owner)
    const whose = look("ask whose mailbox it is", meantAccount(calls, user, []), (name) => name)
    // An application by itself is nobody: the mailbox is the one it names.
    const isPerson = tokens.mailboxPath === "/me"
    const looked = yield* Effect.all(
      [
        ...(isPerson ? [whose] : []),
        look("read the inbox", calls.inbox, (messages) => `it holds ${messages} messages`),
        look("list the categories", calls.categories, (categories) => `${categories} categories`)
      ],
      { concurrency: 3 }
    )
    return toldOfAll(looked)
  }).pipe(Effect.scoped)
