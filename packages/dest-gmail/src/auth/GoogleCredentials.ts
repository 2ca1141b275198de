import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/** What a sign-in leaves, in Google's own form (`gcloud auth application-default login` writes the same) and three facts more. */
export const AuthorizedUser = Schema.Struct({
  type: Schema.Literal("authorized_user"),
  client_id: Schema.NonEmptyString,
  client_secret: Secret,
  refresh_token: Secret,
  /** The e-mail address that signed in. */
  account: Schema.optionalKey(Schema.String),
  /** Granted scopes, by blanks. */
  scope: Schema.optionalKey(Schema.String),
  /** When it was granted, ISO 8601. */
  granted: Schema.optionalKey(Schema.String)
})
export type AuthorizedUser = typeof AuthorizedUser.Type

/** A service account's key as the console gives it. Its `token_uri` is not followed: requests go to the configured endpoint. */
export const ServiceAccount = Schema.Struct({
  type: Schema.Literal("service_account"),
  client_id: Schema.NonEmptyString,
  client_email: Schema.NonEmptyString,
  private_key: Secret,
  private_key_id: Schema.optionalKey(Schema.String)
})
export type ServiceAccount = typeof ServiceAccount.Type

const Credentials = Schema.fromJsonString(Schema.Union([AuthorizedUser, ServiceAccount]))

/** None for anything else, without a word of what it held. */
export const decodeCredentials = (text: Redacted.Redacted): Option.Option<AuthorizedUser | ServiceAccount> =>
  Schema.decodeUnknownOption(Credentials)(Redacted.value(text))

const AuthorizedUserText = Schema.fromJsonString(AuthorizedUser)

/** The only place where the secrets of a sign-in become text: it goes into the credential store and nowhere else. */
export const encodeAuthorizedUser = (user: AuthorizedUser): Redacted.Redacted =>
  Redacted.make(Schema.encodeSync(AuthorizedUserText)(user))
