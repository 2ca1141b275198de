/** One header field of a message: where its octets stand, final line end included, and its name in lower case. */
export interface HeaderField {
  readonly name: string
  readonly start: number
  readonly end: number
}

const lf = 0x0a
const cr = 0x0d

const isFolded = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x09

const lineEnd = (octets: Uint8Array, from: number): number => {
  const at = octets.indexOf(lf, from)
  return at === -1 ? octets.length : at + 1
}

const isEmptyLine = (octets: Uint8Array, from: number): boolean =>
  octets[from] === lf || (octets[from] === cr && octets[from + 1] === lf)

/**
 * Walks the header block of a message (RFC 5322 section 2.2) up to the empty line, octet by octet, so that a field can be
 * cut out without touching the rest. A line without a colon is passed over as a field without a name.
 */
export function* headerFields(octets: Uint8Array): Generator<HeaderField> {
  let start = 0
  while (start < octets.length && !isEmptyLine(octets, start)) {
    let end = lineEnd(octets, start)
    while (end < octets.length && isFolded(octets[end])) end = lineEnd(octets, end)
    const colon = octets.subarray(start, end).indexOf(0x3a)
    const name = colon === -1 ? "" : Buffer.from(octets.subarray(start, start + colon)).toString("latin1")
    yield { name: name.trimEnd().toLowerCase(), start, end }
    start = end
  }
}

/**
 * The octets without one span. What is left of the front is copied only when there is any, so that cutting the first
 * line off a message of 30 MB, the usual case, makes no second copy of it.
 */
export const withoutSpan = (
  octets: Uint8Array,
  span: { readonly start: number; readonly end: number }
): Uint8Array => {
  if (span.start === 0) return octets.subarray(span.end)
  const kept = new Uint8Array(octets.length - (span.end - span.start))
  kept.set(octets.subarray(0, span.start))
  kept.set(octets.subarray(span.end), span.start)
  return kept
}
