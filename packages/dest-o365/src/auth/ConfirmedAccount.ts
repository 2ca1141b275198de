import { AuthFailed, MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import type { Issued } from "./Issued.ts"
import { lookAtMailbox, type Looking } from "./MailboxLook.ts"
import type { AccessTokens } from "./MicrosoftTokens.ts"

/** A token that was issued just now. */
const fresh = ({ accessToken }: Issued): AccessTokens => ({
  accessToken: Effect.succeed(accessToken),
  refreshed: new MailError({
    adapter: "o365",
    operation: "connect",
    reason: new AuthFailed({
      detail: "Microsoft refuses the token that it issued just now",
      advice: "Check this computer's clock, and try again."
    })
  })
})

/**
 * The name of the account that signed in, when it is the one that is meant, has a mailbox, and lets in what a run needs.
 */
export const confirmAccount = Effect.fnUntraced(function* (
  urls: MicrosoftUrls,
  looking: Looking,
  issued: Issued
): Effect.fn.Return<string, MailError> {
  const alsoNamed = issued.names
  const { failure } = yield* lookAtMailbox(
    urls,
    { graph: fresh(issued), mailboxPath: "/me" },
    { ...looking, alsoNamed }
  )
  return Option.isSome(failure) ? yield* failure.value : (alsoNamed[0] ?? looking.user)
})
