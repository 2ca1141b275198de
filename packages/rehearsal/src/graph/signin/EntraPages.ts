import { escaped, htmlPage } from "../../oauth/HtmlPage.ts"
import type { AskedScopes } from "./AskedScopes.ts"
import { scopeWords } from "./GraphScope.ts"

const accountChoice = (users: ReadonlyArray<string>, hint: string | undefined): string => {
  const chosen = users.find((user) => user === hint?.toLowerCase()) ?? users[0]
  return users
    .map(
      (user) =>
        `<label><input type="radio" name="account" value="${escaped(user)}"${user === chosen ? " checked" : ""}> ${escaped(user)}</label>`
    )
    .join("\n")
}

const permissions = (asked: AskedScopes): string =>
  [...asked.names].map((name) => `<li>${escaped(scopeWords[name] ?? name)}</li>`).join("\n")

const note = "<p>This is a rehearsal: no Microsoft account is touched.</p>"

/** The page on which a person agrees. All or nothing, as at Microsoft: permissions cannot be picked. */
export const consentPage = (
  id: string,
  users: ReadonlyArray<string>,
  asked: AskedScopes,
  options: { readonly hint?: string | undefined; readonly clientId: string; readonly action: string }
): string =>
  htmlPage(
    "Sign in to your account",
    `<h1>Permissions requested</h1>
${note}
<p>Application <code>${escaped(options.clientId)}</code></p>
<form method="post" action="${options.action}">
<input type="hidden" name="request" value="${escaped(id)}">
<fieldset><legend>Pick an account</legend>
${accountChoice(users, options.hint)}
</fieldset>
<p>This app would like to:</p>
<ul>
${permissions(asked)}
</ul>
<button type="submit" name="action" value="accept">Accept</button>
<button type="submit" name="action" value="cancel">Cancel</button>
</form>`
  )

/** Shown to people whose tenant lets only administrators consent. */
export const adminPage = (id: string, message: string): string =>
  htmlPage(
    "Need admin approval",
    `<h1>Need admin approval</h1>
${note}
<p>This app needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.</p>
<p>${escaped(message)}</p>
<form method="post" action="/rehearsal/consent">
<input type="hidden" name="request" value="${escaped(id)}">
<button type="submit" name="action" value="back">Return to the application without granting consent</button>
</form>`
  )

/** What is said to the person and not to the application. */
export const errorPage = (message: string): string =>
  htmlPage(
    "Sign in to your account",
    `<h1>Sorry, but we’re having trouble signing you in.</h1>\n${note}\n<p>${escaped(message)}</p>`
  )

/** Brings the answer to the application by a form that sends itself (OAuth 2.0 Form Post Response Mode). */
export const formPostPage = (redirectUri: string, answer: Readonly<Record<string, string>>): string =>
  htmlPage(
    "Working...",
    `<form method="post" name="hiddenform" action="${escaped(redirectUri)}">
${Object.entries(answer)
  .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
  .join("\n")}
<noscript><p>Script is disabled. Click Submit to continue.</p></noscript>
<button type="submit">Submit</button>
</form>
<script>document.forms[0].submit();</script>`
  )

/** Where the code of a device is typed in. */
export const devicePage = (words = "Enter the code displayed on your app or device."): string =>
  htmlPage(
    "Enter code",
    `<h1>Enter code</h1>
${note}
<p>${escaped(words)}</p>
<form method="post" action="/devicelogin">
<label>Code <input type="text" name="user_code" autocomplete="off" required></label>
<button type="submit">Next</button>
</form>`
  )

export const donePage = (words: string): string =>
  htmlPage("Sign in to your account", `<h1>${escaped(words)}</h1>\n${note}`)

export const adminConsentPage = (id: string, asked: string): string =>
  htmlPage(
    "Permissions requested",
    `<h1>Permissions requested: review for your organization</h1>
${note}
<p>${escaped(asked)}</p>
<form method="post" action="/rehearsal/adminconsent">
<input type="hidden" name="request" value="${escaped(id)}">
<button type="submit" name="action" value="accept">Accept</button>
<button type="submit" name="action" value="cancel">Cancel</button>
</form>`
  )
