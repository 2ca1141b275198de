import { createSign } from "node:crypto"

import * as Redacted from "effect/Redacted"

import type { ServiceAccount } from "./GoogleCredentials.ts"

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")

/** RFC 7523 section 3, signed RS256. Google allows an hour at most. */
export const assertionOf = (
  account: ServiceAccount,
  subject: string,
  scopes: ReadonlyArray<string>,
  url: string
) => {
  const now = Math.floor(Date.now() / 1000)
  const { private_key_id: kid } = account
  const header = { alg: "RS256", typ: "JWT", ...(kid === undefined ? {} : { kid }) }
  const claims = {
    iss: account.client_email,
    sub: subject,
    scope: scopes.join(" "),
    aud: url,
    iat: now,
    exp: now + 3600
  }
  const text = `${base64url(header)}.${base64url(claims)}`
  const signature = createSign("RSA-SHA256")
    .update(text)
    .sign(Redacted.value(account.private_key), "base64url")
  return `${text}.${signature}`
}
