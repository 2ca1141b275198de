import type { MailError } from "@mailferry/core/MailError.ts"
import { type SignedOut, SignInMisuse } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { storeFailed } from "./KeptCredentials.ts"
import { decodeCredentials, isApplication } from "./MicrosoftCredentials.ts"
import type { MicrosoftLogin } from "./MicrosoftLogin.ts"

/** Where a person takes the right away: Microsoft has no call by which an application gives one sign-in back. */
const byHand =
  "Microsoft lets no program end a sign-in: take the application's access away yourself, at https://account.live.com/consent/Manage for a personal account, at https://myapps.microsoft.com for one of an organisation. Until then a copy of the credentials, if there is one, stays good for up to 90 days."

const certificateStays = (path: string): string =>
  `The certificate in ${path} was left where it is. When it is not needed any more, delete it there and at the registration (docs/o365-setup.md).`

/** Forgets the credentials, and says what a person has to do besides. */
export const logout = Effect.fnUntraced(function* ({
  store,
  user
}: MicrosoftLogin): Effect.fn.Return<SignedOut, MailError | SignInMisuse> {
  const kept = yield* Effect.mapError(store.find, storeFailed)
  if (Option.isNone(kept)) {
    return { done: [`There were no credentials of ${user}.`], failure: Option.none() }
  }
  const { place, text } = kept.value
  const credentials = Option.getOrUndefined(decodeCredentials(text))
  if (credentials !== undefined && credentials.kind === undefined) {
    return yield* new SignInMisuse({
      detail: `${place} describes an application and was not written by a sign-in`,
      advice: "Delete the file and the certificate yourself, and the application's registration."
    })
  }
  yield* Effect.mapError(store.remove, storeFailed)
  const removed = `The credentials were removed from ${place}.`
  const rest =
    credentials === undefined
      ? []
      : [isApplication(credentials) ? certificateStays(credentials.certificate) : byHand]
  return { done: [removed, ...rest], failure: Option.none() }
})
