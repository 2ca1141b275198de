import { isObject, textOf } from "@mailferry/oauth/Json.ts"
import * as Redacted from "effect/Redacted"

/** What the token endpoint gave. */
export interface Issued {
  readonly accessToken: Redacted.Redacted
  readonly lifeMillis: number
  /** A new one with every answer that has one; the one before stays good for a while. */
  readonly refreshToken: Redacted.Redacted | undefined
  /** Without the name of the service: `Mail.ReadWrite`. */
  readonly scopes: ReadonlyArray<string>
  /**
   * Names of the account in the id_token, which came straight from the endpoint over TLS and so needs no signature check
   * (OpenID Connect Core 3.1.3.7).
   */
  readonly names: ReadonlyArray<string>
}

const claimsOf = (jwt: string | undefined): unknown => {
  const [, payload = "", ...rest] = jwt?.split(".") ?? []
  if (rest.length !== 1) return undefined
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))
  } catch {
    return undefined
  }
}

/** `https://graph.microsoft.com/Mail.ReadWrite` is `Mail.ReadWrite`. */
const unqualified = (scope: string): string => scope.replace(/^https:\/\/[^/]+\/+/u, "")

/** Reads an answer; undefined where there is no token in it. */
export const issuedOf = (body: unknown): Issued | undefined => {
  const accessToken = textOf(body, "access_token")
  if (accessToken === undefined) return undefined
  const seconds = isObject(body) ? Number(body["expires_in"]) : 0
  const refreshToken = textOf(body, "refresh_token")
  const claims = claimsOf(textOf(body, "id_token"))
  const names = ["preferred_username", "email", "upn"].map((key) => textOf(claims, key))
  return {
    accessToken: Redacted.make(accessToken),
    lifeMillis: Number.isFinite(seconds) ? seconds * 1000 : 0,
    refreshToken: refreshToken === undefined ? undefined : Redacted.make(refreshToken),
    scopes: (textOf(body, "scope") ?? "").split(" ").filter(Boolean).map(unqualified),
    names: [...new Set(names.filter((name) => name !== undefined))]
  }
}
