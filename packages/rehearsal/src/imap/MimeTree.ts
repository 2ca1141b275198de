import { bodyStart, firstValue } from "./HeaderBlock.ts"
import { parseParameters } from "./Parameters.ts"

/** A message or one of its parts (RFC 2045). Offsets count from the start of the whole message. */
export interface MimePart {
  readonly start: number
  readonly bodyStart: number
  readonly end: number
  /** Lower case: `text`, `multipart`. */
  readonly type: string
  readonly subtype: string
  readonly parameters: ReadonlyMap<string, string>
  /** The parts of a multipart; the one embedded message of a message/rfc822. */
  readonly children: ReadonlyArray<MimePart>
}

/** Deeper than this a message is taken as it stands: nobody nests mail so deep except to break parsers. */
const maxDepth = 32

/** Where each part between the boundary's delimiter lines lies (RFC 2046, section 5.1.1). */
const partRanges = (
  octets: Buffer,
  boundary: string,
  from: number,
  to: number
): ReadonlyArray<readonly [number, number]> => {
  const delimiter = Buffer.from(`--${boundary}`, "latin1")
  const ranges: Array<readonly [number, number]> = []
  let open: number | undefined
  for (let at = octets.indexOf(delimiter, from); at !== -1 && at < to;) {
    const next = at + delimiter.length
    if (at === from || octets[at - 1] === 0x0a) {
      const before = octets[at - 2] === 0x0d ? at - 2 : at - 1
      if (open !== undefined) ranges.push([open, Math.max(open, before)])
      const eol = octets.indexOf(0x0a, next)
      open = eol === -1 || eol >= to ? to : eol + 1
      if (octets[next] === 0x2d && octets[next + 1] === 0x2d) return ranges
    }
    at = octets.indexOf(delimiter, next)
  }
  if (open !== undefined) ranges.push([open, to])
  return ranges
}

const parsePart = (octets: Buffer, start: number, end: number, depth: number): MimePart => {
  const own = octets.subarray(start, end)
  const body = start + bodyStart(own)
  const declared = parseParameters(firstValue(own, "Content-Type") ?? "text/plain; charset=us-ascii")
  const [type = "text", subtype = "plain"] = declared.value.toLowerCase().split("/")
  const boundary = declared.parameters.get("boundary")
  const children =
    depth >= maxDepth
      ? []
      : type === "multipart" && boundary !== undefined
        ? partRanges(octets, boundary, body, end).map(([from, to]) => parsePart(octets, from, to, depth + 1))
        : type === "message" && subtype === "rfc822"
          ? [parsePart(octets, body, end, depth + 1)]
          : []
  return { start, bodyStart: body, end, type, subtype, parameters: declared.parameters, children }
}

export const parseMime = (octets: Buffer): MimePart => parsePart(octets, 0, octets.length, 0)
