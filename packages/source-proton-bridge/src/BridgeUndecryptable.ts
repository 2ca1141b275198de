import type { Flaw } from "@mailferry/core/SourceFlaws.ts"

/** What of a message Bridge could not decrypt. */
export interface Undecryptable {
  readonly message: boolean
  /** Attachments left as `<name>.pgp`. */
  readonly attachments: number
}

const begin = Buffer.from("-----BEGIN PGP MESSAGE-----")
const comment = /^Comment: This (message|attachment) could not be decrypted\b/u

/**
 * The armor headers of a block (RFC 9580 section 6.2): the lines up to the first empty one. Version and Comment
 * come in either order. Both of Bridge's fit in 1 KiB; ciphertext beyond is not searched.
 */
const armorHeaders = (bytes: Buffer, from: number): ReadonlyArray<string> => {
  const lines = bytes.toString("latin1", from, from + 1024).split(/\r?\n/u)
  const end = lines.indexOf("", 1)
  return lines.slice(1, end === -1 ? undefined : end)
}

/**
 * Finds what Bridge left encrypted because the key is lost (a reset password, an old address). It delivers such mail
 * with the ciphertext as a part and `Comment: This message could not be decrypted: <error>` in the armor
 * (Bridge's build_custom.go, build.go). The message is carried over as it is and named in the report.
 * PGP mail that somebody sent on purpose has no such comment and is not found.
 */
export const undecryptable = (octets: Uint8Array): Undecryptable => {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  let message = false
  let attachments = 0
  for (let at = bytes.indexOf(begin); at !== -1; at = bytes.indexOf(begin, at + begin.length)) {
    for (const line of armorHeaders(bytes, at)) {
      const match = comment.exec(line)
      if (match?.[1] === "message") message = true
      if (match?.[1] === "attachment") attachments += 1
    }
  }
  return { message, attachments }
}

/** The same as core keeps it: one flaw for the message, one for its attachments. */
export const bridgeFlaws = (octets: Uint8Array): ReadonlyArray<Flaw> => {
  const { attachments, message } = undecryptable(octets)
  const flaws: Array<Flaw> = []
  if (message) flaws.push({ kind: "undecryptable-message", detail: "Proton no longer has the key" })
  if (attachments > 0) flaws.push({ kind: "undecryptable-attachment", detail: `attachments: ${attachments}` })
  return flaws
}
