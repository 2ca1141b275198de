/** Delegated permissions an application may ask a person for, and the words of the consent page. */
export const scopeWords: Readonly<Record<string, string>> = {
  "Mail.Read": "Read your mail",
  "Mail.ReadBasic": "Read your basic mail",
  "Mail.ReadWrite": "Read and write access to your mail",
  "Mail.ReadWrite.Shared": "Read and write mail you can access",
  "MailboxSettings.Read": "Read your mailbox settings",
  "MailboxSettings.ReadWrite": "Read and write to your mailbox settings",
  "User.Read": "Sign you in and read your profile",
  "IMAP.AccessAsUser.All": "Read and write access to your mail via IMAP",
  email: "View your email address",
  offline_access: "Maintain access to data you have given it access to",
  openid: "Sign you in",
  profile: "View your basic profile"
}

/** Of no resource: who it is, and a refresh token. */
export const identityScopes: ReadonlySet<string> = new Set(["email", "offline_access", "openid", "profile"])

const rights = Object.keys(scopeWords).filter((name) => !identityScopes.has(name))

/** Every delegated permission of Graph there is. */
export const allScopes: ReadonlySet<string> = new Set(
  rights.filter((name) => !name.startsWith("IMAP.") && !name.endsWith(".Shared"))
)

/** Application permissions. */
export const allRoles: ReadonlySet<string> = new Set([
  "Mail.ReadWrite",
  "MailboxSettings.ReadWrite",
  "User.Read.All"
])
