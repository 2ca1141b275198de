import { decodeWords } from "postal-mime"

/** Neighbours of one charset in base64: RFC 2047 section 6.2 lets nothing but blanks stand between them. */
const neighbours = /=\?([^?\s]{1,60})\?b\?[^?\s]*\?=(?:\s+=\?\1\?b\?[^?\s]*\?=)+/giu

/**
 * Encoded words that mailers cut within a character, each padded by itself, as one word: no decoder can read them apart.
 */
export const joinedWords = (value: string): string =>
  value.replace(neighbours, (words, charset: string) => {
    const octets = Array.from(words.matchAll(/\?b\?([^?\s]*)\?=/giu), ([, base64 = ""]) =>
      Buffer.from(base64, "base64")
    )
    return `=?${charset}?B?${Buffer.concat(octets).toString("base64")}?=`
  })

/** A header's value with its encoded words (RFC 2047) as text. */
export const decodedWords = (value: string): string =>
  value.includes("=?") ? decodeWords(joinedWords(value)) : value
