/** Octets a quoted string cannot hold: CR, LF, NUL and anything above 7 bits (RFC 3501, section 9). */
const needsLiteral = /[\r\n\0\x80-\uffff]/u

/** `\` and `"` escaped, whatever else is inside. */
export const quote = (text: string): string => `"${text.replaceAll(/["\\]/gu, "\\$&")}"`

/** A literal, announced and in place. */
export const literal = (octets: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`{${octets.length}}\r\n`, "latin1"), octets])

/** A string as a well-behaved server sends it: quoted where possible, a literal of UTF-8 otherwise. */
export const wireString = (text: string): string => {
  if (!needsLiteral.test(text)) return quote(text)
  return `{${Buffer.byteLength(text, "utf8")}}\r\n${text}`
}
