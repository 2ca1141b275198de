import { randomBytes } from "node:crypto"

import { invalidGrant, OAuthError } from "../../oauth/OAuthError.ts"
import { type PkceChallenge, pkceMatches } from "../../oauth/Pkce.ts"
import type { AccessTokens } from "../AccessTokens.ts"

/** An OAuth client of type Desktop. Its secret is asked for though it is none. */
export interface OAuthClient {
  readonly id: string
  readonly secret: string
}

/** What an application asks a person for. */
export interface ConsentRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: ReadonlySet<string>
  readonly state: string | undefined
  readonly loginHint: string | undefined
  /** PKCE; undefined where the application does without. */
  readonly challenge: PkceChallenge | undefined
  readonly offline: boolean
  readonly prompt: ReadonlySet<string>
  readonly nonce: string | undefined
}

/** What a person allowed. */
export interface Grant {
  readonly clientId: string
  readonly user: string
  readonly scopes: ReadonlySet<string>
}

interface Code extends Grant {
  readonly request: ConsentRequest
  readonly expiresAt: number
  used: boolean
}

/** Milliseconds a code is good for. */
const codeLife = 10 * 60_000

/** Of more refresh tokens for one client and account the oldest ones die, without a word. */
const mostPerAccount = 100

/** Requests for consent, codes and refresh tokens. */
export class Grants {
  private readonly requests = new Map<string, ConsentRequest>()
  private readonly codes = new Map<string, Code>()
  private readonly refreshTokens = new Map<string, Grant>()
  private readonly known = new Set<string>()
  private readonly tokens: AccessTokens

  constructor(tokens: AccessTokens) {
    this.tokens = tokens
  }

  /** The name under which the consent page sends the answer to a request. */
  ask(request: ConsentRequest): string {
    const id = randomBytes(24).toString("base64url")
    this.requests.set(id, request)
    return id
  }

  /** A request that waits for its answer; it can be answered once. */
  answered(id: string): ConsentRequest | undefined {
    const request = this.requests.get(id)
    this.requests.delete(id)
    return request
  }

  code(request: ConsentRequest, user: string, scopes: ReadonlySet<string>): string {
    const code = `4/0A${randomBytes(36).toString("base64url")}`
    this.codes.set(code, {
      clientId: request.clientId,
      user,
      scopes,
      request,
      expiresAt: Date.now() + codeLife,
      used: false
    })
    return code
  }

  /** What a code stands for. A second use is refused. */
  redeem(code: string, redirectUri: string, verifier: string | undefined): Code {
    const found = this.codes.get(code)
    if (found === undefined) throw invalidGrant("Malformed auth code.")
    if (found.used || found.expiresAt < Date.now()) throw invalidGrant("Bad Request")
    // One that was tried wrongly is spent too.
    found.used = true
    if (found.request.redirectUri !== redirectUri)
      throw new OAuthError(400, "redirect_uri_mismatch", "Bad Request")
    const { challenge } = found.request
    if (challenge !== undefined) {
      if (verifier === undefined) throw invalidGrant("Missing code verifier.")
      if (!pkceMatches(challenge, verifier)) throw invalidGrant("Invalid code verifier.")
    }
    return found
  }

  /** Google gives one with the first consent, and later only where the application asks for consent again. */
  refreshTokenFor({ request, ...grant }: Code): string | undefined {
    const key = `${grant.clientId} ${grant.user}`
    const first = !this.known.has(key)
    this.known.add(key)
    return request.offline && (first || request.prompt.has("consent")) ? this.refreshToken(grant) : undefined
  }

  refreshToken(grant: Grant): string {
    const same = [...this.refreshTokens].filter(
      ([, each]) => each.clientId === grant.clientId && each.user === grant.user
    )
    for (const [oldest] of same.slice(0, Math.max(0, same.length - mostPerAccount + 1))) {
      this.refreshTokens.delete(oldest)
    }
    const token = `1//0${randomBytes(48).toString("base64url")}`
    this.refreshTokens.set(token, { clientId: grant.clientId, user: grant.user, scopes: grant.scopes })
    return token
  }

  refreshed(token: string): Grant {
    const grant = this.refreshTokens.get(token)
    if (grant === undefined) throw invalidGrant("Token has been expired or revoked.")
    return grant
  }

  /** Takes back the grant a refresh or access token belongs to. False where there is none. */
  revoke(token: string): boolean {
    const access = this.tokens.find(token)
    const refresh = this.refreshTokens.has(token) ? token : access?.from
    const grant = refresh === undefined ? undefined : this.refreshTokens.get(refresh)
    if (refresh !== undefined && grant !== undefined) {
      this.refreshTokens.delete(refresh)
      this.known.delete(`${grant.clientId} ${grant.user}`)
    }
    this.tokens.expire(({ value, from }) => value === token || (refresh !== undefined && from === refresh))
    return access !== undefined || grant !== undefined
  }

  /** Takes back all grants of a user, as a new password does. */
  revokeAll(user: string): void {
    for (const [token, grant] of this.refreshTokens) if (grant.user === user) this.revoke(token)
  }
}
