import type { MessageLoss } from "./MessageLoss.ts"
import type { MimePart } from "./MimeTree.ts"

/** Why a message is only itself in its own octets. */
export type OriginalReason = "signed" | "encrypted"

const reasonOf = ({ type }: MimePart): OriginalReason | undefined => {
  switch (type.value) {
    case "multipart/signed":
      return "signed"
    case "multipart/encrypted":
      return "encrypted"
    case "application/pkcs7-mime":
    case "application/x-pkcs7-mime":
      // RFC 8551 section 3.2.2; without the parameter most are enveloped.
      return type.params.get("smime-type")?.toLowerCase().startsWith("signed") === true
        ? "signed"
        : "encrypted"
    default:
      return undefined
  }
}

/**
 * Whether some part is signed or encrypted as a structure: S/MIME (RFC 8551) and PGP/MIME (RFC 3156). PGP within a text
 * is text, and stays as good as it was. What a message within the message is, is kept with its octets.
 */
export const needsOriginal = (root: MimePart): OriginalReason | undefined => {
  const found = [reasonOf(root), ...root.parts.map(needsOriginal)]
  return found.includes("encrypted") ? "encrypted" : found.find((reason) => reason !== undefined)
}

/**
 * Whether Exchange keeps the octets of such a message when it comes by IMAP: those that are signed or S/MIME as a whole
 * ([MS-OXOSMIME] 2.1). PGP/MIME that is encrypted becomes multipart/mixed, and what is signed within something else is
 * taken apart with it.
 */
export const isKeptWhole = ({ type }: MimePart): boolean =>
  /^(?:multipart\/signed|application\/(?:x-)?pkcs7-mime)$/u.test(type.value)

/** The row for a message that goes by JSON all the same. */
export const originalLoss = (reason: OriginalReason): MessageLoss =>
  reason === "signed"
    ? {
        kind: "signature",
        detail: "Exchange rebuilds the signed parts: the signature verifies in the original only"
      }
    : { kind: "encryption", detail: "Exchange rebuilds the parts: it is decrypted from the original only" }
