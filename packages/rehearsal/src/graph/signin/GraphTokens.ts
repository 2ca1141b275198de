import { randomBytes, randomUUID } from "node:crypto"

import { signJwt } from "../../oauth/Jwt.ts"
import { GraphError } from "../GraphError.ts"

/** Whom a token is for. */
export const graphAudience = "https://graph.microsoft.com"
export const outlookAudience = "https://outlook.office.com"

export interface GraphToken {
  readonly value: string
  /** Address of the account; undefined for an application by itself. */
  readonly user: string | undefined
  /** Delegated permissions, or the application's. */
  readonly scopes: ReadonlySet<string>
  readonly audience: string
  /** Milliseconds since 1970; Infinity for one that does not expire. */
  expiresAt: number
  /** The refresh token it came from. */
  readonly from: string | undefined
}

export interface NewToken {
  readonly user: string | undefined
  readonly scopes: ReadonlySet<string>
  readonly audience?: string
  readonly clientId?: string
  readonly seconds?: number
  readonly from?: string | undefined
}

const challenge =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"'

const refused = (message: string): GraphError =>
  new GraphError(401, "InvalidAuthenticationToken", message, { "www-authenticate": challenge })

/** The access tokens the sign-in issued. */
export class GraphTokens {
  private readonly issued = new Map<string, GraphToken>()
  private readonly personal: boolean

  constructor(personal: boolean) {
    this.personal = personal
  }

  issue({
    user,
    scopes,
    audience = graphAudience,
    clientId,
    seconds = Infinity,
    from
  }: NewToken): GraphToken {
    const now = Math.floor(Date.now() / 1000)
    const rights = [...scopes].join(" ")
    // Those of personal accounts say nothing to anybody.
    const value = this.personal
      ? `EwB${randomBytes(400).toString("base64url")}`
      : signJwt({
          aud: audience,
          iss: "https://sts.windows.net/rehearsal/",
          appid: clientId,
          idtyp: user === undefined ? "app" : "user",
          ...(user === undefined ? { roles: [...scopes] } : { scp: rights, upn: user }),
          iat: now,
          exp: now + Math.min(seconds, 1e9),
          uti: randomUUID()
        })
    const token = { value, user, scopes, audience, expiresAt: Date.now() + seconds * 1000, from }
    this.issued.set(value, token)
    return token
  }

  /** The token of an `Authorization: Bearer` field. Fails with 401. */
  authenticate(field: string | undefined): GraphToken {
    const [, value] = /^Bearer (\S+)$/iu.exec(field ?? "") ?? []
    if (value === undefined) throw refused("Access token is empty.")
    const token = this.issued.get(value)
    if (token === undefined) {
      throw refused(
        value.split(".").length === 3 || value.startsWith("EwB")
          ? "Access token validation failure. Invalid signature."
          : "IDX14100: JWT is not well formed, there are no dots (.)."
      )
    }
    if (token.audience !== graphAudience) throw refused("Access token validation failure. Invalid audience.")
    if (token.expiresAt <= Date.now()) throw refused("Lifetime validation failed, the token is expired.")
    return token
  }

  /** A token that is good for this audience now. */
  find(value: string, audience: string): GraphToken | undefined {
    const token = this.issued.get(value)
    return token?.audience === audience && token.expiresAt > Date.now() ? token : undefined
  }

  /** Those for which it holds are expired from now on. */
  expire(which: (token: GraphToken) => boolean): void {
    for (const token of this.issued.values()) if (which(token)) token.expiresAt = 0
  }
}
