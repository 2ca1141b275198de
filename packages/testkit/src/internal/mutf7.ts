/** Modified UTF-7 (RFC 3501 section 5.1.3) as text: `&AOk-` is `é`, `&-` is `&`. */
export const decodeModifiedUtf7 = (wireName: string): string =>
  wireName.replaceAll(/&([^-]*)-/gu, (_, base64: string) =>
    base64 === "" ? "&" : Buffer.from(base64.replaceAll(",", "/"), "base64").swap16().toString("utf16le")
  )

/** Text as modified UTF-7: what {@link decodeModifiedUtf7} reads. */
export const encodeModifiedUtf7 = (name: string): string =>
  name.replaceAll(/&|[^\u0020-\u007e]+/gu, (run) =>
    run === "&"
      ? "&-"
      : `&${Buffer.from(run, "utf16le").swap16().toString("base64").replaceAll("/", ",").replace(/=+$/u, "")}-`
  )
