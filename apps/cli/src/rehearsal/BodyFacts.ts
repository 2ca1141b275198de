import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"

import { decodeQuotedPrintable } from "@mailferry/rehearsal/bridge/QuotedPrintable.ts"
import { firstValue } from "@mailferry/rehearsal/imap/HeaderBlock.ts"
import { parseMime, type MimePart } from "@mailferry/rehearsal/imap/MimeTree.ts"
import { parseParameters } from "@mailferry/rehearsal/imap/Parameters.ts"

import { type MessageText, visibleText } from "./VisibleText.ts"

export interface BodyFacts {
  /** The texts one sees, one below the other: of alternatives the richest. */
  readonly texts: ReadonlyArray<MessageText>
  /** Whether the same text is there in another form. */
  readonly hasOtherForm: boolean
  /** SHA-256 of the octets of each file, in lower-case hexadecimal, in the message's order. */
  readonly files: ReadonlyArray<string>
  /** Whether it asks for an entry in a calendar (RFC 6047). */
  readonly isInvitation: boolean
  /** A structure that is good for something in its own octets only. */
  readonly sealed: "signed" | "encrypted" | undefined
}

/** Texts and files of one part. */
interface Gathered {
  readonly texts: ReadonlyArray<MessageText>
  readonly files: ReadonlyArray<string>
  readonly hasOtherForm: boolean
}

const nothing: Gathered = { texts: [], files: [], hasOtherForm: false }

/** A field of a part's own header. */
const fieldOf = (octets: Buffer, { bodyStart, start }: MimePart, name: string): string =>
  firstValue(octets.subarray(start, bodyStart), name) ?? ""

const decodedBody = (octets: Buffer, part: MimePart): Buffer => {
  const body = octets.subarray(part.bodyStart, part.end)
  switch (fieldOf(octets, part, "Content-Transfer-Encoding").trim().toLowerCase()) {
    case "base64":
      return Buffer.from(body.toString("latin1"), "base64")
    case "quoted-printable":
      return decodeQuotedPrintable(body)
    default:
      return body
  }
}

/** The text, where its charset is known and says what each octet is. */
const certainText = (octets: Buffer, charset: string): string | undefined => {
  // A browser's us-ascii is Western and knows every octet; what is UTF-8 by its octets is not that by chance.
  if (/^(?:us-)?ascii$/iu.test(charset)) return isUtf8(octets) ? octets.toString("utf8") : undefined
  try {
    return new TextDecoder(charset, { fatal: true }).decode(octets)
  } catch {
    return undefined
  }
}

const guessedText = (octets: Buffer, charset: string): string => {
  try {
    return new TextDecoder(charset).decode(octets)
  } catch {
    return new TextDecoder().decode(octets)
  }
}

const textOf = (octets: Buffer, part: MimePart): MessageText => {
  const charset = part.parameters.get("charset") ?? "us-ascii"
  const body = decodedBody(octets, part)
  const certain = certainText(body, charset)
  return {
    isHtml: part.subtype === "html",
    isCertain: certain !== undefined,
    text: certain ?? guessedText(body, charset)
  }
}

/** RFC 2183: what says so is a file, and so is a text with a name that is not the first. */
const isText = (octets: Buffer, part: MimePart, isFirst: boolean): boolean => {
  const disposition = parseParameters(fieldOf(octets, part, "Content-Disposition"))
  const isNamed = part.parameters.has("name") || disposition.parameters.has("filename")
  return (
    part.type === "text" &&
    (part.subtype === "plain" || part.subtype === "html") &&
    disposition.value.toLowerCase() !== "attachment" &&
    (isFirst || !isNamed)
  )
}

const joined = (all: ReadonlyArray<Gathered>): Gathered => ({
  texts: all.flatMap(({ texts }) => texts),
  files: all.flatMap(({ files }) => files),
  hasOtherForm: all.some(({ hasOtherForm }) => hasOtherForm)
})

const isSeen = ({ texts }: Gathered): boolean =>
  texts.some((each) => visibleText(each) !== "" || (each.isHtml && /<img\b/iu.test(each.text)))

/** RFC 2046 section 5.1.4: the last is the richest. Files of the others belong to the message all the same. */
const ofAlternatives = (all: ReadonlyArray<Gathered>): Gathered => {
  const hasHtml = ({ texts }: Gathered) => texts.some(({ isHtml }) => isHtml)
  const chosen = all.findLast((each) => hasHtml(each) && isSeen(each)) ?? all.findLast(isSeen) ?? all.at(-1)
  return {
    texts: chosen?.texts ?? [],
    files: all.flatMap(({ files }) => files),
    hasOtherForm: all.some((each) => each.hasOtherForm || (each !== chosen && isSeen(each)))
  }
}

const gathered = (octets: Buffer, part: MimePart, isFirst: boolean): Gathered => {
  if (part.type === "multipart" && part.children.length > 0) {
    const isAlternative = part.subtype === "alternative"
    let first = isFirst
    const all = part.children.map((child) => {
      const each = gathered(octets, child, first)
      first = isAlternative ? isFirst : first && each.texts.length === 0
      return each
    })
    return isAlternative ? ofAlternatives(all) : joined(all)
  }
  if (isText(octets, part, isFirst)) return { ...nothing, texts: [textOf(octets, part)] }
  return { ...nothing, files: [createHash("sha256").update(decodedBody(octets, part)).digest("hex")] }
}

const parts = (part: MimePart): ReadonlyArray<MimePart> =>
  part.type === "multipart" ? [part, ...part.children.flatMap(parts)] : [part]

const sealOf = (all: ReadonlyArray<MimePart>): BodyFacts["sealed"] => {
  const types = all.map(({ parameters, subtype, type }) =>
    [type, subtype.replace(/^x-/u, ""), parameters.get("smime-type") ?? ""].join("/").toLowerCase()
  )
  const isSigned = (type: string) =>
    type.startsWith("multipart/signed/") || type.startsWith("application/pkcs7-mime/signed")
  if (
    types.some((type) => /^(?:multipart\/encrypted|application\/pkcs7-mime)\//u.test(type) && !isSigned(type))
  )
    return "encrypted"
  return types.some(isSigned) ? "signed" : undefined
}

/** The body of a message as a mail reader has it. */
export const bodyFacts = (octets: Buffer): BodyFacts => {
  const root = parseMime(octets)
  const all = parts(root)
  const isInvitation = all.some(
    ({ parameters, subtype, type }) => type === "text" && subtype === "calendar" && parameters.has("method")
  )
  return { ...gathered(octets, root, true), isInvitation, sealed: sealOf(all) }
}
