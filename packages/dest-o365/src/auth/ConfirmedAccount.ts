import { AuthFailed, MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import { loginCommand } from "./EntraWords.ts"
import type { Issued } from "./Issued.ts"
import { type MailboxCalls, openMailboxCalls } from "./MailboxCalls.ts"
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
 * The name of the account, when it is the one that is meant: by its own names, those of its id_token, or another address
 * that its organisation gives it. AuthFailed when it is another one.
 */
export const meantAccount = Effect.fnUntraced(function* (
  calls: Pick<MailboxCalls, "aliases" | "names">,
  user: string,
  alsoNamed: ReadonlyArray<string>
): Effect.fn.Return<string, MailError> {
  const names = [...(yield* calls.names), ...alsoNamed]
  const isMeant = (name: string) => name.toLowerCase() === user.toLowerCase()
  const [known = "another account"] = names
  if (names.some(isMeant)) return known
  // Personal accounts have no such list: what they say to that matters no more than an empty one.
  const aliases = yield* Effect.orElseSucceed(calls.aliases, () => [])
  if (aliases.some(isMeant)) return known
  return yield* new MailError({
    adapter: "o365",
    operation: "connect",
    reason: new AuthFailed({
      detail: `${known} signed in, and mail is to go to ${user}`,
      advice: `Sign in as ${user} (a private window of the browser has no other account signed in): ${loginCommand(user)}. Or write ${known} where ${user} stands.`
    })
  })
})

/** The account of a sign-in that is under way, when it is the one that is meant and has a mailbox. */
export const confirmAccount = (
  urls: MicrosoftUrls,
  user: string,
  issued: Issued
): Effect.Effect<string, MailError> =>
  Effect.gen(function* () {
    const calls = yield* openMailboxCalls(urls, { graph: fresh(issued), mailboxPath: "/me" }, { user })
    const account = yield* meantAccount(calls, user, issued.names)
    yield* calls.inbox
    return account
  }).pipe(Effect.scoped)
