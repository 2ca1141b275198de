import { AuthFailed, Fatal, MailError, type MailErrorReason, Transient } from "@mailferry/core/MailError.ts"
import { type ImapAccess, readCertificates } from "@mailferry/imap/ImapAccess.ts"
import type { ImapFailure } from "@mailferry/imap/ImapFailure.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { loginCommand } from "../auth/EntraWords.ts"
import type { AccessTokens, MicrosoftTokens } from "../auth/MicrosoftTokens.ts"
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

const noImap = (reason: AuthFailed | Fatal): AccessTokens => {
  const failure = Effect.fail(new MailError({ adapter: "o365", operation: "connect", reason }))
  return { accessToken: failure, refreshed: failure }
}

/** Tokens for IMAP, or at each login the reason why there are none. */
const tokensFor = (
  { endpoint, user }: Pick<O365Config, "endpoint" | "user">,
  { imap }: Pick<MicrosoftTokens, "imap">
): AccessTokens => {
  if (endpoint?.graph !== undefined && endpoint.imap === undefined) {
    // A rehearsal, or a national cloud: its tokens are no business of the global service's.
    const detail = "endpoint names a server for Graph and none for IMAP"
    return noImap(
      new Fatal({ detail, advice: "Name the IMAP server that belongs to it: endpoint.imap.host." })
    )
  }
  return Option.getOrElse(imap, () => {
    const detail = "the sign-in is not for IMAP"
    return noImap(
      new AuthFailed({ detail, advice: `Sign in for it as well: ${loginCommand(user)} --with-imap` })
    )
  })
}

/** Where and as whom to log in: outlook.office365.com over TLS, by XOAUTH2 with the token of the day. */
export const o365ImapAccess = Effect.fnUntraced(function* (
  config: Pick<O365Config, "endpoint" | "user">,
  granted: Pick<MicrosoftTokens, "imap">
): Effect.fn.Return<O365ImapAccess, MailError> {
  const { endpoint, user } = config
  const tokens = tokensFor(config, granted)
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
