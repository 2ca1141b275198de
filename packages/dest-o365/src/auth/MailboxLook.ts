import type { MailError } from "@mailferry/core/MailError.ts"
import type { SignInCheck } from "@mailferry/core/SignIn.ts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { probe } from "../append/Probe.ts"
import { makeFolderBook } from "../folders/FolderBook.ts"
import { makeGraphWire } from "../graph/GraphWire.ts"
import { toldOf } from "../graph/Told.ts"
import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import type { O365Mailbox } from "../O365Mailbox.ts"
import { type Preflight, preflight } from "../O365Preflight.ts"
import { makeO365Reader } from "../O365Reader.ts"
import type { MicrosoftTokens } from "./MicrosoftTokens.ts"

/** A person waits for these answers. */
const patience = Duration.seconds(20)

/** Whose mailbox is looked at, and where an administrator would let the application in. */
export interface Looking {
  readonly user: string
  readonly consentUrl?: string
  readonly alsoNamed?: ReadonlyArray<string>
}

const openMailbox = Effect.fnUntraced(function* (
  { graph: graphUrl }: MicrosoftUrls,
  { graph, mailboxPath }: Pick<MicrosoftTokens, "graph" | "mailboxPath">,
  looking: Looking
) {
  const wire = yield* makeGraphWire({ graphUrl, timeout: patience, tokens: graph })
  const mailbox: O365Mailbox = {
    account: looking.user,
    wire,
    told: toldOf({ ...looking, isApplication: mailboxPath !== "/me" }),
    mailboxPath
  }
  return mailbox
})

/** What a run needs of a mailbox, tried with calls that change nothing. */
export const lookAtMailbox = (
  urls: MicrosoftUrls,
  tokens: Pick<MicrosoftTokens, "graph" | "mailboxPath">,
  looking: Looking
): Effect.Effect<Preflight> =>
  openMailbox(urls, tokens, looking).pipe(
    Effect.flatMap((mailbox) => preflight({ ...looking, ...mailbox })),
    Effect.scoped
  )

/** The same, and how the mailbox takes mail: messages of our own in a hidden folder, which is removed at once. */
export const probeMailbox = (
  urls: MicrosoftUrls,
  tokens: Pick<MicrosoftTokens, "graph" | "mailboxPath">,
  looking: Looking
): Effect.Effect<Preflight> =>
  Effect.gen(function* () {
    const mailbox = yield* openMailbox(urls, tokens, looking)
    const looked = yield* preflight({ ...looking, ...mailbox })
    if (Option.isSome(looked.failure)) return looked
    const folders = makeFolderBook(mailbox)
    const probing = probe(mailbox, makeO365Reader(mailbox, folders), folders)
    const probed = yield* lookAt(
      "bring two probe messages",
      probing.run(() => Effect.void),
      "they came out as received mail of 2010, and were removed"
    )
    return all([looked, probed])
  }).pipe(Effect.scoped)

/** One thing that is not about the mailbox, told likewise. */
export const lookAt = <A>(
  name: string,
  call: Effect.Effect<A, MailError>,
  words: string
): Effect.Effect<Preflight> =>
  Effect.match(call, {
    onSuccess: (): Preflight => ({ checks: [{ name, ok: true, detail: words }], failure: Option.none() }),
    onFailure: (error): Preflight => ({
      checks: [{ name, ok: false, detail: error.reason.detail }],
      failure: Option.some(error)
    })
  })

/** One after the other; the first failure counts. */
export const all = (looks: ReadonlyArray<Preflight>): Preflight => ({
  checks: looks.flatMap(({ checks }): ReadonlyArray<SignInCheck> => checks),
  failure: Option.firstSomeOf(looks.map(({ failure }) => failure))
})
