import { verifyJwt } from "../../oauth/Jwt.ts"
import { invalidGrant, invalidRequest, OAuthError } from "../../oauth/OAuthError.ts"
import { scopesOf } from "../GmailScope.ts"

/** Google's own name for its token endpoint, which some libraries put into every assertion. */
const googleAudience = "https://oauth2.googleapis.com/token"

/** Seconds an assertion may live, and those by which clocks may differ. */
const longestLife = 3600
const skew = 300

export interface ServiceAccountIdentity {
  readonly email: string
  readonly clientId: string
}

export interface Delegated {
  /** Undefined where the account speaks for itself. */
  readonly user: string | undefined
  readonly scopes: ReadonlySet<string>
}

/**
 * Reads an assertion (RFC 7523) of a service account. `delegated`: the scopes the domain's administrator entered for it;
 * one that is asked for and missing there spoils all.
 */
export const delegatedBy = (
  assertion: string,
  account: ServiceAccountIdentity,
  tokenUrl: string,
  users: ReadonlySet<string>,
  delegated: ReadonlySet<string>
): Delegated => {
  const claims = verifyJwt(assertion)
  if (claims === undefined || claims["iss"] !== account.email) throw invalidGrant("Invalid JWT Signature.")
  const { aud, iat, exp, sub, scope } = claims
  const now = Date.now() / 1000
  if (aud !== tokenUrl && aud !== googleAudience) {
    throw invalidGrant("Invalid JWT: Failed audience check.")
  }
  const timely =
    typeof iat === "number" &&
    typeof exp === "number" &&
    iat <= now + skew &&
    exp > now - skew &&
    exp - iat <= longestLife
  if (!timely) {
    throw invalidGrant(
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
    )
  }
  const scopes = scopesOf(typeof scope === "string" ? scope : "")
  if (scopes.size === 0) throw invalidRequest("Invalid OAuth scope or ID token audience provided.")
  if (sub === undefined) return { user: undefined, scopes }
  const user = typeof sub === "string" ? sub.toLowerCase() : ""
  if (!user.includes("@")) throw invalidGrant("Not a valid email.")
  if (!users.has(user)) throw invalidGrant("Invalid email or User ID")
  if (![...scopes].every((each) => delegated.has(each))) {
    throw new OAuthError(
      401,
      "unauthorized_client",
      "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested."
    )
  }
  return { user, scopes }
}
