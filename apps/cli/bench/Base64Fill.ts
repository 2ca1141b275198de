/** A line of base64, its end included, and the octets it holds. */
const line = { text: `${"q83vEjRWeJA".repeat(7).slice(0, 76)}\r\n`, octets: 57 }

/** So many octets in base64, and up to a line more: tens of megabytes are one fill instead of an encoding. */
export const base64Fill = (octets: number): Buffer =>
  Buffer.alloc(Math.ceil(octets / line.octets) * line.text.length, line.text)
