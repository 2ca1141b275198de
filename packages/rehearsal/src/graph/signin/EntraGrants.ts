import { randomBytes } from "node:crypto"

import { type PkceChallenge, pkceMatches } from "../../oauth/Pkce.ts"
import type { AskedScopes } from "./AskedScopes.ts"
import { EntraError } from "./EntraError.ts"

export type ResponseMode = "form_post" | "fragment" | "query"

/** What an application asks a person for. */
export interface AuthorizeRequest {
  readonly clientId: string
  readonly tenant: string
  readonly redirectUri: string
  readonly asked: AskedScopes
  readonly state: string | undefined
  readonly nonce: string | undefined
  readonly loginHint: string | undefined
  readonly responseMode: ResponseMode
  readonly challenge: PkceChallenge | undefined
}

/** What a person allowed. */
export interface EntraGrant {
  readonly user: string
  readonly clientId: string
  readonly asked: AskedScopes
}

interface Code extends EntraGrant {
  readonly request: AuthorizeRequest
  readonly expiresAt: number
  used: boolean
}

/** Milliseconds a code is good for. */
const codeLife = 10 * 60_000

/** Requests for consent, codes and refresh tokens. */
export class EntraGrants {
  private readonly requests = new Map<string, AuthorizeRequest>()
  private readonly codes = new Map<string, Code>()
  private readonly refreshTokens = new Map<string, EntraGrant & { revoked: boolean }>()
  /** What was consented to, by application and account. */
  private readonly consents = new Map<string, Set<string>>()

  /** The name under which the page sends the answer to a request. */
  ask(request: AuthorizeRequest): string {
    const id = randomBytes(18).toString("base64url")
    this.requests.set(id, request)
    return id
  }

  /** A request that waits for its answer; it can be answered once. */
  answered(id: string): AuthorizeRequest | undefined {
    const request = this.requests.get(id)
    this.requests.delete(id)
    return request
  }

  /** Notes that a person agreed; everything agreed to before stays. */
  consent(clientId: string, user: string, asked: AskedScopes): void {
    const key = `${clientId} ${user}`
    const scopes = this.consents.get(key) ?? new Set()
    for (const name of asked.names) scopes.add(name)
    this.consents.set(key, scopes)
  }

  code(request: AuthorizeRequest, user: string): string {
    const code = `0.A${randomBytes(90).toString("base64url")}`
    const { clientId, asked } = request
    const expiresAt = Date.now() + codeLife
    this.codes.set(code, { user, clientId, asked, request, expiresAt, used: false })
    return code
  }

  redeem(code: string, clientId: string, redirectUri: string, verifier: string | undefined): Code {
    const found = this.codes.get(code)
    if (found === undefined || found.clientId !== clientId) throw new EntraError(70000, "'code'.")
    if (found.used) throw new EntraError(54005)
    if (found.expiresAt < Date.now()) throw new EntraError(70008)
    found.used = true
    const { challenge } = found.request
    if (found.request.redirectUri !== redirectUri) throw new EntraError(50011, "", { error: "invalid_grant" })
    if (challenge !== undefined) {
      if (verifier === undefined) throw new EntraError(50148)
      if (!pkceMatches(challenge, verifier)) throw new EntraError(501481)
    }
    return found
  }

  /** A new one each time; the one before stays good, as at Entra for applications that are no web pages. */
  refreshToken(grant: EntraGrant): string {
    const token = `1.A${randomBytes(120).toString("base64url")}`
    this.refreshTokens.set(token, { ...grant, revoked: false })
    return token
  }

  /** Fails where the token is none, was revoked, or more is asked for than was ever consented to. */
  refreshed(token: string, clientId: string, asked: AskedScopes | undefined): EntraGrant {
    const grant = this.refreshTokens.get(token)
    if (grant === undefined || grant.clientId !== clientId) throw new EntraError(70000, "'refresh_token'.")
    if (grant.revoked) throw new EntraError(50173, "", { suberror: "bad_token" })
    const wanted = asked === undefined || asked.names.has(".default") ? grant.asked : asked
    const consented = this.consents.get(`${clientId} ${grant.user}`) ?? grant.asked.names
    if ([...wanted.rights].some((name) => !consented.has(name))) {
      throw new EntraError(65001, "", { suberror: "consent_required" })
    }
    return { user: grant.user, clientId, asked: wanted }
  }

  /** Takes back all that a user granted, as a new password does. */
  revokeAll(user: string): void {
    for (const grant of this.refreshTokens.values()) if (grant.user === user) grant.revoked = true
  }
}
