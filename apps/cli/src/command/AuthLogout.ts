import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { type AccountFlags, signInAccount } from "../SignInAccount.ts"
import { Screen } from "../view/Screen.ts"

/** Ends the right at the service and forgets the credentials. */
export const authLogout = Effect.fnUntraced(function* (
  flags: AccountFlags
): Effect.fn.Return<Ending, Failure, Screen> {
  const screen = yield* Screen
  const { signIn, told, toldOf } = yield* signInAccount(flags)
  const { done, failure } = yield* told(signIn.logout)
  for (const sentence of done) yield* screen.print(sentence)
  const undone = toldOf(failure)
  return Option.isSome(undone) ? yield* undone.value : { _tag: "Done" }
})
