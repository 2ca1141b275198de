/** Modified UTF-7 (RFC 3501 section 5.1.3) as text: `&AOk-` is `é`, `&-` is `&`. */
export const decodeModifiedUtf7 = (wireName: string): string =>
  wireName.replaceAll(/&([^-]*)-/gu, (_, base64: string) =>
    base64 === "" ? "&" : Buffer.from(base64.replaceAll(",", "/"), "base64").swap16().toString("utf16le")
  )
