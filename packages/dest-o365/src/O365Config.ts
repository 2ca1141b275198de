import { Whereabouts } from "@mailferry/oauth/CredentialStore.ts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import { MicrosoftEndpoint } from "./MicrosoftEndpoint.ts"

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/** An e-mail address, so that a forgotten `@example.com` is found before anybody signs in. */
const Address = Schema.Trim.check(Schema.isPattern(/^[^\s@]+@[^\s@]+$/u, { expected: "an e-mail address" }))

const Colour = Schema.String.check(
  Schema.isPattern(/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/iu, { expected: 'a colour such as "#e66550"' })
)

/** Where IMAP is asked in place of outlook.office365.com. */
const ImapEndpoint = Schema.Struct({
  host: Schema.Trim.check(Schema.isNonEmpty()),
  port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))),
  /** Path of a PEM file with the certificate to trust there. */
  certificate: Schema.optionalKey(Schema.NonEmptyString)
})

/** One mailbox of Exchange Online or Outlook.com, and how mail is to come into it. */
export const O365Config = Schema.Struct({
  user: Address,
  /** `graph`: Microsoft Graph. `imap`: the fallback, where a tenant has it switched on. */
  transport: Schema.Literals(["graph", "imap"]).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("graph" as const))
  ),
  /** Where the sign-in or the application's certificate lies. */
  credentials: Whereabouts.pipe(Schema.withDecodingDefaultKey(Effect.succeed("keychain"))),
  /** An access token used as it is; it cannot be renewed. Goes before `credentials`. */
  token: Schema.optionalKey(Secret),
  /** Other servers in Microsoft's place. */
  endpoint: Schema.optionalKey(
    Schema.Struct({ ...MicrosoftEndpoint.fields, imap: Schema.optionalKey(ImapEndpoint) })
  ),
  /**
   * Which messages have the whole of their original attached as `original.eml`: those that Exchange would break
   * (signed, encrypted) and that cannot go by IMAP, all, or none.
   */
  original: Schema.Literals(["when-needed", "always", "never"]).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("when-needed" as const))
  ),
  /** Colours by the labels' names; the nearest of the 25 that categories have is taken. */
  colours: Schema.Record(Schema.String, Colour).pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))
})
export type O365Config = typeof O365Config.Type

/** The account, whatever way leads into it. */
export const accountIdOf = ({ user }: Pick<O365Config, "user">): string => `o365:${user.toLowerCase()}`
