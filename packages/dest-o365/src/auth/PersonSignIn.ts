import { AuthFailed, Fatal, MailError } from "@mailferry/core/MailError.ts"
import { type SignedIn, SignInTalk } from "@mailferry/core/SignIn.ts"
import { authorize } from "@mailferry/oauth/AuthorizationCode.ts"
import type { AuthorizationFailed } from "@mailferry/oauth/AuthorizationFailed.ts"
import { awaitDevice, deviceInstructions } from "@mailferry/oauth/DeviceCode.ts"
import { makeState } from "@mailferry/oauth/Pkce.ts"
import * as Effect from "effect/Effect"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import { consentPage } from "./ConsentPage.ts"
import { askForDevice, beginDevice } from "./DeviceRequest.ts"
import { loginCommand, type TokenOwner } from "./EntraWords.ts"
import type { Issued } from "./Issued.ts"
import { mailScopes } from "./MicrosoftScopes.ts"
import { tokenError } from "./TokenFailure.ts"
import { aadstsOf, faultOfWords, type TokenFault } from "./TokenFault.ts"
import { exchangeCode, type MicrosoftClient } from "./TokenRequest.ts"

/** Who is let in, through which application. */
export interface Letting {
  readonly urls: MicrosoftUrls
  readonly client: MicrosoftClient
  readonly owner: TokenOwner
}

const refused = (detail: string, advice: string): MailError =>
  new MailError({ adapter: "o365", operation: "connect", reason: new AuthFailed({ detail, advice }) })

/** A person who cancels gets this number, and one who goes back from "Need admin approval" another. */
const declined = 65_004

/** How the way to Microsoft's page and back ended, when it did not end with a code. */
const notAuthorized =
  (owner: TokenOwner) =>
  ({ detail, why }: AuthorizationFailed): MailError => {
    const again = `Nothing was kept. To try again: ${loginCommand(owner.user)}`
    const [number] = aadstsOf(detail)
    switch (why) {
      case "cancelled":
      case "refused":
        return number !== undefined && number !== declined
          ? tokenError(faultOfWords("", detail.replace(/^[a-z_]+: /u, "")), owner)
          : refused(
              why === "cancelled"
                ? "access was not given on Microsoft's page"
                : `Microsoft's page answered ${detail}`,
              again
            )
      case "late":
        return refused(
          detail,
          `${again}. Where the page says "Need admin approval", an administrator agrees at ${owner.adminConsent}`
        )
      case "port":
        return new MailError({
          adapter: "o365",
          operation: "connect",
          reason: new Fatal({
            detail: `no port of this computer can be opened: ${detail}`,
            advice: "Look for a firewall or sandbox that forbids it; or sign in by a code, with --device."
          })
        })
    }
  }

/** Since November 2025 this is how it ends in organisations that leave it to Microsoft (its notice MC1163922). */
const beforehand = ({ adminConsent }: TokenOwner): string =>
  `If Microsoft's page says that an administrator has to approve, let one open this address and agree, then begin again: ${adminConsent}
`

/** Through the browser; it hears how `kept` ended. */
export const signInByBrowser = (
  { client, owner, urls }: Letting,
  besides: ReadonlyArray<string>,
  kept: (issued: Issued) => Effect.Effect<SignedIn, MailError, SignInTalk>
): Effect.Effect<SignedIn, MailError, SignInTalk> =>
  Effect.gen(function* () {
    const talk = yield* SignInTalk
    const nonce = makeState()
    // The page itself shows none to send, and does not come back by itself.
    if (client.tenant !== "consumers") yield* talk.tell(beforehand(owner))
    const authorization = yield* authorize(
      (request) =>
        consentPage(urls, client, { ...request, nonce, scopes: mailScopes, besides, user: owner.user }),
      { host: "localhost" }
    ).pipe(
      Effect.mapError((error) => ("_tag" in error ? notAuthorized(owner)(error) : tokenError(error, owner)))
    )
    yield* talk.hide(authorization.code)
    return yield* exchangeCode(urls, client, { ...authorization, nonce }, mailScopes).pipe(
      Effect.mapError((fault) => tokenError(fault, owner)),
      Effect.flatMap(kept),
      Effect.tap(({ account }) =>
        authorization.conclude({ ok: true, text: `mailferry may now bring mail to ${account}.` })
      ),
      Effect.tapError(({ reason }) =>
        authorization.conclude({
          ok: false,
          text: `${reason.detail}. The terminal says how to go on. You can close this window.`
        })
      )
    )
    // The listener lives as long as the browser waits for the end of it all.
  }).pipe(Effect.scoped)

/** `error` of RFC 8628 section 3.5 and Microsoft's own words for it, where there is no number. */
const deviceRefusal = (fault: TokenFault, owner: TokenOwner): MailError => {
  const again = `To try again: ${loginCommand(owner.user)} --device`
  switch (fault.error) {
    case "authorization_declined":
    case "access_denied":
      return refused("access was not given on Microsoft's page", `Nothing was kept. ${again}`)
    case "expired_token":
      return refused("the code was not typed in in time", `Nothing was kept. ${again}`)
    default:
      return tokenError(fault, owner)
  }
}

/** By a code that is typed in on any computer. */
export const signInByDevice = Effect.fnUntraced(function* (
  { client, owner, urls }: Letting,
  scopes: ReadonlyArray<string>
): Effect.fn.Return<Issued, MailError, SignInTalk> {
  const talk = yield* SignInTalk
  const code = yield* Effect.mapError(beginDevice(urls, client, scopes), (fault) => tokenError(fault, owner))
  yield* talk.hide(code.deviceCode)
  yield* talk.tell(deviceInstructions(code))
  const again = `Nothing was kept. To try again: ${loginCommand(owner.user)} --device. If Microsoft's page said that your organisation forbids this, leave --device out and sign in in the browser of this computer.`
  return yield* awaitDevice(code, askForDevice(urls, client, code)).pipe(
    Effect.mapError((error) => ("_tag" in error ? refused(error.detail, again) : deviceRefusal(error, owner)))
  )
})
