import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { type AccountFlags, signInAccount } from "../SignInAccount.ts"
import { signInStatusJson, signInStatusText } from "../view/AuthText.ts"
import { Screen } from "../view/Screen.ts"

export interface AuthStatusFlags extends AccountFlags {
  readonly json: boolean
}

/** Shows where the credentials are and tries them. What stands in the way decides the exit code. */
export const authStatus = Effect.fnUntraced(function* (
  flags: AuthStatusFlags
): Effect.fn.Return<Ending, Failure, Screen> {
  const screen = yield* Screen
  const { signIn, told, toldOf } = yield* signInAccount(flags, { withSecrets: true })
  const status = yield* told(signIn.status)
  yield* screen.print(
    flags.json
      ? JSON.stringify(signInStatusJson(status), undefined, 2)
      : signInStatusText(status, screen.paint)
  )
  const failure = toldOf(status.failure)
  return Option.isSome(failure) ? yield* failure.value : { _tag: "Done" }
})
