import { createHash } from "node:crypto"

/** What an application sent along with its request (RFC 7636). */
export interface PkceChallenge {
  readonly method: "S256" | "plain"
  readonly value: string
}

export const pkceMatches = ({ method, value }: PkceChallenge, verifier: string): boolean =>
  (method === "plain" ? verifier : createHash("sha256").update(verifier).digest("base64url")) === value
