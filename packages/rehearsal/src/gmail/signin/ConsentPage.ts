import { escaped, htmlPage } from "../../oauth/HtmlPage.ts"
import { identityScopes, scopeWords } from "../GmailScope.ts"
import type { ConsentRequest } from "./Grants.ts"

const accountChoice = (users: ReadonlyArray<string>, hint: string | undefined): string => {
  const chosen = users.find((user) => user === hint?.toLowerCase()) ?? users[0]
  return users
    .map(
      (user) =>
        `<label><input type="radio" name="account" value="${escaped(user)}"${user === chosen ? " checked" : ""}> ${escaped(user)}</label>`
    )
    .join("\n")
}

const scopeChoice = (scopes: ReadonlySet<string>): string =>
  [...scopes]
    .map((scope) => {
      const words = escaped(scopeWords[scope] ?? scope)
      return identityScopes.has(scope)
        ? `<p>${words}</p>`
        : `<label><input type="checkbox" name="scope" value="${escaped(scope)}" checked> ${words}</label>`
    })
    .join("\n")

/** The page on which a person says which account an application may use, and for what. Works without scripts. */
export const consentPage = (id: string, request: ConsentRequest, users: ReadonlyArray<string>): string =>
  htmlPage(
    "Sign in – Rehearsal accounts",
    `<h1>An application wants access to your Google Account</h1>
<p>This is a rehearsal: no Google account is touched. Client <code>${escaped(request.clientId)}</code></p>
<form method="post" action="/o/oauth2/v2/auth/consent">
<input type="hidden" name="request" value="${escaped(id)}">
<fieldset><legend>Account</legend>
${accountChoice(users, request.loginHint)}
</fieldset>
<fieldset><legend>Select what it can access</legend>
${scopeChoice(request.scopes)}
</fieldset>
<button type="submit" name="action" value="allow">Allow</button>
<button type="submit" name="action" value="cancel">Cancel</button>
</form>`
  )

/** `Access blocked`, as Google shows it to the person and not to the application. */
export const blockedPage = (status: number, error: string, words: string): string =>
  htmlPage(
    `Error ${status}: ${error}`,
    `<h1>Access blocked: Authorization Error</h1>
<p>${escaped(words)}</p>
<p>Error ${status}: ${escaped(error)}</p>`
  )
