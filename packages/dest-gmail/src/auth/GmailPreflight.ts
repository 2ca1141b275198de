import { randomUUID } from "node:crypto"

import { AuthFailed, MailError } from "@mailferry/core/MailError.ts"
import type { SignInCheck } from "@mailferry/core/SignIn.ts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { isSameAddress } from "../GmailAddress.ts"
import type { GoogleUrls } from "./GoogleEndpoint.ts"
import type { GoogleTokens } from "./GoogleTokens.ts"
import { openProbeCalls } from "./ProbeCalls.ts"
import { loginCommand } from "./TokenFailure.ts"

/** What was looked at, and the first thing that keeps mail from being carried. */
export interface Preflight {
  readonly checks: ReadonlyArray<SignInCheck>
  readonly failure: Option.Option<MailError>
}

/** A message of 1 KB that says what it is to whoever finds it in the trash. */
const probeMessage = (user: string, now: number): Buffer => {
  const head = [
    `From: mailferry <${user}>`,
    `To: <${user}>`,
    `Date: ${new Date(now).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <mailferry-probe-${randomUUID()}@import.invalid>`,
    "Subject: mailferry tried whether mail can be brought here",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "This message was put here by `mailferry auth status` and moved to the trash at once. It may be deleted.",
    ""
  ].join("\r\n")
  return Buffer.from(head.padEnd(1022, ".").concat("\r\n"))
}

/** One thing looked at. */
interface Looked<A> {
  readonly check: SignInCheck
  readonly answer: Option.Option<A>
  readonly error: Option.Option<MailError>
}

/** `words` say what there is to tell when it went well. */
const look = <A>(
  name: string,
  call: Effect.Effect<A, MailError>,
  words: (answer: A) => string
): Effect.Effect<Looked<A>> =>
  Effect.match(call, {
    onSuccess: (answer) => ({
      check: { name, ok: true, detail: words(answer) },
      answer: Option.some(answer),
      error: Option.none()
    }),
    onFailure: (error) => ({
      check: { name, ok: false, detail: error.reason.detail },
      answer: Option.none(),
      error: Option.some(error)
    })
  })

const told = (looked: ReadonlyArray<Looked<unknown>>): Preflight => ({
  checks: looked.map(({ check }) => check),
  failure: Option.firstSomeOf(looked.map(({ error }) => error))
})

/** The address of the mailbox, when it is the one that is meant. */
const sameAccount = (user: string, address: string): Effect.Effect<string, MailError> =>
  isSameAddress(address, user)
    ? Effect.succeed(address)
    : Effect.fail(
        new MailError({
          adapter: "gmail",
          operation: "connect",
          reason: new AuthFailed({
            detail: `these credentials are for ${address}, and mail is to go to ${user}`,
            advice: `Sign in as ${user} (${loginCommand(user)}), or write ${address} where ${user} stands.`
          })
        })
      )

/**
 * Tries what a run needs, within seconds and for 48 quota units (profile 1, list 1, import 25, counts 1, trash 20): reads who this is and the labels, stores one message of 1 KB, reads counts, moves it to the trash. Nothing is stored in an account that is not the one meant.
 */
export const preflight = (user: string, urls: GoogleUrls, tokens: GoogleTokens): Effect.Effect<Preflight> =>
  Effect.gen(function* () {
    const calls = yield* openProbeCalls(user, urls, tokens)
    const [profile, labels] = yield* Effect.all(
      [
        look(
          "ask whose account it is",
          Effect.flatMap(calls.address, (address) => sameAccount(user, address)),
          (address) => address
        ),
        look("list the labels", calls.labels, (labels) => `${labels} labels`)
      ],
      { concurrency: "unbounded" }
    )
    if (Option.isSome(profile.error) || Option.isSome(labels.error)) return told([profile, labels])
    const probe = probeMessage(user, yield* Clock.currentTimeMillis)
    const [stored, counts] = yield* Effect.all(
      [
        look("store a probe message", calls.store(probe), (id) => `stored as ${id}`),
        look("read a label's counts", calls.inbox, (messages) => `INBOX holds ${messages} messages`)
      ],
      { concurrency: "unbounded" }
    )
    const trashed = Option.isNone(stored.answer)
      ? []
      : [
          yield* look(
            "move the probe to the trash",
            calls.trash(stored.answer.value),
            () => "Gmail empties it after 30 days"
          )
        ]
    return told([profile, labels, stored, counts, ...trashed])
  }).pipe(Effect.scoped)
