import { keyId, signingKeys } from "../../oauth/Jwt.ts"
import type { OAuthClient } from "./Grants.ts"
import type { SignInSettings } from "./SignIn.ts"

export interface ClientFile {
  readonly installed: Readonly<Record<string, string | ReadonlyArray<string>>>
}

export type ServiceAccountFile = Readonly<
  Record<
    | "type"
    | "project_id"
    | "private_key_id"
    | "private_key"
    | "client_email"
    | "client_id"
    | "auth_uri"
    | "token_uri"
    | "universe_domain",
    string
  >
>

export type AuthorizedUser = Readonly<
  Record<"type" | "client_id" | "client_secret" | "refresh_token", string>
>

/** `client_secret_….json` of a Desktop client. */
export const clientFile = ({ client }: SignInSettings, url: string): ClientFile => ({
  installed: {
    client_id: client.id,
    project_id: "rehearsal-project",
    auth_uri: `${url}/o/oauth2/v2/auth`,
    token_uri: `${url}/token`,
    auth_provider_x509_cert_url: `${url}/oauth2/v3/certs`,
    client_secret: client.secret,
    redirect_uris: ["http://localhost"]
  }
})

/** The JSON key of a service account. */
export const serviceAccountFile = ({ serviceAccount }: SignInSettings, url: string): ServiceAccountFile => ({
  type: "service_account",
  project_id: "rehearsal-project",
  private_key_id: keyId,
  private_key: signingKeys().privateKey,
  client_email: serviceAccount.email,
  client_id: serviceAccount.clientId,
  auth_uri: `${url}/o/oauth2/v2/auth`,
  token_uri: `${url}/token`,
  universe_domain: "googleapis.com"
})

/** What Google's libraries keep of a person who signed in. */
export const authorizedUserFile = (client: OAuthClient, refreshToken: string): AuthorizedUser => ({
  type: "authorized_user",
  client_id: client.id,
  client_secret: client.secret,
  refresh_token: refreshToken
})
