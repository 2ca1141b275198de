import { identityScopes, scopeWords } from "../GmailScope.ts"
import type { ConsentRequest } from "./Grants.ts"

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/gu, (character) => `&#${character.codePointAt(0) ?? 0};`)

const page = (title: string, body: string): string => `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem }
  fieldset { border: 1px solid #dadce0; border-radius: 8px; margin: 1rem 0 }
  label { display: block; padding: .3rem 0 }
  button { font: inherit; padding: .5rem 1.5rem; margin-right: 1rem }
</style>
${body}
</html>
`

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
  page(
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
  page(
    `Error ${status}: ${error}`,
    `<h1>Access blocked: Authorization Error</h1>
<p>${escaped(words)}</p>
<p>Error ${status}: ${escaped(error)}</p>`
  )
