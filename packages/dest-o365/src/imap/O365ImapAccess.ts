import { type MailError, type MailErrorReason, Transient } from "@mailferry/core/MailError.ts"
import { type ImapAccess, readCertificates } from "@mailferry/imap/ImapAccess.ts"
import type { ImapFailure } from "@mailferry/imap/ImapFailure.ts"
import * as Effect from "effect/Effect"

import type { AccessTokens } from "../auth/MicrosoftTokens.ts"
import type { O365Config } from "../O365Config.ts"
import { exchangeReason } from "./ExchangeReasons.ts"

/** A way in, and what is known of how well it works. */
export interface O365ImapAccess {
  readonly access: ImapAccess
  /** Whether a token has just been refused that the next login replaces. */
  readonly hasRefusedToken: () => boolean
  /** To be run when the mailbox was of use: what is refused from then on is not for want of IMAP. */
  readonly worked: Effect.Effect<void>
}

/** Where and as whom to log in: outlook.office365.com over TLS, by XOAUTH2 with the token of the day. */
export const o365ImapAccess = Effect.fnUntraced(function* (
  { endpoint, user }: Pick<O365Config, "endpoint" | "user">,
  tokens: AccessTokens
): Effect.fn.Return<O365ImapAccess, MailError> {
  const { certificate, host = "outlook.office365.com", port = 993 } = endpoint?.imap ?? {}
  const certificates = certificate === undefined ? undefined : yield* readCertificates("o365", certificate)
  let token: "good" | "refused" | "renewed" = "good"
  let reached = false
  const asReason = (error: MailError) => error.reason

  /** The first refusal may be the token's fault. That of the one asked for after it is the last word. */
  const reasonOf = (failure: ImapFailure): MailErrorReason | undefined => {
    const { cause, operation, status, text } = failure
    const reason = exchangeReason(failure, reached)
    const refused = operation === "connect" && status === "NO" && reason?._tag !== "Throttled"
    if (!refused || token !== "good") return reason
    token = "refused"
    return new Transient({ detail: text, cause, applied: "no" })
  }

  return {
    access: {
      kind: "o365",
      account: user,
      host,
      port,
      security: "tls",
      user,
      credentials: {
        _tag: "Token",
        token: Effect.mapError(
          Effect.suspend(() => {
            const replaces = token === "refused"
            // Nobody asks again after a renewed token was refused: it has been good, then, and may be renewed again.
            token = replaces ? "renewed" : "good"
            return replaces ? tokens.refreshed : tokens.accessToken
          }),
          asReason
        )
      },
      reasonOf,
      ...(certificates === undefined ? {} : { certificates })
    },
    hasRefusedToken: () => token === "refused",
    worked: Effect.sync(() => {
      reached = true
    })
  }
})
