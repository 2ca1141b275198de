import { isLoopback } from "@mailferry/imap/Loopback.ts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const refusedHost = (host: string): string =>
  /(^|\.)(proton(mail)?\.(com|me|ch)|pm\.me)$/iu.test(host)
    ? `"${host}" is Proton's own server, which speaks no IMAP. Proton Mail Bridge on this machine does: leave "host" out.`
    : `"${host}" is not this machine. Bridge listens on 127.0.0.1 only and hands out decrypted mail; ` +
      `if a forwarder of your own leads to it, set "allowRemoteBridge: true" and "certificate".`

/**
 * How to reach one account in Proton Mail Bridge. `user` and `password` are enough: the rest has Bridge's defaults
 * or is found by looking.
 */
export const BridgeConfig = Schema.Struct({
  /** Any enabled address of the account, in full. Bridge refuses the bare Proton name and `+` variants. */
  user: Schema.Trim.check(Schema.isNonEmpty()),
  /** The password Bridge shows for the account: 22 characters of base64url, never the Proton password. */
  password: Schema.RedactedFromValue(Schema.Trim.check(Schema.isNonEmpty())),
  host: Schema.Trim.check(Schema.isNonEmpty()).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("127.0.0.1"))
  ),
  /** IMAP port. When absent, 1143-1163, 1201 and 1202 are tried: those Bridge itself chooses from come first. */
  port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))),
  /** Bridge's "Connection mode". When absent, whichever answers. */
  security: Schema.optionalKey(Schema.Literals(["starttls", "tls"])),
  /** Path of the `cert.pem` Bridge exports. When absent the certificate met first is remembered and required from then on. */
  certificate: Schema.optionalKey(Schema.NonEmptyString),
  /** Whether `host` may be another machine. Needs `certificate`: nothing is trusted on first sight over a network. */
  allowRemoteBridge: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  /** Keep the `X-Pm-Gluon-Id` line, which names a copy in Bridge's local database and means nothing elsewhere. */
  keepGluonId: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  /** Drop the reference to itself that Bridge adds to every message: `<Proton id@protonmail.internalid>`. */
  dropInternalReference: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  /** Connections at most. Bridge sets no limit, but already spreads one FETCH over every core. */
  connections: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(3))
  )
}).check(
  Schema.makeFilter((config) => {
    if (isLoopback(config.host)) return undefined
    if (!config.allowRemoteBridge) return { path: ["host"], issue: refusedHost(config.host) }
    return config.certificate === undefined
      ? {
          path: ["certificate"],
          issue: `needed for a Bridge on "${config.host}": export it in Bridge's settings`
        }
      : undefined
  })
)
export type BridgeConfig = typeof BridgeConfig.Type
