import { decodedWords } from "./EncodedWords.ts"
import type { MessageLoss } from "./MessageLoss.ts"
import { fieldOf, type MimePart, mimeTree } from "./MimeTree.ts"
import { oneLine } from "./PlainText.ts"
import { decodeTransfer } from "./TransferEncoding.ts"

/** A file on a message. */
export interface AttachedFile {
  readonly name: string
  readonly contentType: string
  /** Without angle brackets. */
  readonly contentId?: string
  /** Shown within the HTML, which names it by its Content-ID, and so not listed among the attachments. */
  readonly isInline: boolean
  readonly octets: Buffer
}

/** Extensions for files that have no name, by media type; any other is `.bin`. */
const extensions: Readonly<Record<string, string>> = {
  "application/json": ".json",
  "application/ms-tnef": ".dat",
  "application/pdf": ".pdf",
  "application/pgp-encrypted": ".asc",
  "application/pgp-keys": ".asc",
  "application/pgp-signature": ".asc",
  "application/pkcs7-mime": ".p7m",
  "application/pkcs7-signature": ".p7s",
  "application/x-pkcs7-mime": ".p7m",
  "application/x-pkcs7-signature": ".p7s",
  "application/zip": ".zip",
  "image/bmp": ".bmp",
  "image/gif": ".gif",
  "image/jpeg": ".jpg",
  "image/png": ".png",
  "image/svg+xml": ".svg",
  "image/tiff": ".tif",
  "image/webp": ".webp",
  "message/delivery-status": ".txt",
  "message/disposition-notification": ".txt",
  "message/feedback-report": ".txt",
  "message/rfc822": ".eml",
  "text/calendar": ".ics",
  "text/csv": ".csv",
  "text/rfc822-headers": ".txt",
  "text/vcard": ".vcf",
  "text/x-vcard": ".vcf"
}

/** How files are called of which the name says what they are to a mail reader. */
const usual: Readonly<Record<string, string>> = {
  "application/ms-tnef": "winmail.dat",
  "application/pkcs7-mime": "smime.p7m",
  "application/pkcs7-signature": "smime.p7s",
  "application/x-pkcs7-mime": "smime.p7m",
  "application/x-pkcs7-signature": "smime.p7s",
  "application/pgp-encrypted": "version.asc",
  "application/pgp-signature": "signature.asc",
  "text/calendar": "invite.ics",
  "text/html": "body.html",
  "text/plain": "body.txt",
  "message/delivery-status": "details.txt",
  "text/rfc822-headers": "headers.txt"
}

const isMessage = (type: string): boolean => type === "message/rfc822" || type === "message/global"

/** A name as it is, of one line, and no longer than file systems hold: 255 characters. */
const fileName = (name: string): string => {
  const clean = oneLine(name)
  const dot = clean.lastIndexOf(".")
  const extension = dot > 0 && clean.length - dot <= 20 ? clean.slice(dot) : ""
  return clean.length <= 255 ? clean : clean.slice(0, 255 - extension.length).toWellFormed() + extension
}

const subjectOf = (octets: Buffer): string =>
  oneLine(decodedWords(fieldOf(mimeTree(octets), "subject") ?? "")).replace(/[/\\]/gu, "_")

const nameOf = ({ disposition, fields, type }: MimePart, octets: Buffer): string => {
  const given = fileName(disposition.params.get("filename") ?? type.params.get("name") ?? "")
  if (given !== "") return given
  const kind = isMessage(type.value) ? "message/rfc822" : type.value
  const title = isMessage(type.value) ? subjectOf(octets) : (fieldOf({ fields }, "content-description") ?? "")
  const [group = ""] = kind.split("/")
  const stem =
    fileName(decodedWords(title)).slice(0, 200) || (isMessage(type.value) ? "message" : group || "part")
  return usual[kind] ?? `${stem}${extensions[kind] ?? ".bin"}`
}

/** Content-IDs that HTML shows something by (RFC 2392), percent-decoded. */
const shownIn = (html: string): ReadonlySet<string> =>
  new Set(
    Array.from(html.matchAll(/\bcid:([^"'\s<>)]+)/giu), ([, id = ""]) => {
      const text = id.replaceAll("&amp;", "&")
      try {
        return decodeURIComponent(text)
      } catch {
        return text
      }
    })
  )

const usableType = (type: string): string =>
  /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/u.test(type) ? type : "application/octet-stream"

/**
 * Files of the parts that are not the body, decoded: views where nothing needed decoding. Messages within the message
 * are `.eml` files, octet for octet.
 *
 * @param html the body if it is HTML, else nothing: an inline picture is inline only where something shows it
 */
export const attachedFiles = (
  parts: ReadonlyArray<MimePart>,
  html: string
): { readonly files: ReadonlyArray<AttachedFile>; readonly losses: ReadonlyArray<MessageLoss> } => {
  const shown = shownIn(html)
  const losses: Array<MessageLoss> = []
  const files = parts.map((part): AttachedFile => {
    const { damage, octets } = decodeTransfer(part.body, part.encoding)
    const name = nameOf(part, octets)
    if (damage !== undefined)
      losses.push({ kind: "part-damaged", detail: `attachment of ${part.type.value}: ${damage}` })
    if (part.type.value === "text/calendar" && part.type.params.has("method")) {
      losses.push({
        kind: "invitation-attached",
        detail: part.type.params.get("method")?.toUpperCase() ?? ""
      })
    }
    const contentId = /^\s*<?([^<>\s]+)>?\s*$/u.exec(fieldOf(part, "content-id") ?? "")?.[1]
    const isInline = contentId !== undefined && shown.has(contentId)
    const location = fieldOf(part, "content-location")
    if (!isInline && location !== undefined && location !== "" && html.includes(location)) {
      losses.push({ kind: "inline-by-location", detail: `attachment of ${part.type.value}` })
    }
    return {
      name,
      contentType: usableType(part.type.value),
      isInline,
      ...(contentId === undefined ? {} : { contentId }),
      octets
    }
  })
  return { files, losses }
}
