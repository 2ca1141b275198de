const word = /=\?([^?*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/giu

const octetsOf = (encoding: string, text: string): Uint8Array => {
  if (encoding.toLowerCase() === "b") return Buffer.from(text, "base64")
  const unescaped = text
    .replaceAll("_", " ")
    .replaceAll(/=([0-9a-f]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(unescaped, "latin1")
}

const known = (charset: string): InstanceType<typeof TextDecoder> | undefined => {
  try {
    return new TextDecoder(charset)
  } catch {
    return undefined
  }
}

/** Encoded words (RFC 2047) undone; white space between two of them is no part of the text. Unknown charsets stay. */
export const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/gu, "?==?")
    .replaceAll(word, (whole: string, charset: string, encoding: string, encoded: string) => {
      const decoder = known(charset)
      return decoder === undefined ? whole : decoder.decode(octetsOf(encoding, encoded))
    })
