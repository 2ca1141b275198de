import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/** `common`, `organizations`, `consumers`, or a directory's id or domain. */
export const Tenant = Schema.Trim.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9.-]*$/iu, {
    expected: "common, organizations, consumers, or a directory's id or domain"
  })
)

/** What a person's sign-in leaves. */
export const SignInCredentials = Schema.Struct({
  kind: Schema.Literal("sign-in"),
  /** The application's id. A public client: it has no secret. */
  client: Schema.NonEmptyString,
  tenant: Tenant,
  refresh_token: Secret,
  /** The account that signed in. */
  account: Schema.NonEmptyString,
  /** Granted scopes, by blanks. */
  scope: Schema.String,
  /** When it was granted, ISO 8601. */
  granted: Schema.String
})
export type SignInCredentials = typeof SignInCredentials.Type

/** An application that acts by itself. A person may have written it, so it says no more than it must. */
export const ApplicationCredentials = Schema.Struct({
  kind: Schema.optionalKey(Schema.Literal("application")),
  tenant: Tenant,
  client: Schema.NonEmptyString,
  /** Path of a PEM file with the private key, and with the certificate unless there is a thumbprint. */
  certificate: Schema.NonEmptyString,
  /** SHA-1 or SHA-256 of the certificate in hexadecimal, as the portal shows it. */
  thumbprint: Schema.optionalKey(Schema.NonEmptyString),
  /** Whether it may use IMAP too (IMAP.AccessAsApp). */
  imap: Schema.optionalKey(Schema.Boolean)
})
export type ApplicationCredentials = typeof ApplicationCredentials.Type

export type MicrosoftCredentials = ApplicationCredentials | SignInCredentials

const Credentials = Schema.fromJsonString(Schema.Union([SignInCredentials, ApplicationCredentials]))

export const isApplication = (credentials: MicrosoftCredentials): credentials is ApplicationCredentials =>
  credentials.kind !== "sign-in"

/** None for anything else, without a word of what it held. */
export const decodeCredentials = (text: Redacted.Redacted): Option.Option<MicrosoftCredentials> =>
  Schema.decodeUnknownOption(Credentials)(Redacted.value(text))

/** The only place where the secrets of a sign-in become text: it goes into the credential store and nowhere else. */
export const encodeCredentials = (credentials: MicrosoftCredentials): Redacted.Redacted =>
  Redacted.make(Schema.encodeSync(Credentials)(credentials))
