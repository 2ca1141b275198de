import type { FetchItem, Section } from "./FetchItem.ts"
import { type HeaderField, bodyStart, headerFields } from "./HeaderBlock.ts"
import { type MimePart, parseMime } from "./MimeTree.ts"

const nothing = Buffer.alloc(0)
const emptyLine = Buffer.from("\r\n", "latin1")

/**
 * Part numbers of RFC 3501, section 6.4.5: a message that is not multipart has a part 1, and the numbers below an
 * embedded message are those of its own parts.
 */
const findPart = (root: MimePart, numbers: ReadonlyArray<number>): MimePart | undefined => {
  let part: MimePart | undefined = root
  for (const number of numbers) {
    const container: MimePart | undefined =
      part?.type === "message" && part.subtype === "rfc822" ? part.children[0] : part
    if (container === undefined) return undefined
    part =
      container.type === "multipart" ? container.children[number - 1] : number === 1 ? container : undefined
  }
  return part
}

const selected = (octets: Buffer, section: Section): Buffer => {
  const wanted = new Set(section.fields.map((name) => name.toLowerCase()))
  const keep = (field: HeaderField): boolean =>
    wanted.has(field.name.toLowerCase()) === (section.what === "HEADER.FIELDS")
  const parts = headerFields(octets)
    .filter(keep)
    .map((field) => octets.subarray(field.start, field.end))
  return Buffer.concat([...parts, emptyLine])
}

const ofMessage = (octets: Buffer, section: Section): Buffer => {
  switch (section.what) {
    case "ALL":
      return octets
    case "HEADER":
      return octets.subarray(0, bodyStart(octets))
    case "TEXT":
      return octets.subarray(bodyStart(octets))
    case "MIME":
      return nothing
    default:
      return selected(octets, section)
  }
}

/** Whether a message has the part a section names: some servers refuse to answer for one it has not. */
export const hasPart = (octets: Buffer, numbers: ReadonlyArray<number>): boolean =>
  numbers.length === 0 || findPart(parseMime(octets), numbers) !== undefined

/** The octets `BODY[section]` means; none where the message has no such part. */
export const sectionOctets = (octets: Buffer, section: Section): Buffer => {
  if (section.part.length === 0) return ofMessage(octets, section)
  const part = findPart(parseMime(octets), section.part)
  if (part === undefined) return nothing
  if (section.what === "MIME") return octets.subarray(part.start, part.bodyStart)
  if (section.what === "ALL") return octets.subarray(part.bodyStart, part.end)
  const [embedded] = part.type === "message" ? part.children : []
  return embedded === undefined ? nothing : ofMessage(octets.subarray(embedded.start, embedded.end), section)
}

/** The octets a Section item is answered with, cut to its partial range. */
export const itemOctets = (octets: Buffer, item: Extract<FetchItem, { _tag: "Section" }>): Buffer => {
  const whole = sectionOctets(octets, item.section)
  if (item.partial === undefined) return whole
  return whole.subarray(item.partial.origin, item.partial.origin + item.partial.length)
}
