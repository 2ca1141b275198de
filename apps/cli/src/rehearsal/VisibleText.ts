/** One text of a message, as it is read. */
export interface MessageText {
  readonly isHtml: boolean
  /** Whether every octet is a character of the charset it is said to be in. */
  readonly isCertain: boolean
  readonly text: string
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  nbsp: "\u00a0",
  quot: '"'
}

const character = (hex: string, digits: string): string => {
  const code = Number.parseInt(digits, hex === "" ? 10 : 16)
  return code > 0x10_ff_ff ? "\ufffd" : String.fromCodePoint(code)
}

/** The signs that are seen of a text, without the blanks between them: those are another's in every program. */
export const visibleText = ({ isHtml, text }: Pick<MessageText, "isHtml" | "text">): string => {
  const plain = isHtml
    ? text
        .replaceAll(/<!--[\s\S]*?-->/gu, "")
        .replaceAll(/<(style|script|head|title)\b[^>]*>[\s\S]*?<\/\1\s*>/giu, "")
        .replaceAll(/<[^>]*>/gu, "")
        .replaceAll(/&#(x?)([0-9a-f]+);/giu, (_, hex: string, digits: string) => character(hex, digits))
        .replaceAll(/&(\w+);/gu, (whole, name: string) => entities[name.toLowerCase()] ?? whole)
    : text
  return plain.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, "")
}
