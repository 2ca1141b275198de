import { textOf } from "@mailferry/oauth/Json.ts"
import * as Redacted from "effect/Redacted"

import { NoToken } from "./TokenFault.ts"

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

const emailOf = (idToken: string | undefined): string | undefined => {
  const [, payload = ""] = idToken?.split(".") ?? []
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))
    return textOf(claims, "email")
  } catch {
    return undefined
  }
}

/** Reads the endpoint's answer. Throws NoToken where there is none in it. */
export const issuedOf = (data: unknown, lifeMillis: number): Issued => {
  const accessToken = textOf(data, "access_token")
  if (accessToken === undefined) throw new NoToken()
  const refreshToken = textOf(data, "refresh_token")
  return {
    accessToken: Redacted.make(accessToken),
    lifeMillis,
    refreshToken: refreshToken === undefined ? undefined : Redacted.make(refreshToken),
    scopes: textOf(data, "scope")?.split(" ") ?? [],
    email: emailOf(textOf(data, "id_token"))
  }
}
