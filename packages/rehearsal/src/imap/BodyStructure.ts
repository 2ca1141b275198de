import { type WriteString, envelope } from "./Envelope.ts"
import { firstValue } from "./HeaderBlock.ts"
import { type MimePart, parseMime } from "./MimeTree.ts"
import { parseParameters } from "./Parameters.ts"

const parameterList = (parameters: ReadonlyMap<string, string>, write: WriteString): string => {
  if (parameters.size === 0) return "NIL"
  return `(${[...parameters].map(([name, value]) => `${write(name)} ${write(value)}`).join(" ")})`
}

const lines = (octets: Buffer): number => {
  let count = 0
  for (let at = octets.indexOf(0x0a); at !== -1; at = octets.indexOf(0x0a, at + 1)) count += 1
  return count
}

const describe = (octets: Buffer, part: MimePart, extensible: boolean, write: WriteString): string => {
  const own = octets.subarray(part.start, part.end)
  const field = (name: string): string => {
    const value = firstValue(own, name)
    return value === undefined ? "NIL" : write(value)
  }
  const declared = firstValue(own, "Content-Disposition")
  const disposition = declared === undefined ? undefined : parseParameters(declared)
  const tail = `${
    disposition === undefined
      ? "NIL"
      : `(${write(disposition.value)} ${parameterList(disposition.parameters, write)})`
  } ${field("Content-Language")} ${field("Content-Location")}`

  if (part.type === "multipart" && part.children.length > 0) {
    const children = part.children.map((child) => describe(octets, child, extensible, write)).join("")
    const extension = extensible ? ` ${parameterList(part.parameters, write)} ${tail}` : ""
    return `(${children} ${write(part.subtype)}${extension})`
  }

  const body = octets.subarray(part.bodyStart, part.end)
  const encoding = firstValue(own, "Content-Transfer-Encoding") ?? "7bit"
  const items = [
    write(part.type),
    write(part.subtype),
    parameterList(part.parameters, write),
    field("Content-Id"),
    field("Content-Description"),
    write(encoding),
    String(body.length)
  ]
  const [embedded] = part.type === "message" && part.subtype === "rfc822" ? part.children : []
  if (embedded !== undefined) {
    items.push(
      envelope(octets.subarray(embedded.start, embedded.end), write),
      describe(octets, embedded, extensible, write),
      String(lines(body))
    )
  } else if (part.type === "text") items.push(String(lines(body)))
  if (extensible) items.push(field("Content-MD5"), tail)
  return `(${items.join(" ")})`
}

/** BODYSTRUCTURE, or BODY, which is the same without extension data (RFC 3501, section 7.4.2). */
export const bodyStructure = (octets: Buffer, extensible: boolean, write: WriteString): string =>
  describe(octets, parseMime(octets), extensible, write)
