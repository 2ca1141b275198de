import * as Option from "effect/Option"
import libmime from "libmime"

/** Unfolded value of a header field by its name, whatever its case; the first when there are several. */
export type HeaderValue = (name: string) => Option.Option<string>

const utf8 = new TextDecoder("utf-8", { fatal: true })
const windows1252 = new TextDecoder("windows-1252")

/** Octets as text: UTF-8 (RFC 6532) where they are, else windows-1252, which old mailers put raw into headers. */
const textOf = (octets: Uint8Array): string => {
  try {
    return utf8.decode(octets)
  } catch {
    return windows1252.decode(octets)
  }
}

/**
 * Reads header fields out of raw octets, which may hold a whole message: reading ends at the empty line. Folded lines
 * are joined as RFC 5322 section 2.2.3 says; encoded words stay encoded. Lines may end in CRLF or LF.
 */
export const readHeader = (octets: Uint8Array): HeaderValue => {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  const fields = new Map<string, string>()
  let start = 0
  while (start < buffer.length) {
    let end = start
    do {
      const lf = buffer.indexOf(0x0a, end)
      end = lf === -1 ? buffer.length : lf + 1
    } while (buffer[end] === 0x20 || buffer[end] === 0x09)
    const line = buffer.subarray(start, end)
    if (line[0] === 0x0a || (line[0] === 0x0d && line[1] === 0x0a)) break
    const colon = line.indexOf(0x3a)
    const name = colon === -1 ? "" : line.toString("latin1", 0, colon).trimEnd().toLowerCase()
    if (name !== "" && !fields.has(name)) {
      fields.set(
        name,
        textOf(line.subarray(colon + 1))
          .replaceAll(/\r?\n/gu, "")
          .trim()
      )
    }
    start = end
  }
  return (name) => Option.fromUndefinedOr(fields.get(name.toLowerCase()))
}

/** A field's value as a person reads it: encoded words (RFC 2047) decoded. */
export const decodeWords = (value: string): string => libmime.decodeWords(value)
