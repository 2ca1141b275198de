import { createHash } from "node:crypto"

import type { RehearsalGraph } from "../../src/RehearsalGraph.ts"
import { type Answer, call } from "./GraphForTest.ts"

const verifier = "a-verifier-of-at-least-43-characters-0123456789"
export const redirectUri = "http://localhost:34567/"
export const scope = "Mail.ReadWrite MailboxSettings.ReadWrite User.Read openid profile offline_access"

/** The page for the public client with PKCE. */
export const authorizePath = (
  server: RehearsalGraph,
  changes: Readonly<Record<string, string>> = {},
  tenant = "common"
): string => {
  const query = new URLSearchParams({
    client_id: server.clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    response_mode: "form_post",
    scope,
    state: "st&te",
    nonce: "n0nce",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...changes
  })
  return `/${tenant}/oauth2/v2.0/authorize?${query.toString()}`
}

export const postForm = (
  server: RehearsalGraph,
  path: string,
  fields: Readonly<Record<string, string>>
): Promise<Answer> =>
  call(server, "POST", path, {
    token: "",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString()
  })

const unescaped = (text: string): string =>
  text.replaceAll(/&#(\d+);/gu, (_, code: string) => String.fromCodePoint(Number(code)))

/** Hidden and chosen inputs of a page's form, and where it goes. */
export const formOf = (
  page: string
): { readonly action: string; readonly fields: Readonly<Record<string, string>> } => {
  const fields: Record<string, string> = {}
  for (const [, attributes = ""] of page.matchAll(/<input([^>]*)>/gu)) {
    const name = /name="([^"]*)"/u.exec(attributes)?.[1]
    const counts = attributes.includes("hidden") || attributes.includes("checked")
    if (name !== undefined && counts) fields[name] = unescaped(/value="([^"]*)"/u.exec(attributes)?.[1] ?? "")
  }
  return { action: unescaped(/<form[^>]*action="([^"]*)"/u.exec(page)?.[1] ?? ""), fields }
}

/** Opens the page and presses a button; the fields that the browser would post to the application. */
export const answered = async (
  server: RehearsalGraph,
  path: string,
  action = "accept"
): Promise<Readonly<Record<string, string>>> => {
  const page = await call(server, "GET", path, { token: "" })
  const form = formOf(page.text)
  const back = await postForm(server, form.action, { ...form.fields, action })
  const posted = formOf(back.text)
  return { ...posted.fields, to: posted.action }
}

export const tokens = (
  server: RehearsalGraph,
  fields: Readonly<Record<string, string>>,
  tenant = "common"
): Promise<Answer> =>
  postForm(server, `/${tenant}/oauth2/v2.0/token`, { client_id: server.clientId, ...fields })

export const exchanged = (
  server: RehearsalGraph,
  code: string,
  changes: Readonly<Record<string, string>> = {}
): Promise<Answer> =>
  tokens(server, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes
  })

/** What `AADSTS…` an answer is about. */
export const aadsts = ({ json }: Answer): number | undefined => json?.error_codes?.[0]

export const claimsOf = (token: string): any =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())
