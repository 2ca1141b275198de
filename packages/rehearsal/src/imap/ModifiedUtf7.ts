/** Mailbox names on the wire (RFC 3501, section 5.1.3): base64 of UTF-16BE between `&` and `-`, with `,` for `/`. */
export const encodeModifiedUtf7 = (name: string): string =>
  name.replaceAll(/&|[^\x20-\x7e]+/gu, (run) => {
    if (run === "&") return "&-"
    const base64 = Buffer.from(run, "utf16le").swap16().toString("base64")
    return `&${base64.replaceAll("=", "").replaceAll("/", ",")}-`
  })

/** `undefined` when the name is not modified UTF-7: an open shift, an odd octet, a lone `&`. */
export const decodeModifiedUtf7 = (encoded: string): string | undefined => {
  if (/[^\x20-\x7e]/u.test(encoded)) return undefined
  let valid = true
  const name = encoded.replaceAll(/&([^-]*)(-?)/gu, (_, base64: string, end: string) => {
    if (base64 === "" && end === "-") return "&"
    const octets = Buffer.from(base64.replaceAll(",", "/"), "base64")
    if (end === "" || !/^[A-Za-z0-9+,]+$/u.test(base64) || octets.length === 0 || octets.length % 2 === 1)
      valid = false
    return valid ? octets.swap16().toString("utf16le") : ""
  })
  return valid ? name : undefined
}
