import { randomBytes } from "node:crypto"

import { ApiError } from "./ApiError.ts"

export interface AccessToken {
  readonly value: string
  /** The address whose mailbox `me` is; undefined for a service account that speaks for itself, which has none. */
  readonly user: string | undefined
  readonly scopes: ReadonlySet<string>
  /** Milliseconds since 1970; Infinity for one that does not expire. */
  readonly expiresAt: number
  /** The refresh token it came from. */
  readonly from: string | undefined
}

const documentation = "See https://developers.google.com/identity/sign-in/web/devconsole-project."
const expected = "Expected OAuth 2 access token, login cookie or other valid authentication credential."

const missing = (): ApiError =>
  new ApiError({
    code: 401,
    message: `Request is missing required authentication credential. ${expected} ${documentation}`,
    reason: "required",
    entry: { message: "Login Required.", location: "Authorization", locationType: "header" },
    headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/"' }
  })

const invalid = (): ApiError =>
  new ApiError({
    code: 401,
    message: `Request had invalid authentication credentials. ${expected} ${documentation}`,
    reason: "authError",
    entry: { message: "Invalid Credentials", location: "Authorization", locationType: "header" },
    headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"' }
  })

/** The access tokens this server issued. */
export class AccessTokens {
  private readonly live = new Map<string, AccessToken>()

  /** `seconds`: how long it lives. */
  issue(
    user: string | undefined,
    scopes: ReadonlySet<string>,
    seconds = Infinity,
    from?: string
  ): AccessToken {
    const value = `ya29.${randomBytes(48).toString("base64url")}`
    const token: AccessToken = { value, user, scopes, expiresAt: Date.now() + seconds * 1000, from }
    this.live.set(value, token)
    return token
  }

  find(value: string): AccessToken | undefined {
    const token = this.live.get(value)
    return token !== undefined && token.expiresAt > Date.now() ? token : undefined
  }

  /** The token of an `Authorization: Bearer` field. */
  authenticate(field: string | undefined): AccessToken {
    if (field === undefined) throw missing()
    const token = this.find(/^Bearer (\S+)$/iu.exec(field)?.[1] ?? "")
    if (token === undefined) throw invalid()
    return token
  }

  /** All that were issued so far are worth nothing from now on. */
  expireAll(): void {
    this.live.clear()
  }

  /** Those for which it holds are worth nothing from now on. */
  expire(which: (token: AccessToken) => boolean): void {
    for (const [value, token] of this.live) if (which(token)) this.live.delete(value)
  }
}
