import { SignInTalk } from "@mailferry/core/SignIn.ts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

import { type AuthorizationAnswer, pastedAnswer } from "./AuthorizationAnswer.ts"
import { AuthorizationFailed } from "./AuthorizationFailed.ts"
import { makePkce, makeState } from "./Pkce.ts"
import { listenForRedirect, type Redirected, type RedirectHost } from "./RedirectListener.ts"

/** A code, and all that is needed to exchange it (RFC 6749 section 4.1.3, RFC 7636 section 4.5). */
export interface Authorization {
  readonly code: Redacted.Redacted
  readonly verifier: Redacted.Redacted
  readonly redirect: string
  /** Ends the browser's wait with what came of it. Nothing where the address was pasted. */
  readonly conclude: (outcome: { readonly ok: boolean; readonly text: string }) => Effect.Effect<void>
}

/** How long a person may take to find their phone for the second factor. */
const patience = Duration.minutes(10)

const notReadable = (redirect: string): string =>
  `That is not the address. Once you have allowed access the browser goes to one that begins with ${redirect}/ and holds "code=": copy all of it.`

const notThisOne =
  "That address belongs to an earlier sign-in. Open the address above, and paste the one the browser is sent to."

const instructions = (url: string, redirect: string): string =>
  `Open this address in a browser and allow access:

${url}

If that browser is on another computer, its last page will not load. Copy its address (it begins with
${redirect}/) and paste it here, then press Enter.`

/** Answers a person pastes; an address that is none is explained, and asked for again. */
const pasted = Effect.fnUntraced(function* (state: string, redirect: string) {
  const talk = yield* SignInTalk
  const heard: (
    line: string
  ) => Effect.Effect<Extract<AuthorizationAnswer, { _tag: "Code" | "Refused" }> | undefined> =
    Effect.fnUntraced(function* (line) {
      if (line.trim() === "") return undefined
      const answer = pastedAnswer(line, state)
      if (answer._tag === "Code" || answer._tag === "Refused") return answer
      yield* talk.tell(answer._tag === "Foreign" ? notThisOne : notReadable(redirect))
      return undefined
    })
  const answer = yield* talk.lines.pipe(
    Stream.mapEffect(heard),
    Stream.filter((found) => found !== undefined),
    Stream.runHead
  )
  if (answer._tag === "None") return yield* Effect.never
  return { answer: answer.value, reply: () => Effect.void } satisfies Redirected
})

const refusal = (error: string, description: string): AuthorizationFailed =>
  new AuthorizationFailed({
    why: error === "access_denied" ? "cancelled" : "refused",
    detail: description === "" ? error : `${error}: ${description}`
  })

/**
 * Sends the person to the service's page and waits for its answer, on loopback and in the terminal at once (RFC 8252).
 * The listener is closed with the scope; until then `conclude` can still tell the browser how it ended.
 */
export const authorize = Effect.fnUntraced(function* <E = never>(
  pageOf: (request: {
    readonly redirect: string
    readonly state: string
    readonly challenge: string
  }) => Effect.Effect<string, E>,
  { host = "127.0.0.1" }: { readonly host?: RedirectHost } = {}
): Effect.fn.Return<Authorization, AuthorizationFailed | E, SignInTalk | Scope.Scope> {
  const talk = yield* SignInTalk
  const { challenge, verifier } = makePkce()
  const state = makeState()
  const { redirect, redirected } = yield* listenForRedirect(state, host)
  const page = yield* pageOf({ redirect, state, challenge })
  yield* talk.tell(instructions(page, redirect))
  yield* talk.browse(page)
  const { answer, reply } = yield* Effect.raceFirst(redirected, pasted(state, redirect)).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () =>
        Effect.fail(
          new AuthorizationFailed({
            why: "late",
            detail: `nobody answered within ${Duration.toMinutes(patience)} minutes`
          })
        )
    })
  )
  if (answer._tag === "Refused") {
    yield* reply({
      status: 403,
      title: "Not signed in",
      text: "Access was not given. You can close this window; the terminal says how to go on."
    })
    return yield* refusal(answer.error, answer.description)
  }
  return {
    code: Redacted.make(answer.code),
    verifier,
    redirect,
    conclude: ({ ok, text }) =>
      reply(
        ok
          ? { status: 200, title: "You can close this window", text }
          : { status: 403, title: "Not signed in", text }
      )
  }
})
