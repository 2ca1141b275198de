import type { DeviceCode } from "@mailferry/oauth/DeviceCode.ts"
import { isObject, textOf } from "@mailferry/oauth/Json.ts"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import { type AuthorityAnswer, AuthorityWire } from "./AuthorityWire.ts"
import { type Issued, issuedOf } from "./Issued.ts"
import { identityScopes } from "./MicrosoftScopes.ts"
import { faultOfAnswer, faultOfCause, noToken, type TokenFault } from "./TokenFault.ts"
import type { MicrosoftClient } from "./TokenRequest.ts"

/**
 * Without msal, whose own waiting gives up when it is told to slow down, and cannot be interrupted
 * (@azure/msal-node 7.2.1, DeviceCodeClient).
 */
const post = (
  urls: MicrosoftUrls,
  { tenant }: MicrosoftClient,
  page: "devicecode" | "token",
  form: Readonly<Record<string, string>>
): Effect.Effect<AuthorityAnswer, TokenFault> =>
  Effect.tryPromise({
    try: () => new AuthorityWire(urls.authority).post(`/${tenant}/oauth2/v2.0/${page}`, form),
    catch: faultOfCause
  }).pipe(
    Effect.flatMap((answer) =>
      answer.status === 200 ? Effect.succeed(answer) : Effect.fail(faultOfAnswer(answer))
    )
  )

const secondsOf = (body: unknown, key: string, otherwise: number): number => {
  const found = isObject(body) ? Number(body[key]) : Number.NaN
  return Number.isFinite(found) && found > 0 ? found : otherwise
}

/** RFC 8628 section 3.1; the numbers in the absence of others are those of section 3.2 and Microsoft's 15 minutes. */
export const beginDevice = (
  urls: MicrosoftUrls,
  client: MicrosoftClient,
  scopes: ReadonlyArray<string>
): Effect.Effect<DeviceCode, TokenFault> =>
  Effect.flatMap(
    post(urls, client, "devicecode", {
      client_id: client.client,
      scope: [...scopes, ...identityScopes].join(" ")
    }),
    ({ body, status }) => {
      const [deviceCode, userCode, page] = ["device_code", "user_code", "verification_uri"].map((key) =>
        textOf(body, key)
      )
      return deviceCode === undefined || userCode === undefined || page === undefined
        ? Effect.fail(noToken(status))
        : Effect.succeed({
            deviceCode: Redacted.make(deviceCode),
            userCode,
            page,
            interval: secondsOf(body, "interval", 5),
            life: secondsOf(body, "expires_in", 900)
          })
    }
  )

/** RFC 8628 section 3.4. */
export const askForDevice = (
  urls: MicrosoftUrls,
  client: MicrosoftClient,
  { deviceCode }: DeviceCode
): Effect.Effect<Issued, TokenFault> =>
  Effect.flatMap(
    post(urls, client, "token", {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      client_id: client.client,
      device_code: Redacted.value(deviceCode)
    }),
    ({ body, status }) => {
      const issued = issuedOf(body)
      return issued === undefined ? Effect.fail(noToken(status)) : Effect.succeed(issued)
    }
  )
