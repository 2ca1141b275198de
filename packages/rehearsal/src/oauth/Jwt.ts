import { createPublicKey, createSign, createVerify, generateKeyPairSync } from "node:crypto"

interface KeyPair {
  /** PEM. */
  readonly privateKey: string
  /** PEM. */
  readonly publicKey: string
}

let made: KeyPair | undefined

/** One pair for all servers of a process: making it takes a tenth of a second. */
export const signingKeys = (): KeyPair => {
  made ??= generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" }
  })
  return made
}

/** The name of the key in a token's header. */
export const keyId = "rehearsal-key-1"

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")

/** RS256 (RFC 7518, section 3.3). */
export const signJwt = (claims: object): string => {
  const text = `${encoded({ alg: "RS256", kid: keyId, typ: "JWT" })}.${encoded(claims)}`
  return `${text}.${createSign("RSA-SHA256").update(text).sign(signingKeys().privateKey, "base64url")}`
}

/** The claims, undefined where it is none or signed by another key. */
export const verifyJwt = (token: string): Readonly<Record<string, unknown>> | undefined => {
  const [header = "", claims = "", signature = "", ...rest] = token.split(".")
  try {
    const { alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { alg?: unknown }
    const signed = createVerify("RSA-SHA256").update(`${header}.${claims}`)
    if (alg !== "RS256" || rest.length > 0) return undefined
    if (!signed.verify(signingKeys().publicKey, signature, "base64url")) return undefined
    return JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** The public key as a JWK set, by which clients check an id_token. */
export const publicKeys = (): object => ({
  keys: [
    {
      ...createPublicKey(signingKeys().publicKey).export({ format: "jwk" }),
      kid: keyId,
      alg: "RS256",
      use: "sig"
    }
  ]
})
