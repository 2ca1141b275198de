import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import { isLoopback } from "./Loopback.ts"

/** How the connection is protected: TLS from the first octet, TLS by STARTTLS, or not at all (this machine only). */
export const Security = Schema.Literals(["tls", "starttls", "none"])
export type Security = typeof Security.Type

const Port = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))

/** How to reach one account on any IMAP server. Password or token: exactly one of them. */
export const ImapConfig = Schema.Struct({
  host: Schema.Trim.check(Schema.isNonEmpty()),
  /** 993 for `tls`, 143 otherwise, when absent (RFC 8314 section 3.2, RFC 9051 section 2.1). */
  port: Schema.optionalKey(Port),
  security: Security.pipe(Schema.withDecodingDefaultKey(Effect.succeed("tls" as const))),
  user: Schema.Trim.check(Schema.isNonEmpty()),
  password: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  /** An OAuth 2 access token, sent by XOAUTH2 or OAUTHBEARER, whichever the server offers. */
  token: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  /** Path of a PEM file with the server's certificate, or the CA's, to trust instead of the system's CAs. */
  certificate: Schema.optionalKey(Schema.NonEmptyString),
  /** Connections at most. Servers allow 4 (Courier) to 20 (Exchange) for each user and address. */
  connections: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 32 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(4))
  )
}).check(
  Schema.makeFilter((config) => {
    if (config.security === "none" && !isLoopback(config.host)) {
      return {
        path: ["security"],
        issue: `"none" sends the password and every message in the clear, so it is for this machine only, not for "${config.host}"`
      }
    }
    if ((config.password === undefined) === (config.token === undefined)) {
      return { path: ["password"], issue: "give either a password or a token" }
    }
    return undefined
  })
)
export type ImapConfig = typeof ImapConfig.Type

export const portOf = ({ port, security }: Pick<ImapConfig, "port" | "security">): number =>
  port ?? (security === "tls" ? 993 : 143)

/** IMAP's own ports (RFC 8314 section 3.2, RFC 9051 section 2.1): two ways to one server. */
const usualPorts = new Set([143, 993])

/**
 * The account, however its secret and its usual port change: `imap:you@example.net@imap.example.net`. An unusual port
 * belongs to it, and every port of this machine: two forwarded ports lead to two servers.
 */
export const accountIdOf = (config: Pick<ImapConfig, "host" | "port" | "security" | "user">): string => {
  const host = config.host.toLowerCase()
  const port = portOf(config)
  const place = isLoopback(host) || !usualPorts.has(port) ? `${host}:${port}` : host
  return `imap:${config.user.toLowerCase()}@${place}`
}
