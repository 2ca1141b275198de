import { createHash } from "node:crypto"

/** SHA-256 of these octets in hexadecimal (FIPS 180-4): what `verify` compares after reading back. */
export const fingerprintOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
