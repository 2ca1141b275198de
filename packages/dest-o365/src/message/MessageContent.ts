import type { MessageLoss } from "./MessageLoss.ts"
import type { MimePart } from "./MimeTree.ts"
import { readText } from "./TextPart.ts"

/** What of a message is read, and what is attached to it. */
export interface MessageContent {
  readonly body: { readonly contentType: "html" | "text"; readonly content: string }
  /** In the order of the message. */
  readonly attached: ReadonlyArray<MimePart>
  readonly losses: ReadonlyArray<MessageLoss>
}

interface Piece {
  readonly isHtml: boolean
  readonly text: string
}

interface Found {
  readonly pieces: Array<Piece>
  readonly attached: Array<MimePart>
  readonly losses: Array<MessageLoss>
}

/** Stands for a body that is too long for one. */
export const tooLongText =
  "This message is too long to be shown here. Its text is attached as body.html or body.txt.\n"

const isReadable = ({ type }: MimePart): boolean => type.value === "text/plain" || type.value === "text/html"

/** Whether HTML is to be seen in it at the first look: the one that readers would choose of alternatives. */
const holdsHtml = (part: MimePart): boolean =>
  (part.type.value === "text/html" && part.disposition.value !== "attachment") || part.parts.some(holdsHtml)

const holdsText = (part: MimePart): boolean =>
  (isReadable(part) && part.disposition.value !== "attachment") || part.parts.some(holdsText)

/** HTML in which there is nothing to be seen: some mailers send it beside the text. A long one is never that. */
const isBlankHtml = (html: string): boolean =>
  html.length < 20_000 &&
  !/<(?:img|table|hr|video|object|svg|input)\b/iu.test(html) &&
  html
    .replace(/<(style|script|head|title)\b[\s\S]*?<\/\1\s*>/giu, "")
    .replace(/<[^>]*>|&nbsp;|&#160;/gu, "")
    .trim() === ""

const isBlank = ({ isHtml, text }: Piece): boolean => (isHtml ? isBlankHtml(text) : text.trim() === "")

/** A piece of the body, unless it is meant as a file: said so, or named and not the first text. */
const isPiece = (part: MimePart, { pieces }: Found): boolean => {
  const isNamed = part.disposition.params.has("filename") || part.type.params.has("name")
  return isReadable(part) && part.disposition.value !== "attachment" && (!isNamed || pieces.length === 0)
}

const nothingFound = (): Found => ({ pieces: [], attached: [], losses: [] })

/** RFC 2046 section 5.1.4: HTML, which Exchange keeps better than it could make it; files in the others are kept. */
const gatherAlternatives = ({ parts }: MimePart, into: Found): void => {
  const looks = parts.map((part) => {
    const found = nothingFound()
    gather(part, found)
    return { part, found }
  })
  const isSeen = ({ found }: (typeof looks)[number]) => found.pieces.some((piece) => !isBlank(piece))
  const chosen =
    looks.findLast((look) => holdsHtml(look.part) && isSeen(look)) ??
    looks.findLast((look) => holdsText(look.part) && isSeen(look)) ??
    looks.findLast(({ part }) => holdsText(part))
  for (const look of looks) {
    into.attached.push(
      ...look.found.attached.filter(
        (part) => look === chosen || !/^text\/(?!calendar)/u.test(part.type.value)
      )
    )
    if (look === chosen) {
      into.pieces.push(...look.found.pieces)
      into.losses.push(...look.found.losses)
      continue
    }
    const dropped = look.found.attached.filter((part) => /^text\/(?!calendar)/u.test(part.type.value))
    if (!isSeen(look) && dropped.length === 0) continue
    const what =
      dropped[0]?.type.value ?? (look.found.pieces[0]?.isHtml === true ? "text/html" : "text/plain")
    into.losses.push({ kind: "text-alternative", detail: `${what}: the same in another form is kept` })
  }
}

const gather = (part: MimePart, into: Found): void => {
  if (part.epilogue.length > 0 && Buffer.from(part.epilogue).toString("latin1").trim() !== "") {
    const detail = `${part.epilogue.length} octets after the last boundary`
    into.losses.push({ kind: "text-outside-parts", detail })
  }
  if (part.parts.length > 0) {
    if (part.type.value === "multipart/alternative") gatherAlternatives(part, into)
    else for (const each of rootFirst(part)) gather(each, into)
  } else if (isPiece(part, into)) gatherText(part, into)
  else into.attached.push(part)
}

/** A text that no request holds is a file, in its own octets, and the body says so. */
const gatherText = (part: MimePart, into: Found): void => {
  const read = readText(part)
  if (read === undefined) {
    into.pieces.push({ isHtml: false, text: tooLongText })
    into.attached.push(part)
    into.losses.push({ kind: "body-attached", detail: `${part.body.length} octets of ${part.type.value}` })
    return
  }
  into.pieces.push({ isHtml: read.isHtml, text: read.text })
  into.losses.push(...read.losses)
}

/** RFC 2387 section 3.2: the part that `start` names is the one to read. */
const rootFirst = ({ parts, type }: MimePart): ReadonlyArray<MimePart> => {
  const start = type.value === "multipart/related" ? type.params.get("start") : undefined
  const isRoot = ({ fields }: MimePart) =>
    fields.some(({ name, value }) => name === "content-id" && value === start)
  return start === undefined ? parts : [...parts.filter(isRoot), ...parts.filter((part) => !isRoot(part))]
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

const asHtml = ({ isHtml, text }: Piece): string =>
  isHtml ? text : `<div style="white-space:pre-wrap">${escaped(text)}</div>`

/** Several texts in a row, as a list's footer after a letter: one HTML when any is, the rest within the first's body. */
const joined = (pieces: ReadonlyArray<Piece>): MessageContent["body"] => {
  const seen = pieces.length > 1 ? pieces.filter((piece) => !isBlank(piece)) : pieces
  const [first, ...rest] = seen.length === 0 ? pieces : seen
  if (first === undefined) return { contentType: "text", content: "" }
  // PidTagBody is text with CRLF; in HTML a line end is a blank.
  if (!seen.some(({ isHtml }) => isHtml)) {
    const content = [first, ...rest]
      .map(({ text }) => text)
      .join("\n")
      .replaceAll("\n", "\r\n")
    return { contentType: "text", content }
  }
  const html = asHtml(first)
  const closing = rest.length === 0 ? -1 : html.toLowerCase().lastIndexOf("</body")
  const end = closing === -1 ? html.length : closing
  return { contentType: "html", content: html.slice(0, end) + rest.map(asHtml).join("\n") + html.slice(end) }
}

/** Chooses what is shown of a message: HTML where there is any, text where there is only that. */
export const messageContent = (root: MimePart): MessageContent => {
  const found = nothingFound()
  gather(root, found)
  return { body: joined(found.pieces), attached: found.attached, losses: found.losses }
}
