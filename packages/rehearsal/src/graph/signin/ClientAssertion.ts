import { constants, createPublicKey, verify } from "node:crypto"

import type { AppCertificate } from "./AppCertificate.ts"
import { EntraError } from "./EntraError.ts"

/** Seconds by which clocks may differ. */
const skew = 300

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString()) as Readonly<Record<string, unknown>>
  } catch {
    throw new EntraError(50027, "Invalid JWT token.", { error: "invalid_client" })
  }
}

const signed = (alg: unknown, text: string, signature: Buffer, { certificate }: AppCertificate): boolean => {
  const key = createPublicKey(certificate)
  const octets = Buffer.from(text)
  if (alg === "RS256") return verify("RSA-SHA256", octets, key, signature)
  const padding = {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST
  }
  return alg === "PS256" && verify("RSA-SHA256", octets, padding, signature)
}

const hex = (value: unknown): string =>
  typeof value === "string" ? Buffer.from(value, "base64url").toString("hex").toUpperCase() : ""

/**
 * Checks what an application signs to show who it is (RFC 7523): by the registered certificate, for this endpoint, now.
 * `audiences`: names of the token endpoint that will do.
 */
export const checkAssertion = (
  assertion: string,
  clientId: string,
  certificate: AppCertificate | undefined,
  audiences: ReadonlyArray<string>
): void => {
  const [head = "", claims = "", signature = "", ...rest] = assertion.split(".")
  const { alg, x5t, "x5t#S256": x5tS256 } = parsed(head)
  const { iss, sub, aud, exp, nbf = 0 } = parsed(claims)
  if (rest.length > 0 || certificate === undefined) throw new EntraError(700027)
  const named =
    x5tS256 === undefined
      ? hex(x5t) === certificate.thumbprint
      : hex(x5tS256) === certificate.thumbprintSha256
  if (!named || !signed(alg, `${head}.${claims}`, Buffer.from(signature, "base64url"), certificate)) {
    throw new EntraError(700027)
  }
  if (iss !== clientId || sub !== clientId) throw new EntraError(50013)
  if (typeof aud !== "string" || !audiences.includes(aud.replace(/\/$/u, ""))) throw new EntraError(700212)
  const now = Date.now() / 1000
  if (typeof exp !== "number" || exp < now - skew || Number(nbf) > now + skew) throw new EntraError(700024)
}
