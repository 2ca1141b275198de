import { createHash } from "node:crypto"

/**
 * An id of the shape Proton gives messages and labels: 64 octets as padded base64url, so 88 characters
 * ending in `==`. The same key gives the same id.
 */
export const protonId = (key: string): string =>
  createHash("sha512").update(key).digest("base64").replaceAll("+", "-").replaceAll("/", "_")
