import { createHash, randomBytes } from "node:crypto"

import * as Redacted from "effect/Redacted"

/** What makes a stolen code worthless: only who holds the verifier can exchange it (RFC 7636, method S256). */
export interface Pkce {
  readonly verifier: Redacted.Redacted
  readonly challenge: string
}

/** 32 octets: 43 characters, the shortest verifier RFC 7636 section 4.1 allows and the one it recommends. */
export const makePkce = (): Pkce => {
  const verifier = randomBytes(32).toString("base64url")
  return {
    verifier: Redacted.make(verifier),
    challenge: createHash("sha256").update(verifier).digest("base64url")
  }
}

/** Ties an answer to its question (RFC 6749 section 10.12). */
export const makeState = (): string => randomBytes(32).toString("base64url")
