import { isAscii } from "node:buffer"

/** What octets say as text, and what had to be guessed for it. */
export interface DecodedText {
  readonly text: string
  /** Why the text may not be what was meant; none when the label was known and fitted. */
  readonly doubt?: string
}

/**
 * Names seen in mail that the WHATWG Encoding Standard does not list: code pages by their number, and spellings that
 * Outlook, Lotus Notes and Java have for encodings it does list. Keys are without case and punctuation.
 */
const aliases: Readonly<Record<string, string>> = {
  "8bit": "utf-8",
  ansi: "windows-1252",
  ansix31101983: "windows-1252",
  big5hkscs: "big5",
  cp1361: "euc-kr",
  cp50220: "iso-2022-jp",
  cp50221: "iso-2022-jp",
  cp50222: "iso-2022-jp",
  cp51932: "euc-jp",
  cp874: "windows-874",
  cp932: "shift_jis",
  cp936: "gbk",
  cp949: "euc-kr",
  cp950: "big5",
  cp65001: "utf-8",
  euccn: "gbk",
  eucjp: "euc-jp",
  euckr: "euc-kr",
  gb231280: "gbk",
  iso2022jp1: "iso-2022-jp",
  iso2022jp2: "iso-2022-jp",
  iso2022jpms: "iso-2022-jp",
  iso88598e: "iso-8859-8",
  mskanji: "shift_jis",
  shiftjis: "shift_jis",
  uhc: "euc-kr",
  utf8mb4: "utf-8",
  win1250: "windows-1250",
  win1251: "windows-1251",
  win1252: "windows-1252",
  windows31j: "shift_jis",
  xunknown: "",
  unknown: "",
  unknown8bit: "",
  default: ""
}

const fatalUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false })
const windows1252 = new TextDecoder("windows-1252")

const decoderOf = (label: string): InstanceType<typeof TextDecoder> | undefined => {
  const bare = label.replace(/^x-(?:ms-)?|^cs/u, "")
  const alias = aliases[bare.replace(/[^a-z0-9]/gu, "")]
  for (const name of [
    label,
    alias,
    bare,
    bare.replaceAll("_", "-"),
    bare.replace(/^cp-?(?=125\d)/u, "windows-")
  ]) {
    if (name === undefined || name === "") continue
    try {
      return new TextDecoder(name)
    } catch {
      // Not a name that the platform knows: the next spelling.
    }
  }
  return undefined
}

/** UTF-8 where the octets are that, else windows-1252, which has a character for nearly every octet. */
const guessed = (octets: Uint8Array): { readonly text: string; readonly as: string } => {
  try {
    return { text: fatalUtf8.decode(octets), as: "utf-8" }
  } catch {
    return { text: windows1252.decode(octets), as: "windows-1252" }
  }
}

/** RFC 2152: base64 of big-endian UTF-16 between `+` and `-`; no platform decodes it. */
const utf7 = (octets: Uint8Array): string =>
  Buffer.from(octets)
    .toString("latin1")
    .replace(/\+([A-Za-z0-9+/]*)-?/gu, (_, base64: string) => {
      if (base64 === "") return "+"
      const units = Buffer.from(base64, "base64")
      return units
        .subarray(0, units.length - (units.length % 2))
        .swap16()
        .toString("utf16le")
    })

/**
 * The text of octets in the charset a message names. Mail without a charset, or that says US-ASCII and is not (RFC 2045
 * section 5.2), is read as UTF-8 if it is valid UTF-8, else as windows-1252. Every lone surrogate is replaced, so that
 * the text is valid JSON.
 *
 * @param label as in the `charset` parameter; none when there is no such parameter
 */
export const decodeText = (octets: Uint8Array, label: string | undefined): DecodedText => {
  const name = (label ?? "")
    .trim()
    .toLowerCase()
    .replace(/^["']|["']$/gu, "")
  if (/^(?:x-)?(?:unicode-1-1-)?utf-?7$/u.test(name)) return { text: utf7(octets).toWellFormed() }
  if (isAscii(octets) && !/^(?:iso-2022|csiso2022|hz|utf-?(?:16|32)|cp5022|ucs)/u.test(name)) {
    return { text: Buffer.from(octets).toString("latin1") }
  }
  if (name === "" || name === "us-ascii" || name === "ascii") {
    const { as, text } = guessed(octets)
    return as === "utf-8" ? { text } : { text, doubt: `8-bit text that names no charset, read as ${as}` }
  }
  const decoder = decoderOf(name)
  if (decoder === undefined) {
    const { as, text } = guessed(octets)
    return { text, doubt: `charset "${name.slice(0, 60)}" is not known, read as ${as}` }
  }
  const text = decoder.decode(octets)
  if (!text.includes("\ufffd")) return { text }
  return { text, doubt: `some octets are not ${decoder.encoding}` }
}

/** A header's octets (RFC 6532 allows UTF-8 in them, old mailers sent anything). */
export const headerText = (octets: Uint8Array): string =>
  isAscii(octets) ? Buffer.from(octets).toString("latin1") : guessed(octets).text
