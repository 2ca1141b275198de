import { createSign } from "node:crypto"
import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"

import { isLoopback } from "@mailferry/imap/Loopback.ts"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { OAuth2Client, OAuth2ClientOptions } from "google-auth-library"

import type { ServiceAccount } from "./GoogleCredentials.ts"
import type { GoogleUrls } from "./GoogleEndpoint.ts"

/** A client as the console made it. */
export interface GoogleClient {
  readonly id: string
  readonly secret: Redacted.Redacted
}

/** What the token endpoint gave. */
export interface Issued {
  readonly accessToken: Redacted.Redacted
  readonly lifeMillis: number
  /** Only in answer to a code. */
  readonly refreshToken: Redacted.Redacted | undefined
  readonly scopes: ReadonlyArray<string>
  /** Of the id_token, which came straight from the endpoint over TLS and so needs no signature check (OpenID Connect Core 3.1.3.7). */
  readonly email: string | undefined
}

/** What went wrong at the token endpoint, as data. Holds no request: that has the secrets in it. */
export interface TokenFault {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined
  /** `error` and `error_description` of RFC 6749 section 5.2. */
  readonly error: string
  readonly description: string
  /** Node's code for a connection that failed: `ENOTFOUND`, `TimeoutError`. */
  readonly code: string | undefined
}

const timeoutMillis = 30_000

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const textOf = (value: unknown, key: string): string | undefined => {
  const found = isObject(value) ? value[key] : undefined
  return typeof found === "string" && found !== "" ? found : undefined
}

const faultOf = (cause: unknown): TokenFault => {
  const response = isObject(cause) ? cause["response"] : undefined
  const status = isObject(response) ? response["status"] : undefined
  const data = isObject(response) ? response["data"] : undefined
  const inner = isObject(cause) && isObject(cause["cause"]) ? cause["cause"] : undefined
  return {
    status: typeof status === "number" ? status : undefined,
    error: textOf(data, "error") ?? "",
    description: textOf(data, "error_description") ?? "",
    code: textOf(cause, "code") ?? textOf(inner, "code") ?? textOf(inner, "name")
  }
}

/** The token endpoint itself, or the proxy that HTTPS_PROXY names for it; never one for this machine. */
const agentFor = (url: string): HttpAgent | HttpsAgent => {
  const { hostname, protocol } = new URL(url)
  if (protocol === "http:") return new HttpAgent()
  return new HttpsAgent(isLoopback(hostname) ? {} : { proxyEnv: process.env })
}

/**
 * A client of google-auth-library, loaded when the first token is needed. It knows these URLs and no other: the library
 * looks for a metadata server only through GoogleAuth, which is not used. It repeats nothing, since repeating is core's,
 * and follows no redirect, which would carry the secrets to another host.
 */
const clientOf = async (urls: GoogleUrls, options: OAuth2ClientOptions = {}): Promise<OAuth2Client> => {
  const { OAuth2Client } = await import("google-auth-library")
  const client = new OAuth2Client({
    ...options,
    endpoints: {
      oauth2AuthBaseUrl: urls.authorize,
      oauth2TokenUrl: urls.token,
      oauth2RevokeUrl: urls.revoke
    },
    transporterOptions: { timeout: timeoutMillis, agent: agentFor(urls.token), redirect: "error" }
  })
  client.transporter.interceptors.request.add({
    resolved: (request) => {
      // The library asks for three tries of every token request by this key.
      delete request.retryConfig
      return Promise.resolve(Object.assign(request, { retry: false }))
    }
  })
  return client
}

/** The consent page's address for one sign-in. `offline` and `consent` make Google give a refresh token every time. */
export const consentPage = (
  urls: GoogleUrls,
  client: GoogleClient,
  request: {
    readonly redirect: string
    readonly state: string
    readonly challenge: string
    readonly scopes: ReadonlyArray<string>
    readonly user: string
  }
): Effect.Effect<string> =>
  Effect.promise(async () => {
    const { CodeChallengeMethod } = await import("google-auth-library")
    const library = await clientOf(urls, { clientId: client.id })
    return library.generateAuthUrl({
      access_type: "offline",
      prompt: "consent",
      scope: [...request.scopes],
      login_hint: request.user,
      state: request.state,
      redirect_uri: request.redirect,
      code_challenge: request.challenge,
      code_challenge_method: CodeChallengeMethod.S256
    })
  })

const emailOf = (idToken: string | undefined): string | undefined => {
  const [, payload = ""] = idToken?.split(".") ?? []
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))
    return textOf(claims, "email")
  } catch {
    return undefined
  }
}

const issuedOf = (data: unknown, lifeMillis: number): Issued => {
  const accessToken = textOf(data, "access_token")
  if (accessToken === undefined) throw new Error("the token endpoint answered without an access token")
  const refreshToken = textOf(data, "refresh_token")
  return {
    accessToken: Redacted.make(accessToken),
    lifeMillis,
    refreshToken: refreshToken === undefined ? undefined : Redacted.make(refreshToken),
    scopes: textOf(data, "scope")?.split(" ") ?? [],
    email: emailOf(textOf(data, "id_token"))
  }
}

/** The library turns `expires_in` into a time of the wall clock. */
const lifeOf = (expiry: number | null | undefined): number =>
  typeof expiry === "number" ? Math.max(0, expiry - Date.now()) : 0

const attempt = <A>(request: () => Promise<A>): Effect.Effect<A, TokenFault> =>
  Effect.tryPromise({ try: request, catch: faultOf })

const credentialsOf = (client: GoogleClient) => ({
  clientId: client.id,
  clientSecret: Redacted.value(client.secret)
})

/** RFC 6749 section 6. */
export const refresh = (
  urls: GoogleUrls,
  client: GoogleClient,
  refreshToken: Redacted.Redacted
): Effect.Effect<Issued, TokenFault> =>
  attempt(async () => {
    const library = await clientOf(urls, credentialsOf(client))
    library.setCredentials({ refresh_token: Redacted.value(refreshToken) })
    const { credentials } = await library.refreshAccessToken()
    return issuedOf(credentials, lifeOf(credentials.expiry_date))
  })

/** RFC 6749 section 4.1.3 with the verifier of RFC 7636. */
export const exchangeCode = (
  urls: GoogleUrls,
  client: GoogleClient,
  grant: { readonly code: Redacted.Redacted; readonly verifier: Redacted.Redacted; readonly redirect: string }
): Effect.Effect<Issued, TokenFault> =>
  attempt(async () => {
    const library = await clientOf(urls, credentialsOf(client))
    const { tokens } = await library.getToken({
      code: Redacted.value(grant.code),
      codeVerifier: Redacted.value(grant.verifier),
      redirect_uri: grant.redirect
    })
    return issuedOf(tokens, lifeOf(tokens.expiry_date))
  })

/** RFC 7009. Revoking a refresh token ends its access tokens too. */
export const revoke = (urls: GoogleUrls, token: Redacted.Redacted): Effect.Effect<void, TokenFault> =>
  attempt(async () => {
    const library = await clientOf(urls)
    await library.revokeToken(Redacted.value(token))
  })

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")

/** RFC 7523 section 3, signed RS256. Google allows an hour at most. */
const assertionOf = (
  account: ServiceAccount,
  subject: string,
  scopes: ReadonlyArray<string>,
  url: string
) => {
  const now = Math.floor(Date.now() / 1000)
  const { private_key_id: kid } = account
  const header = { alg: "RS256", typ: "JWT", ...(kid === undefined ? {} : { kid }) }
  const claims = {
    iss: account.client_email,
    sub: subject,
    scope: scopes.join(" "),
    aud: url,
    iat: now,
    exp: now + 3600
  }
  const text = `${base64url(header)}.${base64url(claims)}`
  const signature = createSign("RSA-SHA256")
    .update(text)
    .sign(Redacted.value(account.private_key), "base64url")
  return `${text}.${signature}`
}

/**
 * A token for one user of a Workspace domain, by domain-wide delegation. Signed here because google-auth-library 11.3.4
 * sends its own assertions to oauth2.googleapis.com whatever the endpoints say (gtoken/getToken.js).
 */
export const impersonate = (
  urls: GoogleUrls,
  account: ServiceAccount,
  subject: string,
  scopes: ReadonlyArray<string>
): Effect.Effect<Issued, TokenFault> =>
  attempt(async () => {
    const library = await clientOf(urls)
    const { data } = await library.transporter.request<unknown>({
      url: urls.token,
      method: "POST",
      responseType: "json",
      data: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: assertionOf(account, subject, scopes, urls.token)
      })
    })
    const seconds = isObject(data) ? data["expires_in"] : undefined
    return issuedOf(data, typeof seconds === "number" ? seconds * 1000 : 0)
  })
