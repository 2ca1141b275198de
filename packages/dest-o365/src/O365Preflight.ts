import { AuthFailed, MailError } from "@mailferry/core/MailError.ts"
import type { SignInCheck } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

import { loginCommand } from "./auth/EntraWords.ts"
import type { GraphFailure } from "./graph/GraphFailure.ts"
import type { GraphWire } from "./graph/GraphWire.ts"
import { readAs } from "./graph/Paged.ts"
import type { Told } from "./graph/Told.ts"

/** What was looked at, and the first thing that keeps mail from being carried. */
export interface Preflight {
  readonly checks: ReadonlyArray<SignInCheck>
  readonly failure: Option.Option<MailError>
}

export interface PreflightOptions {
  readonly wire: GraphWire
  readonly told: Told
  /** `/me`, or `/users/{address}` of an application that signed in by itself. */
  readonly mailboxPath: string
  readonly user: string
  /** Names of the account that a sign-in told besides. */
  readonly alsoNamed?: ReadonlyArray<string>
}

/** One thing to look at, the permission it needs, and what there is to say of its answer. */
interface Look {
  readonly name: string
  readonly permission: string
  readonly path: string
  readonly words: (json: unknown) => Effect.Effect<string, MailError>
}

const text = Schema.optionalKey(Schema.NullOr(Schema.String))
const readPerson = readAs(Schema.Struct({ mail: text, userPrincipalName: text }))
const readAliases = readAs(Schema.Struct({ proxyAddresses: Schema.optionalKey(Schema.Array(Schema.String)) }))
const readInbox = readAs(Schema.Struct({ totalItemCount: Schema.Number }))
const readCategories = readAs(Schema.Struct({ value: Schema.Array(Schema.Unknown) }))

/** A personal account's name has `live.com#` before it in some answers. */
const addressOf = (name: string | null | undefined): string => (name ?? "").replace(/^live\.com#/iu, "")

const wrongAccount = (user: string, address: string) =>
  new MailError({
    adapter: "o365",
    operation: "connect",
    reason: new AuthFailed({
      detail: `these credentials are for ${address}, and mail is to go to ${user}`,
      advice: `Sign in as ${user}: ${loginCommand(user)} (a private window of the browser has nobody else signed in). Or write ${address} where ${user} stands.`
    })
  })

/** Other addresses of the mailbox. Only an organisation's directory tells them; what others say to that is no failure. */
const aliasesOf = ({ told, wire }: PreflightOptions): Effect.Effect<ReadonlyArray<string>> =>
  told("connect", wire.call("connect", { method: "GET", path: "/me?$select=proxyAddresses" })).pipe(
    Effect.flatMap(({ json }) => readAliases("connect", json)),
    Effect.map(({ proxyAddresses = [] }) => proxyAddresses.map((each) => each.replace(/^smtp:/iu, ""))),
    Effect.orElseSucceed(() => [])
  )

/** The account's address, when it is the one that is meant: by its own names, or by another address that it has. */
const meantAccount = Effect.fnUntraced(function* (
  options: PreflightOptions,
  json: unknown
): Effect.fn.Return<string, MailError> {
  const { alsoNamed = [], user } = options
  const isMeant = (address: string): boolean => address.toLowerCase() === user.toLowerCase()
  const { mail, userPrincipalName } = yield* readPerson("connect", json)
  const addresses = [mail, userPrincipalName].map(addressOf).filter((address) => address !== "")
  const own = [...addresses, ...alsoNamed].find(isMeant)
  if (own !== undefined) return own
  const known = addresses[0] ?? alsoNamed[0] ?? "an account without an address"
  return (yield* aliasesOf(options)).some(isMeant) ? known : yield* wrongAccount(user, known)
})

const looksOf = (options: PreflightOptions): ReadonlyArray<Look> => [
  // An application's token is nobody's, and may read no profiles: that it opens the inbox says enough.
  ...(options.mailboxPath === "/me"
    ? [
        {
          name: "ask whose account it is",
          permission: "User.Read",
          path: "/me?$select=mail,userPrincipalName",
          words: (json: unknown) => meantAccount(options, json)
        }
      ]
    : []),
  {
    name: "open the inbox",
    permission: "Mail.ReadWrite",
    path: `${options.mailboxPath}/mailFolders/inbox?$select=totalItemCount`,
    words: (json) =>
      Effect.map(
        readInbox("connect", json),
        ({ totalItemCount }) => `the inbox holds ${totalItemCount} messages`
      )
  },
  {
    name: "read the list of categories",
    permission: "MailboxSettings.ReadWrite",
    path: `${options.mailboxPath}/outlook/masterCategories`,
    words: (json) => Effect.map(readCategories("connect", json), ({ value }) => `${value.length} categories`)
  }
]

/** Exchange says no more than that access is denied: which permission it looked for is told before its words. */
const naming =
  (permission: string) =>
  (failure: GraphFailure | MailError): GraphFailure | MailError =>
    failure._tag === "GraphFailure" && failure.status === 403 && !/AADSTS|OData/u.test(failure.text)
      ? { ...failure, text: `${permission} may be missing: ${failure.text}` }
      : failure

/**
 * Tries what a run needs, in three calls that change nothing: whose account it is, its inbox, its categories. Stops at
 * the first that fails, since the others would fail likewise.
 */
export const preflight = Effect.fn("O365.preflight")(function* (
  options: PreflightOptions
): Effect.fn.Return<Preflight> {
  const { told, wire } = options
  const checks: Array<SignInCheck> = []
  for (const { name, path, permission, words } of looksOf(options)) {
    const call = wire.call("connect", { method: "GET", path })
    const looked = yield* told("connect", Effect.mapError(call, naming(permission))).pipe(
      Effect.flatMap(({ json }) => words(json)),
      Effect.result
    )
    if (looked._tag === "Failure") {
      checks.push({ name, ok: false, detail: looked.failure.reason.detail })
      return { checks, failure: Option.some(looked.failure) }
    }
    checks.push({ name, ok: true, detail: looked.success })
  }
  return { checks, failure: Option.none() }
})
