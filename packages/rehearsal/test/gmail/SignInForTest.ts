import { createHash } from "node:crypto"

import type { RehearsalGmail } from "../../src/RehearsalGmail.ts"
import { type Answer, call } from "./GmailForTest.ts"

const verifier = "a-verifier-of-at-least-43-characters-0123456789"
export const redirectUri = "http://127.0.0.1:34567/back"

export const insertScope = "https://www.googleapis.com/auth/gmail.insert"
export const labelsScope = "https://www.googleapis.com/auth/gmail.labels"

/** The consent page for a Desktop client that asks for openid, email, insert and labels. */
export const consentPath = (
  server: RehearsalGmail,
  changes: Readonly<Record<string, string>> = {}
): string => {
  const query = new URLSearchParams({
    client_id: server.client.id,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: `openid email ${insertScope} ${labelsScope}`,
    state: "st&te",
    access_type: "offline",
    prompt: "consent",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...changes
  })
  return `/o/oauth2/v2/auth?${query.toString()}`
}

export const postForm = (
  server: RehearsalGmail,
  path: string,
  fields: Readonly<Record<string, string>> | Iterable<readonly [string, string]>
): Promise<Answer> => {
  const form = new URLSearchParams()
  for (const [name, value] of Symbol.iterator in fields ? fields : Object.entries(fields)) {
    form.append(name, value)
  }
  return call(server, "POST", path, {
    token: "",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString()
  })
}

/** All values of inputs of that name on a page, as a browser would send those that are ticked. */
export const ticked = (page: string, name: string): ReadonlyArray<string> =>
  [...page.matchAll(/<input([^>]*)>/gu)].flatMap(([, attributes = ""]) => {
    const named = attributes.includes(`name="${name}"`)
    const counts = attributes.includes("hidden") || attributes.includes("checked")
    return named && counts ? [/value="([^"]*)"/u.exec(attributes)?.[1] ?? ""] : []
  })

/** Opens the page and presses a button; where the browser is sent. `untick`: scopes to leave out. */
export const consented = async (
  server: RehearsalGmail,
  path: string,
  {
    action = "allow",
    untick = [],
    account
  }: { action?: string; untick?: Array<string>; account?: string } = {}
): Promise<URL> => {
  const { text } = await call(server, "GET", path, { token: "" })
  const answer = await postForm(server, "/o/oauth2/v2/auth/consent", [
    ["request", ticked(text, "request")[0] ?? ""],
    ["account", account ?? ticked(text, "account")[0] ?? ""],
    ...ticked(text, "scope")
      .filter((scope) => !untick.includes(scope))
      .map((scope) => ["scope", scope] as const),
    ["action", action]
  ])
  return new URL(answer.headers.get("location") ?? "http://nowhere.invalid/")
}

export const exchanged = (
  server: RehearsalGmail,
  code: string,
  changes: Readonly<Record<string, string>> = {}
): Promise<Answer> =>
  postForm(server, "/token", {
    grant_type: "authorization_code",
    code,
    client_id: server.client.id,
    client_secret: server.client.secret,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes
  })
