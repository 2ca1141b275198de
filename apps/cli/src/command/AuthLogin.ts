import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { Ending, Failure } from "../ExitCode.ts"
import { type AccountFlags, signInAccount } from "../SignInAccount.ts"
import * as SignInTerminal from "../SignInTerminal.ts"
import { signedInText } from "../view/AuthText.ts"
import { Screen } from "../view/Screen.ts"

export interface AuthLoginFlags extends AccountFlags {
  readonly client: Option.Option<string>
  readonly tenant: Option.Option<string>
  readonly imap: boolean
  readonly device: boolean
  readonly noBrowser: boolean
}

/** Signs a person in and keeps what the service gave. */
export const authLogin = Effect.fnUntraced(function* (
  flags: AuthLoginFlags
): Effect.fn.Return<Ending, Failure, Screen> {
  const screen = yield* Screen
  const { signIn, told } = yield* signInAccount(flags)
  const { client, device, imap, noBrowser, tenant } = flags
  const options = {
    client,
    device,
    imap,
    ...Option.match(tenant, { onNone: () => ({}), onSome: (name) => ({ tenant: name }) })
  }
  const signedIn = yield* told(signIn.login(options)).pipe(
    Effect.provide(SignInTerminal.layer({ browser: !noBrowser }))
  )
  for (const note of signedIn.notes) yield* screen.warn(note)
  yield* screen.print(signedInText(signedIn))
  return { _tag: "Done" }
})
