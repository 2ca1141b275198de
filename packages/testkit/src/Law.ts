import type { MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * One promise of the contract, as data: what must hold of an adapter, and the check that finds out.
 * A check works in mailboxes of its own, so that laws run in any order and on a shared account.
 */
export interface Law<Service, Subject> {
  /** A sentence about behaviour. Skips name it. */
  readonly name: string
  /** Options of the suite without which the check cannot be made. */
  readonly needs: ReadonlyArray<keyof Subject & string>
  /** Dies with an assertion error when the law is broken. */
  readonly check: (subject: Subject) => Effect.Effect<void, MailError, Service | Scope.Scope>
}

/** The option a law said it needs. */
export const given = <Subject, Key extends keyof Subject & string>(
  subject: Subject,
  key: Key
): NonNullable<Subject[Key]> => {
  const option = subject[key]
  if (option === undefined || option === null) throw new Error(`the law does not say that it needs "${key}"`)
  return option
}

/** What an operation fails with; a success breaks the law. */
export const errorOf = <R>(
  effect: Effect.Effect<unknown, MailError, R>
): Effect.Effect<MailError, never, R> =>
  Effect.matchEffect(effect, {
    onFailure: (error) => Effect.succeed(error),
    onSuccess: () => Effect.die(new Error("succeeded where the contract has it fail"))
  })

export const reasonOf = <R>(effect: Effect.Effect<unknown, MailError, R>) =>
  Effect.map(errorOf(effect), ({ reason }) => reason)
