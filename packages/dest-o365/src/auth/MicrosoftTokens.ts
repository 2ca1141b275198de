import type { MailError } from "@mailferry/core/MailError.ts"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

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
}
