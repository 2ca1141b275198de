import { createCipheriv, createHash } from "node:crypto"

/** gopenpgp's words when no key fits. */
const incorrectKey = "gopenpgp: error in reading message: openpgp: incorrect key"

/**
 * A PGP message nobody can open, of about the length of what it hides (RFC 9580, section 6.2). The same octets and id
 * always give the same ciphertext.
 *
 * @param what goes into the comment Bridge leaves on what it could not decrypt
 */
export const armored = (octets: Uint8Array, id: string, what: "message" | "attachment"): Buffer => {
  const key = createHash("sha256").update(`${id} ${what}`).digest()
  const sealed = createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(octets)
  const lines = sealed.toString("base64").replaceAll(/.{1,64}/gu, "$&\r\n")
  return Buffer.from(
    [
      "-----BEGIN PGP MESSAGE-----",
      "Version: GopenPGP 2.9.0",
      `Comment: This ${what} could not be decrypted: ${incorrectKey}`,
      "",
      `${lines}-----END PGP MESSAGE-----`,
      ""
    ].join("\r\n"),
    "latin1"
  )
}
