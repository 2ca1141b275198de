import { Whereabouts } from "@mailferry/oauth/CredentialStore.ts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import { GoogleEndpoint } from "./auth/GoogleEndpoint.ts"
import { accountAddress } from "./GmailAddress.ts"

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/** An e-mail address, so that a forgotten `@gmail.com` is found before anybody signs in. */
const Address = Schema.Trim.check(Schema.isPattern(/^[^\s@]+@[^\s@]+$/u, { expected: "an e-mail address" }))

/** One level of a label, or several joined by `/`. */
const Label = Schema.Trim.check(Schema.isPattern(/^[^/]+(?:\/[^/]+)*$/u, { expected: "a label" }))

const Colour = Schema.String.check(
  Schema.isPattern(/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/iu, { expected: 'a colour such as "#e66550"' })
)

const OneLevel = Schema.Trim.check(Schema.isPattern(/^[^/]+$/u, { expected: "one label, without a slash" }))

/** Where IMAP is asked in place of imap.gmail.com. */
const ImapEndpoint = Schema.Struct({
  host: Schema.Trim.check(Schema.isNonEmpty()),
  port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))),
  /** Path of a PEM file with the certificate to trust there. */
  certificate: Schema.optionalKey(Schema.NonEmptyString)
})

/** One Gmail or Google Workspace account, and how mail is to come into it. */
export const GmailConfig = Schema.Struct({
  user: Address,
  /** `api`: the Gmail API. `imap`: the fallback, at 500 MB a day. */
  transport: Schema.Literals(["api", "imap"]).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("api" as const))
  ),
  /** Where the sign-in or the service account's key lies. */
  credentials: Whereabouts.pipe(Schema.withDecodingDefaultKey(Effect.succeed("keychain"))),
  /** An access token used as it is; it cannot be renewed. Goes before `credentials`. */
  token: Schema.optionalKey(Secret),
  /** An app password, for `transport: imap` alone. */
  password: Schema.optionalKey(Secret),
  /** Other servers in Google's place. */
  endpoint: Schema.optionalKey(
    Schema.Struct({ ...GoogleEndpoint.fields, imap: Schema.optionalKey(ImapEndpoint) })
  ),
  /**
   * What Google lets the OAuth project use: 6,000 units a minute and user for those made since 2026-05-01, 15,000 for
   * older ones that were in use before.
   */
  project: Schema.Literals(["new", "established"]).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("new" as const))
  ),
  /** A label above all others: `Proton`. None when absent. */
  parent: Schema.optionalKey(OneLevel),
  /** Whether deleted mail goes to Gmail's Trash, which is emptied after 30 days, and not to `Proton/Trash`. */
  trash: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  /** `insert` stores without Gmail's scanning, threading and joining: the fallback for accounts that import refuses. */
  method: Schema.Literals(["import", "insert"]).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("import" as const))
  ),
  /** Colours by the labels' names as the plan shows them; the nearest of Gmail's palette is taken. */
  colours: Schema.Record(Schema.String, Colour).pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  /** A label that every message brought here gets besides its own, so that all of them can be seen together. */
  marker: Schema.optionalKey(Label)
}).check(
  Schema.makeFilter(({ password, token, transport }) => {
    if (password !== undefined && transport === "api") {
      return { path: ["password"], issue: "the API takes no password: sign in, or write transport: imap" }
    }
    if (password !== undefined && token !== undefined) {
      return { path: ["password"], issue: "give either a password or a token" }
    }
    return undefined
  })
)
export type GmailConfig = typeof GmailConfig.Type

/** The account, whatever way leads into it and however its address is spelt. */
export const accountIdOf = ({ user }: Pick<GmailConfig, "user">): string => `gmail:${accountAddress(user)}`
