const hexDigits = Buffer.from("0123456789ABCDEF", "latin1")
const equals = 0x3d
const cr = 0x0d
const lf = 0x0a

/** RFC 2045, section 6.7, rule 5: no line is longer than this, the `=` of a soft break included. */
const maxLine = 76

const isBlank = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x09
const isLineEnd = (octet: number | undefined): boolean => octet === undefined || octet === cr || octet === lf

/** Text as Go's `quotedprintable.Writer` encodes it: any kind of line end becomes CRLF. */
export const encodeQuotedPrintable = (octets: Uint8Array): Buffer => {
  // At worst every octet takes three, and every line of 72 three more for its soft break.
  const out = Buffer.allocUnsafe(octets.length * 3 + Math.ceil((octets.length * 3) / 72) * 3 + 3)
  let length = 0
  let column = 0
  const put = (...written: ReadonlyArray<number>): void => {
    for (const octet of written) {
      out[length] = octet
      length += 1
    }
  }
  const room = (needed: number, last: boolean): void => {
    if (column + needed <= (last ? maxLine : maxLine - 1)) return
    put(equals, cr, lf)
    column = 0
  }
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets[at] ?? 0
    if (octet === cr || octet === lf) {
      if (octet === cr && octets[at + 1] === lf) at += 1
      put(cr, lf)
      column = 0
      continue
    }
    const last = isLineEnd(octets[at + 1])
    const plain = isBlank(octet) ? !last : octet > 0x20 && octet < 0x7f && octet !== equals
    room(plain ? 1 : 3, last)
    if (plain) put(octet)
    else put(equals, hexDigits[octet >> 4] ?? 0, hexDigits[octet & 15] ?? 0)
    column += plain ? 1 : 3
  }
  return out.subarray(0, length)
}

/** Undoes quoted-printable; what is not an escape stays as it is. */
export const decodeQuotedPrintable = (octets: Buffer): Buffer =>
  Buffer.from(
    octets
      .toString("latin1")
      .replaceAll(/[ \t]+(?=\r?\n|$)/gu, "")
      .replaceAll(/=\r?\n/gu, "")
      .replaceAll(/=([0-9A-Fa-f]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1"
  )
