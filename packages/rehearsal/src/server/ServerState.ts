import type { SecureContext } from "node:tls"

import type { GmailMail } from "./gmail/GmailMail.ts"
import type { MailStore } from "./MailStore.ts"
import type { ServerFaults } from "./ServerFaults.ts"
import type { Extension, ServerProfile } from "./ServerProfile.ts"

/** Who may log in: LOGIN and PLAIN with the password, XOAUTH2 with the token. */
export interface Credentials {
  readonly user: string
  readonly password: string
  readonly token: string
}

/** What has happened so far. */
export interface ServerStats {
  connections: number
  openSessions: number
  logins: number
  refusedLogins: number
  commands: number
  /** Messages stored by APPEND; one whose OK was cut off counts. */
  appended: number
  appendedOctets: number
  /** Messages stored by COPY or MOVE. */
  copied: number
  /** FETCHes of a whole message, per message. */
  fetchedBodies: number
}

export type Security = "plain" | "starttls" | "tls"

/** What a bearer token opens: an account, or one that is there and cannot be reached (`connected`). */
export interface SignedIn {
  readonly store: MailStore
  readonly connected: boolean
}

/** What all sessions of one server share, and all of one account from its login on. */
export interface ServerState {
  readonly profile: ServerProfile
  readonly store: MailStore
  /** What stands behind the mailboxes where the profile says so. */
  readonly gmail: GmailMail | undefined
  readonly faults: ServerFaults
  readonly credentials: Credentials
  /** Who may log in by XOAUTH2, where there are more accounts than `credentials` has; nobody may by password then. */
  readonly bearer: ((user: string, token: string) => SignedIn | undefined) | undefined
  readonly security: Security
  /** Whether a login is refused until the connection is encrypted (LOGINDISABLED). */
  readonly requireTls: boolean
  readonly tls: SecureContext
  readonly stats: ServerStats
  /** The verb of every command in the order it came, `UID FETCH` included. Never an argument. */
  readonly commands: Array<string>
}

export const offers = ({ profile }: ServerState, extension: Extension): boolean =>
  profile.extensions.has(extension)

/** The CAPABILITY list as it stands for this connection. */
export const capabilities = (
  state: ServerState,
  connection: { readonly secure: boolean; readonly authenticated: boolean }
): string => {
  const { profile, security, requireTls } = state
  if (profile.capabilities !== undefined)
    return connection.authenticated ? profile.capabilities.afterLogin : profile.capabilities.beforeLogin
  const listed = ["IMAP4rev1", ...profile.extensions]
  if (profile.advertisesAppendLimit) listed.push(`APPENDLIMIT=${profile.appendLimit}`)
  if (security === "starttls" && !connection.secure) listed.push("STARTTLS")
  if (connection.authenticated) return listed.join(" ")
  if (requireTls && !connection.secure) return [...listed, "LOGINDISABLED"].join(" ")
  return [...listed, "AUTH=PLAIN", "AUTH=XOAUTH2"].join(" ")
}
