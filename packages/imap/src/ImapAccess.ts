import { readFile } from "node:fs/promises"

import { Fatal, MailError, type MailErrorReason } from "@mailferry/core/MailError.ts"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

import { type ImapConfig, portOf, type Security } from "./ImapConfig.ts"
import type { ImapFailure } from "./ImapFailure.ts"

export type Credentials =
  | { readonly _tag: "Password"; readonly password: Redacted.Redacted }
  /** Asked for at each login, so that whoever owns the token may renew it. */
  | { readonly _tag: "Token"; readonly token: Effect.Effect<Redacted.Redacted, MailErrorReason> }

/** Where and as whom to log in, and what to trust there. */
export interface ImapAccess {
  /** The adapter's kind, for its errors and its reader. */
  readonly kind: string
  /** The account as a person would say it. Safe to print. */
  readonly account: string
  readonly host: string
  readonly port: number
  readonly security: Security
  readonly user: string
  readonly credentials: Credentials
  /** PEM certificates trusted instead of the system's CAs; each may be a CA's or the server's own. */
  readonly certificates?: ReadonlyArray<string>
  /**
   * SHA-256 fingerprints (upper-case hex pairs joined by `:`) one of which the server's certificate must have. Names
   * in the certificate do not matter then; its chain still does, so a self-signed one belongs into `certificates`.
   */
  readonly fingerprints?: ReadonlySet<string>
  /** Name for SNI and for the certificate, where it is not `host`. */
  readonly servername?: string
  /** Forces LOGIN or a SASL mechanism. When absent, AUTHENTICATE where it is offered. */
  readonly loginMethod?: "LOGIN" | "AUTH=PLAIN" | "AUTH=LOGIN"
  /** Longest wait from the first packet to the end of the login. 90 s when absent: a busy Bridge may take 60 s to answer LOGIN. */
  readonly loginTimeout?: Duration.Duration
  /** What a failure means where the general table does not know better. `undefined` leaves it to the table. */
  readonly reasonOf?: (failure: ImapFailure) => MailErrorReason | undefined
}

/** The certificates in a PEM file. Reads it once. */
export const readCertificates = (
  kind: string,
  path: string
): Effect.Effect<ReadonlyArray<string>, MailError> => {
  const fatal = (detail: string, cause?: unknown) =>
    new MailError({
      adapter: kind,
      operation: "connect",
      reason: new Fatal({
        detail,
        advice:
          "Name a PEM file with the server's certificate, or leave the key out to trust the system's CAs.",
        cause
      })
    })
  return Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) => fatal(`cannot read the certificate file ${path}`, cause)
  }).pipe(
    Effect.map((text) => text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/gu) ?? []),
    Effect.filterOrFail(
      (certificates) => certificates.length > 0,
      () => fatal(`${path} holds no certificate`)
    )
  )
}

/** The access a config describes. Reads the certificate file and connects to nothing. */
export const accessOf = Effect.fnUntraced(function* (
  kind: string,
  config: ImapConfig
): Effect.fn.Return<ImapAccess, MailError> {
  const { certificate, host, password, security, token, user } = config
  return {
    kind,
    account: `${user} on ${host}`,
    host,
    port: portOf(config),
    security,
    user,
    credentials:
      token === undefined
        ? {
            _tag: "Password",
            password: password ?? (yield* Effect.die("an IMAP config has a password or a token"))
          }
        : { _tag: "Token", token: Effect.succeed(token) },
    ...(certificate === undefined ? {} : { certificates: yield* readCertificates(kind, certificate) })
  }
})
