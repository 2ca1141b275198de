import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"

/**
 * The least that carries mail and proves that it arrived: messages and folders, the master list of categories, and who
 * signed in. Of Microsoft Graph, whose name a scope without one means.
 */
export const mailScopes = ["Mail.ReadWrite", "MailboxSettings.ReadWrite", "User.Read"] as const

/** Of no service: a refresh token, and the account's name. msal adds them to every request by itself. */
export const identityScopes = ["openid", "profile", "offline_access"] as const

/** IMAP with a token: of Exchange, so a second token is issued for it. */
export const imapScopes = ["https://outlook.office.com/IMAP.AccessAsUser.All"] as const

/** What an application by itself asks for: all that an administrator granted it there. */
export const imapApplicationScopes = ["https://outlook.office365.com/.default"] as const

/** learn.microsoft.com/graph/deployments. Others stand for the global service, a rehearsal among them. */
const national = /^https:\/\/(?:(?:dod-)?graph\.microsoft\.us|microsoftgraph\.chinacloudapi\.cn)$/u

export const graphApplicationScopes = ({ graph }: MicrosoftUrls): ReadonlyArray<string> => [
  `${national.test(graph) ? graph : "https://graph.microsoft.com"}/.default`
]

const bare = (scope: string): string => scope.replace(/^https:\/\/[^/]+\/+/u, "").toLowerCase()

/** Of the scopes asked for, those that were not granted. */
export const missingScopes = (
  asked: ReadonlyArray<string>,
  granted: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const has = new Set(granted.map(bare))
  return asked.filter((scope) => !has.has(bare(scope)))
}

/** As Microsoft's page words them. */
const onThePage: Readonly<Record<string, string>> = {
  "mail.readwrite": "Read and write access to your mail",
  "mailboxsettings.readwrite": "Read and write to your mailbox settings",
  "user.read": "Sign you in and read your profile",
  "imap.accessasuser.all": "Read and write access to your mail via IMAP"
}

/** A scope for a person: `Mail.ReadWrite ("Read and write access to your mail")`. */
export const scopeWords = (scope: string): string => {
  const words = onThePage[bare(scope)]
  const name = scope.replace(/^https:\/\/[^/]+\/+/u, "")
  return words === undefined ? name : `${name} ("${words}")`
}
