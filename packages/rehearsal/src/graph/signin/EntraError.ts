import { randomUUID } from "node:crypto"

/** OAuth's word for an error of Entra's, and its own sentence (learn.microsoft.com/entra, AADSTS error codes). */
const known: Readonly<Record<number, readonly [string, string]>> = {
  16000: ["interaction_required", "The user is signed in with another account than the one asked for."],
  28000: [
    "invalid_scope",
    "Provided value for the input parameter scope is not valid because it contains more than one resource."
  ],
  50011: [
    "invalid_request",
    "The redirect URI specified in the request does not match the redirect URIs configured for the application."
  ],
  50013: ["invalid_grant", "Assertion failed signature validation."],
  50020: [
    "invalid_request",
    "User account from the identity provider does not exist in the tenant and cannot access the application."
  ],
  50034: ["invalid_grant", "The user account does not exist in the directory."],
  50058: ["login_required", "A silent sign-in request was sent but no user is signed in."],
  50059: [
    "invalid_request",
    "No tenant-identifying information found in either the request or implied by any provided credentials."
  ],
  50076: [
    "invalid_grant",
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'."
  ],
  50148: [
    "invalid_grant",
    "The code_verifier is missing, though the authorization request had a code_challenge."
  ],
  501481: [
    "invalid_grant",
    "The Code_Verifier does not match the code_challenge supplied in the authorization request."
  ],
  50173: [
    "invalid_grant",
    "The provided grant has expired due to it being revoked, a fresh auth token is needed."
  ],
  53003: [
    "invalid_grant",
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."
  ],
  54005: [
    "invalid_grant",
    "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."
  ],
  65001: [
    "invalid_grant",
    "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource."
  ],
  65004: ["access_denied", "User declined to consent to access the app."],
  70000: ["invalid_grant", "The provided value for the input parameter is not valid."],
  70008: [
    "invalid_grant",
    "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource."
  ],
  70011: ["invalid_scope", "The provided value for the input parameter 'scope' is not valid."],
  70016: [
    "authorization_pending",
    "OAuth 2.0 device flow error. Authorization is pending. Continue polling."
  ],
  70018: [
    "bad_verification_code",
    "Invalid verification code due to user typing in wrong user code for device code flow."
  ],
  70019: ["expired_token", "Verification code expired."],
  70003: ["unsupported_grant_type", "The app requested an unsupported grant type."],
  700016: ["unauthorized_client", "Application was not found in the directory."],
  700024: ["invalid_client", "Client assertion is not within its valid time range."],
  700025: [
    "invalid_client",
    "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
  ],
  700027: [
    "invalid_client",
    "The certificate with identifier used to sign the client assertion is not registered on application."
  ],
  700212: ["invalid_client", "No matching federated identity record found for presented assertion audience."],
  7000215: ["invalid_client", "Invalid client secret provided."],
  7000218: [
    "invalid_client",
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
  ],
  90014: ["invalid_request", "The required field is missing from the credential."],
  90023: ["slow_down", "The client polls too often."],
  90094: [
    "access_denied",
    "The grant requires admin permission: an administrator has to consent before this application can be used."
  ],
  900144: ["invalid_request", "The request body must contain a parameter that is missing."],
  9002313: ["invalid_request", "Invalid request. Request is malformed or invalid."],
  1002012: [
    "invalid_scope",
    "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
  ]
}

/** A refusal of Microsoft's sign-in, with the number by which everybody looks it up. */
export class EntraError extends Error {
  /** `AADSTS` and this. */
  readonly number: number
  readonly error: string
  readonly suberror: string | undefined
  readonly status: number

  constructor(
    number: number,
    detail = "",
    options: { readonly error?: string; readonly suberror?: string } = {}
  ) {
    const [error = "invalid_request", words = ""] = known[number] ?? []
    super(`AADSTS${number}: ${words}${detail === "" ? "" : ` ${detail}`}`)
    this.number = number
    this.error = options.error ?? error
    this.suberror = options.suberror
    this.status = this.error === "invalid_client" ? 401 : 400
  }

  /** The JSON of the token endpoint. `correlation`: `client-request-id` of the request. */
  body(correlation: string): object {
    const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`
    const trace = randomUUID()
    return {
      error: this.error,
      error_description: `${this.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [this.number],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${this.number}`,
      ...(this.suberror === undefined ? {} : { suberror: this.suberror })
    }
  }
}

/** Those whose words at OAuth's depend on who asks. */
export const missing = (name: string): EntraError => new EntraError(900144, `'${name}'.`)
