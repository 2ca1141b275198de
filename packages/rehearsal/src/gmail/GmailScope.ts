const prefix = "https://www.googleapis.com/auth/"

/** https://developers.google.com/workspace/gmail/api/auth/scopes, and the two that tell who signed in. */
export const gmailScope = {
  full: "https://mail.google.com/",
  modify: `${prefix}gmail.modify`,
  readonly: `${prefix}gmail.readonly`,
  compose: `${prefix}gmail.compose`,
  insert: `${prefix}gmail.insert`,
  labels: `${prefix}gmail.labels`,
  metadata: `${prefix}gmail.metadata`,
  openid: "openid",
  email: `${prefix}userinfo.email`
} as const

export const knownScopes: ReadonlySet<string> = new Set(Object.values(gmailScope))

/** `email` is a short name for the scope that tells the address. */
export const scopesOf = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split(/\s+/u)
      .filter((scope) => scope !== "")
      .map((scope) => (scope === "email" ? gmailScope.email : scope))
  )

/** What the consent page says each right is. */
export const scopeWords: Readonly<Record<string, string>> = {
  [gmailScope.full]: "Read, compose, send and permanently delete all your email from Gmail",
  [gmailScope.modify]: "Read, compose and send emails from your Gmail account",
  [gmailScope.readonly]: "View your email messages and settings",
  [gmailScope.compose]: "Manage drafts and send emails",
  [gmailScope.insert]: "Add emails into your Gmail mailbox",
  [gmailScope.labels]: "See and edit your email labels",
  [gmailScope.metadata]:
    "View your email message metadata such as labels and headers, but not the email body",
  [gmailScope.openid]: "Associate you with your personal info on Google",
  [gmailScope.email]: "See your primary Google Account email address"
}

/** All rights but `gmail.metadata`, which takes rights away from a token that has others too. */
export const allRights: ReadonlySet<string> = new Set(
  [...knownScopes].filter((scope) => scope !== gmailScope.metadata)
)

/** Those that only tell who signed in: nobody can untick them. */
export const identityScopes: ReadonlySet<string> = new Set([gmailScope.openid, gmailScope.email])
