import { AuthFailed, Fatal, type MailErrorReason } from "@mailferry/core/MailError.ts"

import { loginCommand } from "./auth/EntraWords.ts"
import type { FailureContext } from "./FailureContext.ts"
import { detailOf, type GraphFailure } from "./graph/GraphFailure.ts"

interface Known {
  readonly is: (failure: GraphFailure) => boolean
  /** One sentence or two: what to do. */
  readonly advice: (context: FailureContext) => string
  /** Whether no sign-in can mend it. */
  readonly isFatal?: boolean
}

const has = (pattern: RegExp) => (failure: GraphFailure) =>
  pattern.test(failure.code) || pattern.test(failure.text)

const signInAgain = ({ user }: FailureContext): string => `Sign in again: ${loginCommand(user)}`

/** What Exchange says to an application outside its scope is no more than that access is denied. */
const scope = ({ user }: FailureContext): string =>
  `The application may not use the mailbox of ${user}: an administrator takes it into the scope of RBAC for Applications, which may take 2 hours to take effect. \`mailferry auth delegation o365 --key FILE --user ${user}\` shows how, and whether it has (docs/o365-setup.md).`

/** Consent, of the user or of an administrator. */
const consent = (context: FailureContext): string => {
  const { consentUrl, isApplication = false, user } = context
  if (isApplication) return scope(context)
  return consentUrl === undefined
    ? `A permission was not granted: ${loginCommand(user)} asks for it, and prints the address at which an administrator grants it (docs/o365-setup.md).`
    : `A permission was not granted: sign in again (${loginCommand(user)}), or have an administrator grant it at ${consentUrl}`
}

const noMailbox = ({ user }: FailureContext): string =>
  `${user} has no mailbox in Exchange Online: it needs a licence, or lies on a server of its organisation, which Graph does not reach; for Outlook.com, sign in at outlook.com once.`

/** What stands between us and the mailbox, specific before general: the first that fits counts. */
const known: ReadonlyArray<Known> = [
  // Numbers of Microsoft's sign-in service, learn.microsoft.com/entra/identity-platform/reference-error-codes.
  { is: has(/AADSTS(?:65001|65004|90094|90095)\b/u), advice: consent },
  {
    is: has(/AADSTS(?:50076|50079|50158|50199|53\d{3})\b/u),
    advice: ({ user }) =>
      `The organisation asks for a second factor or a device it knows: sign in again in the browser (${loginCommand(user)}), or ask its administrator.`
  },
  { is: has(/AADSTS\d{4,}/u), advice: signInAgain },
  { is: ({ status }) => status === 401, advice: signInAgain },
  {
    is: ({ status }) => status === 407,
    advice: () => "A proxy of this network wants a name and a password: write them into HTTPS_PROXY.",
    isFatal: true
  },
  {
    is: has(/RAOP|AppOnly AccessPolicy/iu),
    advice: scope
  },
  {
    is: has(
      /MailboxNot(?:EnabledFor|SupportedFor)RESTAPI|ErrorNonExistentMailbox|ErrorMissingEmailAddress|mailbox is either inactive/iu
    ),
    advice: noMailbox,
    isFatal: true
  },
  {
    is: has(/ErrorInvalidUser|Request_ResourceNotFound|ErrorInvalidMailbox/iu),
    advice: ({ user }) => `There is no ${user} in this organisation: check \`user\` in the job file.`,
    isFatal: true
  },
  {
    is: has(/ErrorAccountDisabled|Access to OData is disabled|ProtocolDisabled/iu),
    advice: ({ user }) =>
      `Programs may not use the mailbox of ${user}: an administrator has it disabled or limits who may (Set-CASMailbox, client access rules).`,
    isFatal: true
  },
  {
    is: has(/^\/me request is only valid|delegated authentication flow/iu),
    advice: ({ user }) =>
      `The token is an application's, which has no mailbox of its own. Sign in as ${user}, or set the application up (docs/o365-setup.md).`
  },
  { is: ({ status }) => status === 403, advice: consent }
]

/** Whether we may ask at all. None when the answer is about something else. */
export const reasonOfAccess = (
  failure: GraphFailure,
  context: FailureContext
): MailErrorReason | undefined => {
  const match = failure.status >= 400 ? known.find(({ is }) => is(failure)) : undefined
  if (match === undefined) return undefined
  const told = { detail: detailOf(failure), advice: match.advice(context) }
  return match.isFatal === true ? new Fatal(told) : new AuthFailed(told)
}
