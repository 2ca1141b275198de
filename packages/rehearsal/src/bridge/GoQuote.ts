const named: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\"
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0")

const escape = (character: string): string => {
  const known = named[character]
  if (known !== undefined) return known
  const point = character.codePointAt(0) ?? 0
  if (point < 0x80) return `\\x${hex(point, 2)}`
  return point > 0xffff ? `\\U${hex(point, 8)}` : `\\u${hex(point, 4)}`
}

/**
 * A string as Go's `strconv.Quote` writes it, which is how gluon writes IMAP strings: 8-bit characters stand as they
 * are, and what Go holds to be unprintable becomes an escape that IMAP undoes wrongly: `\u200b` is read as `u200b`.
 */
export const goQuote = (text: string): string =>
  `"${text.replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|["\\]/gu, escape)}"`
