import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"

import type { MailError } from "./MailError.ts"

/** The person who signs in, as an adapter talks to them. */
export class SignInTalk extends Context.Service<
  SignInTalk,
  {
    /** Something to read and do. */
    readonly tell: (text: string) => Effect.Effect<void>
    /** From now on this is never shown, whoever repeats it. */
    readonly hide: (secret: Redacted.Redacted) => Effect.Effect<void>
    /** Shows a web page, where there is a browser and one is wanted. */
    readonly browse: (url: string) => Effect.Effect<void>
    /** The lines the person types. Ends where nobody can type. */
    readonly lines: Stream.Stream<string>
  }
>()("@mailferry/core/SignInTalk") {}

/** Something the person gave is not what is needed; nobody was asked for anything yet. */
export class SignInMisuse extends Schema.TaggedError<SignInMisuse>("mailferry/SignInMisuse")("SignInMisuse", {
  detail: Schema.String,
  advice: Schema.String
}) {}

export interface SignedIn {
  /** The account as the service names it. */
  readonly account: string
  /** Where the credentials are now, for a person. */
  readonly place: string
  /** What the person should know besides. */
  readonly notes: ReadonlyArray<string>
}

/** One thing looked at, in the order it was looked at. */
export interface SignInCheck {
  /** `send a probe message`. */
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

export interface SignInStatus {
  readonly account: string
  /** None when there are no credentials. */
  readonly place: Option.Option<string>
  /** Facts about them: their kind, since when, which rights. Never a secret. */
  readonly facts: ReadonlyArray<{ readonly name: string; readonly value: string }>
  readonly checks: ReadonlyArray<SignInCheck>
  /** What keeps mail from being carried, if anything does. */
  readonly failure: Option.Option<MailError>
}

export interface SignedOut {
  /** Sentences on what was done, in order. */
  readonly done: ReadonlyArray<string>
  /** What could not be done, and how a person does it. */
  readonly failure: Option.Option<MailError>
}

/** Whether an administrator's grant holds for one right of one user. */
export interface DelegationCheck extends SignInCheck {
  readonly user: string
}

export interface Delegation {
  /** What to do in the administrator's console, a line each; with the page's address. */
  readonly steps: ReadonlyArray<string>
  readonly checks: ReadonlyArray<DelegationCheck>
  readonly failure: Option.Option<MailError>
}

/** How a person wants to sign in. What a service has no such thing for it refuses by {@link SignInMisuse}. */
export interface LoginOptions {
  /**
   * The application that signs in: the path of a file in which the service described it, or the id that the service gave
   * it. Needed once.
   */
  readonly client: Option.Option<string>
  /** Shows a code to type in anywhere, in the place of a page that comes back to this computer. */
  readonly device?: boolean
  /** The organisation's directory, at services that have many. */
  readonly tenant?: string
  /** Asks for the right to use IMAP, too. */
  readonly imap?: boolean
}

/** How a person gives mailferry the right to one account, sees what it is worth, and takes it away again. */
export interface SignIn {
  /**
   * Ends when the right is granted and its credentials are kept, in the place of earlier ones; a refused or abandoned
   * sign-in leaves those as they were and keeps nothing.
   */
  readonly login: (options: LoginOptions) => Effect.Effect<SignedIn, SignInMisuse | MailError, SignInTalk>
  /** Looks where credentials are and tries them on the service, within seconds. Removes what it puts there. */
  readonly status: Effect.Effect<SignInStatus, MailError>
  /** Ends the right at the service, then removes the credentials; removes them also when the service does not answer. */
  readonly logout: Effect.Effect<SignedOut, SignInMisuse | MailError>
  /** How an administrator gives one key the right to many users, and whether it has it. `key` is the path of its file. */
  readonly delegation: (options: {
    readonly key: string
    readonly users: ReadonlyArray<string>
  }) => Effect.Effect<Delegation, SignInMisuse | MailError>
}
