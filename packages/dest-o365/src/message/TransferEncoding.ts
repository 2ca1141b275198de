/** The octets that a part stands for. */
export interface DecodedOctets {
  readonly octets: Buffer
  /** What was wrong with the encoding; none when nothing was. */
  readonly damage?: string
}

const asBuffer = (octets: Uint8Array): Buffer =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)

/** Value of each base64 character (RFC 4648 section 4); 64 for `=`, 65 for what is skipped, 66 for what cannot be there. */
const values = new Uint8Array(256).fill(66)
for (const [index, character] of [
  ...Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
].entries()) {
  values[character] = index
}
values[0x3d] = 64
for (const blank of [0x09, 0x0a, 0x0d, 0x20]) values[blank] = 65

/**
 * RFC 2045 section 6.8. Padding may stand at the end of any line, as mailers write that encode line by line; characters
 * of no meaning are skipped, and so is a last character that alone is no octet.
 */
const decodeBase64 = (encoded: Uint8Array): DecodedOctets => {
  const octets = Buffer.allocUnsafeSlow(Math.ceil((encoded.length * 3) / 4))
  let length = 0
  let bits = 0
  let count = 0
  let strange = 0
  let cut = false
  for (let at = 0; at < encoded.length; at++) {
    const value = values[encoded[at] ?? 0] ?? 66
    if (value < 64) {
      bits = ((bits << 6) | value) & 0xff_ff_ff
      count++
      if (count === 4) {
        octets[length++] = bits >> 16
        octets[length++] = (bits >> 8) & 0xff
        octets[length++] = bits & 0xff
        count = 0
      }
    } else if (value === 64) {
      length = flush(octets, length, bits, count)
      cut ||= count === 1
      count = 0
    } else if (value === 66) strange++
  }
  length = flush(octets, length, bits, count)
  cut ||= count === 1
  const damage =
    strange > 0
      ? `${strange} characters that are not base64 were skipped`
      : cut
        ? "its base64 ends in the middle of an octet"
        : undefined
  return { octets: octets.subarray(0, length), ...(damage === undefined ? {} : { damage }) }
}

const flush = (octets: Buffer, length: number, bits: number, count: number): number => {
  if (count < 2) return length
  octets[length] = count === 2 ? bits >> 4 : bits >> 10
  if (count === 3) octets[length + 1] = (bits >> 2) & 0xff
  return length + count - 1
}

const hex = (octet: number | undefined): number => {
  if (octet === undefined) return -1
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  const lower = octet | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

const isBlank = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x09

/** RFC 2045 section 6.7. An `=` that starts nothing stays; blanks at the end of a line were added on the way and go. */
const decodeQuotedPrintable = (encoded: Uint8Array): DecodedOctets => {
  const octets = Buffer.allocUnsafeSlow(encoded.length)
  let length = 0
  let solid = 0
  let strays = 0
  for (let at = 0; at < encoded.length; at++) {
    const octet = encoded[at] ?? 0
    if (octet === 0x3d) {
      const high = hex(encoded[at + 1])
      const low = hex(encoded[at + 2])
      if (high >= 0 && low >= 0) {
        octets[length++] = high * 16 + low
        at += 2
        solid = length
        continue
      }
      let end = at + 1
      while (isBlank(encoded[end])) end++
      if (encoded[end] === 0x0d && encoded[end + 1] === 0x0a) end++
      if (end >= encoded.length || encoded[end] === 0x0a) {
        at = end
        solid = length
        continue
      }
      strays++
    } else if (octet === 0x0a || (octet === 0x0d && encoded[at + 1] === 0x0a)) length = solid
    octets[length++] = octet
    if (!isBlank(octet)) solid = length
  }
  const damage = strays > 0 ? `${strays} "=" in its quoted-printable start nothing and were kept` : undefined
  return { octets: octets.subarray(0, solid), ...(damage === undefined ? {} : { damage }) }
}

/**
 * Undoes a Content-Transfer-Encoding. What needs no decoding is a view of the octets given, line ends and all; an
 * encoding that nobody defined (`x-uuencode`) is left on and told.
 */
export const decodeTransfer = (encoded: Uint8Array, encoding: string): DecodedOctets => {
  switch (encoding) {
    case "base64":
      return decodeBase64(encoded)
    case "quoted-printable":
      return decodeQuotedPrintable(encoded)
    case "":
    case "7bit":
    case "8bit":
    case "binary":
      return { octets: asBuffer(encoded) }
    default:
      return {
        octets: asBuffer(encoded),
        damage: `encoding "${encoding.slice(0, 40)}" is not known and was left on`
      }
  }
}
