import { decodeText } from "./Charset.ts"
import { decodedWords } from "./EncodedWords.ts"

/** `value; name=value; …` of a Content-Type or Content-Disposition field, value and names in lower case. */
export interface StructuredField {
  readonly value: string
  readonly params: ReadonlyMap<string, string>
}

/** Longer fields are no content types; a bound keeps a field of a megabyte from taking minutes. */
const longestField = 65_536

/** A parenthesis within an unquoted value is part of it: filename=offer(1).pdf. */
const opensComment = (before: string): boolean => ["", " ", "\t"].includes(before.at(-1) ?? "")

/** One `;`-separated piece at a time, quotes and comments (RFC 5322 section 3.2.2) respected. */
const pieces = (field: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  let piece = ""
  let quoted = false
  let depth = 0
  for (let at = 0; at < field.length; at++) {
    const character = field[at] ?? ""
    if (depth > 0) {
      if (character === "\\") at++
      else if (character === "(") depth++
      else if (character === ")") depth--
    } else if (quoted) {
      if (character === "\\") piece += character + (field[++at] ?? "")
      else {
        quoted = character !== '"'
        piece += character
      }
    } else if (character === ";") {
      found.push(piece)
      piece = ""
    } else if (character === "(" && opensComment(piece) && field.includes(")", at)) depth = 1
    else {
      quoted = character === '"'
      piece += character
    }
  }
  return [...found, piece]
}

const unquoted = (value: string): string => {
  const text = value.trim()
  if (!text.startsWith('"')) return text
  const end = /[^\\](?:\\\\)*"/u.exec(text)
  const inner = text === '""' ? "" : text.slice(1, end === null ? undefined : end.index + end[0].length - 1)
  return inner.replace(/\\(.)/gu, "$1")
}

/** RFC 2231 section 4: `charset'language'%41%42`. */
const percentDecoded = (text: string, charset: string): string => {
  const octets = Buffer.from(text, "utf8")
    .toString("latin1")
    .replace(/%([0-9a-f]{2})/giu, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
  return decodeText(Buffer.from(octets, "latin1"), charset).text
}

interface Section {
  readonly index: number
  readonly isEncoded: boolean
  readonly text: string
}

/** RFC 2231 section 3: `name*0*=…; name*1=…`; sections that follow each other are decoded as one, as characters get cut. */
const joined = (sections: ReadonlyArray<Section>): string => {
  let charset = "utf-8"
  let encoded = ""
  let result = ""
  const flush = () => {
    result += percentDecoded(encoded, charset)
    encoded = ""
  }
  for (const { index, isEncoded, text } of sections.toSorted((a, b) => a.index - b.index)) {
    if (!isEncoded) {
      flush()
      result += text
      continue
    }
    const head = index === 0 ? /^([^']*)'[^']*'/u.exec(text) : null
    if (head !== null && head[1] !== "") charset = head[1] ?? charset
    encoded += head === null ? text : text.slice(head[0].length)
  }
  flush()
  return result
}

/** Takes a field apart. Of a parameter given twice the first counts; one by RFC 2231 goes before a plain one. */
export const structuredField = (field: string): StructuredField => {
  const [first = "", ...rest] = pieces(field.slice(0, longestField))
  const plain = new Map<string, string>()
  const extended = new Map<string, Array<Section>>()
  for (const piece of rest) {
    const equals = piece.indexOf("=")
    if (equals === -1) continue
    const name = piece.slice(0, equals).trim().toLowerCase()
    const text = unquoted(piece.slice(equals + 1))
    const continued = /^([^*]+)\*(?:(\d{1,4})(\*?))?$/u.exec(name)
    if (continued === null) {
      if (!plain.has(name)) plain.set(name, decodedWords(text))
      continue
    }
    const [, base = "", index, star] = continued
    const sections = extended.get(base) ?? []
    sections.push({ index: Number(index ?? 0), isEncoded: index === undefined || star === "*", text })
    extended.set(base, sections)
  }
  const decoded = [...extended].map(([name, sections]) => [name, joined(sections)] as const)
  return { value: unquoted(first).toLowerCase(), params: new Map([...plain, ...decoded]) }
}
