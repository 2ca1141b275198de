/** One field of a header block: the octets it occupies, line end and folded lines included. */
export interface HeaderField {
  /** As it is spelt in the message. */
  readonly name: string
  readonly start: number
  readonly end: number
  /** Where the colon stands. */
  readonly colon: number
}

const lf = 0x0a
const cr = 0x0d
const colonOctet = 0x3a

const lineEnd = (octets: Uint8Array, from: number): number => {
  const at = octets.indexOf(lf, from)
  return at === -1 ? octets.length : at + 1
}

const isEmptyLine = (octets: Uint8Array, at: number): boolean =>
  octets[at] === lf || (octets[at] === cr && octets[at + 1] === lf)

/** Where the body of a message begins: after the first empty line, or at the end where there is none. */
export const bodyStart = (octets: Uint8Array): number => {
  let at = 0
  while (at < octets.length) {
    const end = lineEnd(octets, at)
    if (isEmptyLine(octets, at)) return end
    at = end
  }
  return octets.length
}

/** The fields in order. A line without a colon becomes a field without a name. */
export const headerFields = (octets: Uint8Array): ReadonlyArray<HeaderField> => {
  const fields: Array<HeaderField> = []
  let start = 0
  while (start < octets.length && !isEmptyLine(octets, start)) {
    let end = lineEnd(octets, start)
    while (end < octets.length && (octets[end] === 0x20 || octets[end] === 0x09)) end = lineEnd(octets, end)
    const found = octets.subarray(start, end).indexOf(colonOctet)
    const colon = found === -1 ? start : start + found
    fields.push({
      name: Buffer.from(octets.subarray(start, colon)).toString("latin1").trim(),
      start,
      end,
      colon
    })
    start = end
  }
  return fields
}

/** A field's value unfolded (RFC 5322, section 2.2.3) and trimmed, octets above 7 bits read as UTF-8. */
export const fieldValue = (octets: Uint8Array, field: HeaderField): string =>
  Buffer.from(octets.subarray(field.colon + 1, field.end))
    .toString("utf8")
    .replaceAll(/\r?\n(?=[ \t])/gu, "")
    .trim()

/** The value of the first field of that name. */
export const firstValue = (octets: Uint8Array, name: string): string | undefined => {
  const field = headerFields(octets).find((each) => each.name.toLowerCase() === name.toLowerCase())
  return field === undefined ? undefined : fieldValue(octets, field)
}
