import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** A label that every message gets besides its own, made with the first one. */
export interface Marker {
  /** Its path, once it is there; none when the job names none, or Gmail will not have it. */
  readonly made: Effect.Effect<Option.Option<MailboxPath>, MailError>
  /** It is not there any more: then it is made with the next message. */
  readonly forget: Effect.Effect<void>
}

/** A marker never keeps mail from being carried: one that is refused is left out. */
export const makeMarker = (
  wanted: Option.Option<MailboxPath>,
  ensure: (path: MailboxPath) => Effect.Effect<void, MailError>
): Marker => {
  let known: Option.Option<MailboxPath> | undefined
  const make = Effect.forEach(Option.toArray(wanted), ensure).pipe(
    Effect.as(wanted),
    Effect.catchIf(
      ({ reason }) => reason._tag === "MailboxRejected",
      () => Effect.succeedNone
    ),
    Effect.tap((made) =>
      Effect.sync(() => {
        known = made
      })
    )
  )
  return {
    made: Effect.suspend(() => (known === undefined ? make : Effect.succeed(known))),
    forget: Effect.sync(() => {
      known = undefined
    })
  }
}
