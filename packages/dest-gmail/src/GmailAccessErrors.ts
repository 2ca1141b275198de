import { AuthFailed, Fatal, type MailErrorReason } from "@mailferry/core/MailError.ts"

import { loginCommand } from "./auth/TokenFailure.ts"
import type { FailureContext, GmailFailure } from "./GmailFailure.ts"

interface Known {
  readonly is: (failure: GmailFailure) => boolean
  readonly reason: (detail: string, user: string) => MailErrorReason
}

const enableApi = "https://console.cloud.google.com/apis/library/gmail.googleapis.com"

const hasReason = (...names: ReadonlyArray<string>) => {
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  return ({ reason = "" }: GmailFailure) => wanted.has(reason.toLowerCase())
}

const signInAgain = (user: string) => `Sign in again: ${loginCommand(user)}`

/** What stands between us and the account, specific before general: the first that fits counts. */
const known: ReadonlyArray<Known> = [
  {
    is: ({ status }) => status === 401,
    reason: (detail, user) => new AuthFailed({ detail, advice: signInAgain(user) })
  },
  {
    is: (failure) =>
      hasReason("accessNotConfigured", "SERVICE_DISABLED")(failure) ||
      /has not been used in project|it is disabled\. enable it/iu.test(failure.text),
    reason: (detail) =>
      new Fatal({
        detail,
        advice: `Enable the Gmail API in the project of your OAuth client (${enableApi}), wait five minutes, then run again.`
      })
  },
  {
    is: hasReason("domainPolicy"),
    reason: (detail) =>
      new Fatal({
        detail,
        advice:
          "The domain's administrator has turned Gmail or this app off: ask for it (admin.google.com, Security, API controls)."
      })
  },
  {
    is: (failure) =>
      hasReason("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")(failure) ||
      /insufficient (?:permission|authentication scopes)/iu.test(failure.text),
    reason: (detail, user) =>
      new AuthFailed({
        detail,
        advice: `A right was not granted: ${loginCommand(user)}, and leave every box ticked. For a service account: mailferry auth delegation gmail --key FILE --user ${user}`
      })
  },
  {
    is: ({ text }) => /mail service not enabled/iu.test(text),
    reason: (detail, user) =>
      new Fatal({
        detail,
        advice: `${user} has no Gmail: an administrator turns it on (admin.google.com, Apps, Google Workspace, Gmail), or signing in at mail.google.com once sets it up.`
      })
  },
  {
    is: ({ text }) => /delegation denied/iu.test(text),
    reason: (detail, user) =>
      new AuthFailed({
        detail,
        advice: `The credentials are another account's, not those of ${user}. ${signInAgain(user)}`
      })
  },
  {
    is: ({ status }) => status === 403,
    reason: (detail, user) => new AuthFailed({ detail, advice: signInAgain(user) })
  }
]

/** Whether we may ask at all. None when the answer is about something else. */
export const reasonOfAccess = (
  failure: GmailFailure,
  { user }: FailureContext
): MailErrorReason | undefined => known.find(({ is }) => is(failure))?.reason(failure.text, user)
