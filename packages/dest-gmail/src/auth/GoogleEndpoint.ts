import { isLoopback } from "@mailferry/imap/Loopback.ts"
import * as Schema from "effect/Schema"

/** Credentials go there, so in the clear only to this machine. */
const ServerUrl = Schema.String.check(
  Schema.makeFilter((text) => {
    const url = URL.parse(text)
    if (url === null) return "expected a URL"
    if (url.protocol === "https:") return undefined
    return url.protocol === "http:" && isLoopback(url.hostname.replace(/^\[|\]$/gu, ""))
      ? undefined
      : "expected https (http is for this machine only)"
  })
)

/** Other servers in Google's place: a rehearsal, a test, a proxy that ends TLS. */
export const GoogleEndpoint = Schema.Struct({
  /** Where `/gmail/v1` and `/upload/gmail/v1` are. */
  api: Schema.optionalKey(ServerUrl),
  /** The token endpoint's whole URL. */
  token: Schema.optionalKey(ServerUrl),
  /** The consent page's whole URL. When absent, `/o/oauth2/v2/auth` beside `token`. */
  authorize: Schema.optionalKey(ServerUrl)
})
export type GoogleEndpoint = typeof GoogleEndpoint.Type

/** Every URL that sign-in and token requests go to. There is no other. */
export interface GoogleUrls {
  readonly api: string
  readonly authorize: string
  readonly token: string
  readonly revoke: string
}

/** https://accounts.google.com/.well-known/openid-configuration, as google-auth-library 11.3.4 has them too. */
const google: GoogleUrls = {
  api: "https://gmail.googleapis.com",
  authorize: "https://accounts.google.com/o/oauth2/v2/auth",
  token: "https://oauth2.googleapis.com/token",
  revoke: "https://oauth2.googleapis.com/revoke"
}

/** Whoever replaces the token endpoint replaces the pages beside it: nothing of such a sign-in reaches Google. */
export const urlsOf = ({ api, authorize, token }: GoogleEndpoint = {}): GoogleUrls => {
  const beside = (path: string, otherwise: string) =>
    token === undefined ? otherwise : new URL(path, token).href
  return {
    api: (api ?? google.api).replace(/\/+$/u, ""),
    authorize: authorize ?? beside("/o/oauth2/v2/auth", google.authorize),
    token: token ?? google.token,
    revoke: beside("/revoke", google.revoke)
  }
}
