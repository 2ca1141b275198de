/** gmail.modify: import and insert messages, read, search and label them, move them to the trash. Never delete for good. */
const modify = "https://www.googleapis.com/auth/gmail.modify"

/** gmail.labels: create labels, and their counts. The only one of Gmail's scopes that Google calls non-sensitive. */
const labels = "https://www.googleapis.com/auth/gmail.labels"

/**
 * The least that carries mail and proves that it arrived. gmail.insert alone can write but neither list nor read back
 * (no `verify`), gmail.readonly beside it cannot take the probe away again; `https://mail.google.com/` could delete for
 * good and is not needed. https://developers.google.com/gmail/api/auth/scopes
 */
export const mailScopes = [modify, labels] as const

/** Tell which account signed in, so that mail never lands in the wrong one. They show nothing else. */
export const identityScopes = ["openid", "email"] as const

/** What IMAP asks for: XOAUTH2 knows no narrower scope. */
export const imapScopes = ["https://mail.google.com/"] as const

/** Google spells out what was asked for in short. */
const longNames: Readonly<Record<string, string>> = {
  email: "https://www.googleapis.com/auth/userinfo.email"
}

/** Of the scopes asked for, those that were not granted: on Google's page every box can be unticked. */
export const missingScopes = (
  asked: ReadonlyArray<string>,
  granted: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const has = new Set(granted)
  return asked.filter((scope) => !has.has(scope) && !has.has(longNames[scope] ?? scope))
}

/** The sentence that stands beside the box on Google's page. */
const onThePage: Readonly<Record<string, string>> = {
  [modify]: "Read, compose, and send emails from your Gmail account",
  [labels]: "See and edit your email labels",
  [imapScopes[0]]: "Read, compose, send, and permanently delete all your email from Gmail",
  email: "See your primary Google Account email address"
}

/** A scope for a person: `gmail.modify ("Read, compose, and send emails from your Gmail account")`. */
export const scopeWords = (scope: string): string => {
  const name = scope.replace("https://www.googleapis.com/auth/", "")
  const words = onThePage[scope]
  return words === undefined ? name : `${name} ("${words}")`
}
