import { createHash } from "node:crypto"

import { signJwt } from "../../oauth/Jwt.ts"
import type { Person } from "../Person.ts"
import type { Directory } from "./Directory.ts"

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")

/** By which msal names an account: directory's id of the person and of the tenant. */
export const clientInfo = ({ id }: Person, { tenantId }: Directory): string =>
  encoded({ uid: id, utid: tenantId })

export const idToken = (
  person: Person,
  directory: Directory,
  clientId: string,
  nonce: string | undefined
): string => {
  const now = Math.floor(Date.now() / 1000)
  return signJwt({
    aud: clientId,
    iss: directory.issuer,
    iat: now,
    nbf: now,
    exp: now + 3600,
    name: person.displayName,
    ...(nonce === undefined ? {} : { nonce }),
    oid: person.id,
    preferred_username: person.address,
    email: person.address,
    // Another one for each application.
    sub: createHash("sha256").update(`${clientId} ${person.id}`).digest("base64url"),
    tid: directory.tenantId,
    ver: "2.0"
  })
}
