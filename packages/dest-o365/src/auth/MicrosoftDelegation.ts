import type { MailError } from "@mailferry/core/MailError.ts"
import { type Delegation, type DelegationCheck, SignInMisuse } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import type { Preflight } from "../O365Preflight.ts"
import { readAppCertificate } from "./AppCertificate.ts"
import { readClientOption } from "./ClientOption.ts"
import { all, lookAt, lookAtMailbox } from "./MailboxLook.ts"
import type { ApplicationCredentials } from "./MicrosoftCredentials.ts"
import { applicationTokens } from "./MicrosoftTokens.ts"

export interface DelegationRequest {
  /** Path of the JSON that describes the application. */
  readonly key: string
  readonly users: ReadonlyArray<string>
  readonly urls: MicrosoftUrls
}

/** Exchange's names for what the application does (learn.microsoft.com/exchange/permissions-exo/application-rbac). */
const roles = ["Application Mail.ReadWrite", "Application MailboxSettings.ReadWrite"]

/** In PowerShell a quote within quotes is written twice. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Within a text in double quotes. */
const escaped = (text: string): string => text.replace(/[`$"]/gu, "`$&")

/** One mailbox or several, by their addresses; a group serves better for many. */
const filterOf = (users: ReadonlyArray<string>): string =>
  users.map((user) => `PrimarySmtpAddress -eq ${quoted(user)}`).join(" -or ")

/**
 * Role assignments in Exchange add to what was granted in Entra ID, which is good for every mailbox there: so nothing is
 * granted there.
 */
const stepsOf = ({ client }: ApplicationCredentials, users: ReadonlyArray<string>): ReadonlyArray<string> => [
  "In Exchange Online PowerShell (Install-Module ExchangeOnlineManagement), as a member of Organization Management. OBJECT-ID is the Object ID of the application at entra.microsoft.com under Enterprise applications, not that of the registration:",
  "",
  "Connect-ExchangeOnline",
  `New-ServicePrincipal -AppId ${quoted(client)} -ObjectId 'OBJECT-ID' -DisplayName 'mailferry'`,
  `New-ManagementScope -Name 'mailferry' -RecipientRestrictionFilter "${escaped(filterOf(users))}"`,
  ...roles.map(
    (role) =>
      `New-ManagementRoleAssignment -App ${quoted(client)} -Role '${role}' -CustomResourceScope 'mailferry'`
  ),
  ...users.map(
    (user) =>
      `Test-ServicePrincipalAuthorization -Identity ${quoted(client)} -Resource ${quoted(user)} | Format-Table`
  ),
  "",
  "Grant the application no Mail permission in Entra ID: that would be good for every mailbox, whatever the scope says.",
  "A change takes effect after 30 minutes to 2 hours. How to take it all away again: docs/o365-setup.md."
]

/** What one user's mailbox says to the application. */
const examine = Effect.fnUntraced(function* (
  user: string,
  application: ApplicationCredentials,
  urls: MicrosoftUrls
): Effect.fn.Return<Preflight, MailError> {
  const tokens = yield* applicationTokens(urls, application, user)
  const name = "get a token with the certificate"
  const token = yield* lookAt(name, tokens.graph.accessToken, "Microsoft gave one just now")
  return Option.isSome(token.failure) ? token : all([token, yield* lookAtMailbox(urls, tokens, { user })])
})

/** How an administrator lets an application into the users' mailboxes, and whether it may already. */
export const delegation = Effect.fnUntraced(function* ({
  key,
  urls,
  users
}: DelegationRequest): Effect.fn.Return<Delegation, MailError | SignInMisuse> {
  const application = yield* readClientOption(key)
  if (typeof application === "string") {
    return yield* new SignInMisuse({
      detail: "an application's id alone is no key",
      advice: "Name the JSON file with tenant, client and certificate. docs/o365-setup.md shows each step."
    })
  }
  yield* readAppCertificate(application)
  const looked = yield* Effect.forEach(
    users,
    (user) => Effect.map(examine(user, application, urls), (found) => ({ user, ...found })),
    { concurrency: 2 }
  )
  return {
    steps: stepsOf(application, users),
    checks: looked.flatMap(({ checks, user }) =>
      checks.map((check): DelegationCheck => ({ ...check, user }))
    ),
    failure: Option.firstSomeOf(looked.map(({ failure }) => failure))
  }
})
