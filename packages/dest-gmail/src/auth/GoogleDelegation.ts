import type { MailError } from "@mailferry/core/MailError.ts"
import type { Delegation, DelegationCheck, SignInMisuse } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { readKeyFile } from "./GoogleClientFile.ts"
import type { ServiceAccount } from "./GoogleCredentials.ts"
import type { GoogleEndpoint } from "./GoogleEndpoint.ts"
import { urlsOf } from "./GoogleEndpoint.ts"
import { scopeWords } from "./GoogleScopes.ts"
import { issue, makeGoogleTokens } from "./GoogleTokens.ts"
import { openProbeCalls } from "./ProbeCalls.ts"

export interface DelegationRequest {
  /** Path of the service account's key. */
  readonly key: string
  readonly users: ReadonlyArray<string>
  readonly scopes: ReadonlyArray<string>
  readonly endpoint: GoogleEndpoint | undefined
}

/** The Admin console's page with client and scopes filled in. What was granted to this client before is replaced. */
const consoleLink = (client: string, scopes: ReadonlyArray<string>): string => {
  const filled = new URLSearchParams({
    clientScopeToAdd: scopes.join(","),
    clientIdToAdd: client,
    overwriteClientId: "true"
  })
  return `https://admin.google.com/ac/owl/domainwidedelegation?${filled.toString()}`
}

const stepsOf = (key: ServiceAccount, scopes: ReadonlyArray<string>): ReadonlyArray<string> => [
  "Sign in to the Admin console as a super administrator, and open:",
  consoleLink(key.client_id, scopes),
  `It fills in the client ID ${key.client_id} (${key.client_email}) and these scopes:`,
  scopes.join(","),
  "Press Authorize. Google says that it may take up to 24 hours to take effect."
]

interface Found {
  readonly check: DelegationCheck
  readonly error: MailError | undefined
}

const found = <A>(
  user: string,
  name: string,
  asked: Effect.Effect<A, MailError>,
  detail: string
): Effect.Effect<Found> =>
  Effect.match(asked, {
    onSuccess: () => ({ check: { user, name, ok: true, detail }, error: undefined }),
    onFailure: (error) => ({ check: { user, name, ok: false, detail: error.reason.detail }, error })
  })

/** Scope by scope, since Google refuses them all when one is missing, and does not say which. */
const examine = Effect.fnUntraced(function* (
  user: string,
  key: ServiceAccount,
  { endpoint, key: file, scopes }: DelegationRequest
) {
  const urls = urlsOf(endpoint)
  const granted = yield* Effect.forEach(
    scopes,
    (scope) => found(user, scopeWords(scope), issue(urls, key, user, [scope]), "granted"),
    { concurrency: 4 }
  )
  if (granted.some(({ error }) => error !== undefined)) return granted
  const listed = Effect.gen(function* () {
    const account = { user, credentials: `file:${file}`, ...(endpoint === undefined ? {} : { endpoint }) }
    const calls = yield* openProbeCalls(user, urls, yield* makeGoogleTokens(account, scopes))
    return yield* calls.labels
  })
  return [...granted, yield* found(user, "list the labels", Effect.scoped(listed), "Gmail answers")]
})

/** How an administrator gives a service account the right to the users' mail, and whether it has it already. */
export const delegation = Effect.fnUntraced(function* (
  request: DelegationRequest
): Effect.fn.Return<Delegation, SignInMisuse> {
  const key = yield* readKeyFile(request.key)
  const looked = yield* Effect.forEach(request.users, (user) => examine(user, key, request), {
    concurrency: 4
  })
  return {
    steps: stepsOf(key, request.scopes),
    checks: looked.flat().map(({ check }) => check),
    failure: Option.fromUndefinedOr(looked.flat().find(({ error }) => error !== undefined)?.error)
  }
})
