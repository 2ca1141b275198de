import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { signInAccount } from "../SignInAccount.ts"
import { delegationJson, delegationText } from "../view/AuthText.ts"
import { Screen } from "../view/Screen.ts"

export interface AuthDelegationFlags {
  readonly kind: string
  readonly key: string
  readonly users: ReadonlyArray<string>
  readonly job: Option.Option<string>
  readonly json: boolean
}

/** Shows an administrator what to grant, and whether it is granted. */
export const authDelegation = Effect.fnUntraced(function* (
  flags: AuthDelegationFlags
): Effect.fn.Return<Ending, Failure, Screen> {
  const { job, json, key, kind, users } = flags
  const screen = yield* Screen
  const user = Option.isSome(job) ? Option.none() : Option.fromUndefinedOr(users[0])
  const { signIn, told, toldOf } = yield* signInAccount({ kind, user, job, credentials: Option.none() })
  const delegation = yield* told(signIn.delegation({ key, users }))
  yield* screen.print(
    json ? JSON.stringify(delegationJson(delegation), undefined, 2) : delegationText(delegation, screen.paint)
  )
  const failure = toldOf(delegation.failure)
  return Option.isSome(failure) ? yield* failure.value : { _tag: "Done" }
})
