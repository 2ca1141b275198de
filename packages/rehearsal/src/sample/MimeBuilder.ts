/** One header field. A value of octets goes out as it is, for mail that breaks RFC 5322 on purpose. */
export type HeaderField = readonly [name: string, value: string | Uint8Array]

/** A MIME entity: its own header fields and its encoded body, CRLF line ends. */
export interface MimePart {
  readonly fields: ReadonlyArray<HeaderField>
  readonly body: Uint8Array
}

const crlf = Buffer.from("\r\n")

export const utf8 = (text: string): Uint8Array => Buffer.from(text, "utf8")

/** Lines of 76 characters, each ended by CRLF (RFC 2045 section 6.8). */
export const base64Lines = (octets: Uint8Array): string =>
  Buffer.from(octets)
    .toString("base64")
    .replaceAll(/.{1,76}/gu, "$&\r\n")

const isPlain = (octet: number): boolean => octet >= 0x20 && octet <= 0x7e && octet !== 0x3d

/** RFC 2045 section 6.7, with soft line breaks before column 76. Line ends in `text` must be CRLF. */
export const quotedPrintable = (text: string): string =>
  text
    .split("\r\n")
    .map((line) => {
      const encoded = [...utf8(line)].map((octet) =>
        isPlain(octet) ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, "0")}`
      )
      // White space at the end of a line may be lost on the way (rule 3).
      if (encoded.at(-1) === " ") encoded[encoded.length - 1] = "=20"
      let column = 0
      return encoded
        .map((piece) => {
          const folds = column + piece.length > 75
          column = folds ? piece.length : column + piece.length
          return folds ? `=\r\n${piece}` : piece
        })
        .join("")
    })
    .join("\r\n")

/**
 * An RFC 2047 `B` encoded-word when `text` is not plain ASCII, folded so that none is longer than the 75
 * characters of section 2. Never cuts a character in two.
 */
export const encodedWords = (text: string): string => {
  if (/^[\u0020-\u007e]*$/u.test(text)) return text
  const words: Array<string> = [""]
  for (const character of text) {
    const grown = `${words.at(-1) ?? ""}${character}`
    if (utf8(grown).length > 45) words.push(character)
    else words[words.length - 1] = grown
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString("base64")}?=`).join("\r\n ")
}

/** `"Name" <address>`, the name encoded where it has to be. */
export const mailboxAddress = (person: { readonly name: string; readonly address: string }): string =>
  `${/^[\w .'-]*$/u.test(person.name) ? person.name : encodedName(person.name)} <${person.address}>`

const encodedName = (name: string): string =>
  /^[\u0020-\u007e]*$/u.test(name) ? `"${name.replaceAll(/["\\]/gu, "\\$&")}"` : encodedWords(name)

export const textPart = (text: string, subtype: "plain" | "html" = "plain"): MimePart => ({
  fields: [
    ["Content-Type", `text/${subtype}; charset=utf-8`],
    ["Content-Transfer-Encoding", "quoted-printable"]
  ],
  body: utf8(`${quotedPrintable(text)}\r\n`)
})

/** A part as it is: seven-bit text, 8-bit octets, an encoding that does not fit. */
export const rawPart = (contentType: string, body: Uint8Array | string, encoding = "7bit"): MimePart => ({
  fields: [
    ["Content-Type", contentType],
    ["Content-Transfer-Encoding", encoding]
  ],
  body: typeof body === "string" ? utf8(body) : body
})

/** RFC 2231 for a file name that is not ASCII. */
const fileName = (name: string): string =>
  /^[\u0020-\u007e]*$/u.test(name)
    ? `filename="${name.replaceAll(/["\\]/gu, "\\$&")}"`
    : `filename*=UTF-8''${encodeURIComponent(name)}`

export const attachmentPart = (
  name: string,
  contentType: string,
  octets: Uint8Array,
  disposition: "attachment" | "inline" = "attachment"
): MimePart => ({
  fields: [
    ["Content-Type", contentType],
    ["Content-Disposition", `${disposition}; ${fileName(name)}`],
    ["Content-Transfer-Encoding", "base64"]
  ],
  body: utf8(base64Lines(octets))
})

/** A whole message as a part. */
export const nestedMessagePart = (message: Uint8Array): MimePart => ({
  fields: [
    ["Content-Type", "message/rfc822"],
    ["Content-Disposition", "attachment"]
  ],
  body: message
})

export const multipart = (subtype: string, boundary: string, parts: ReadonlyArray<MimePart>): MimePart => ({
  fields: [["Content-Type", `multipart/${subtype};\r\n boundary="${boundary}"`]],
  body: Buffer.concat([
    ...parts.flatMap((part) => [utf8(`--${boundary}\r\n`), mimeMessage([], part), crlf]),
    utf8(`--${boundary}--\r\n`)
  ])
})

/** Header fields in the order given, an empty line, the body. */
export const mimeMessage = (fields: ReadonlyArray<HeaderField>, part: MimePart): Uint8Array =>
  Buffer.concat([headerBlock([...fields, ...part.fields]), crlf, part.body])

export const headerBlock = (fields: ReadonlyArray<HeaderField>): Uint8Array =>
  Buffer.concat(
    fields.flatMap(([name, value]) => [
      utf8(`${name}: `),
      typeof value === "string" ? utf8(value) : value,
      crlf
    ])
  )

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const two = (value: number): string => String(value).padStart(2, "0")

/** RFC 5322 section 3.3, in the zone given in minutes east of Greenwich. */
export const dateField = (seconds: number, zoneMinutes = 0): string => {
  const at = new Date((seconds + zoneMinutes * 60) * 1000)
  const day = `${days[at.getUTCDay()] ?? ""}, ${two(at.getUTCDate())} ${months[at.getUTCMonth()] ?? ""}`
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  const ahead = Math.abs(zoneMinutes)
  const zone = `${zoneMinutes < 0 ? "-" : "+"}${two(Math.floor(ahead / 60))}${two(ahead % 60)}`
  return `${day} ${at.getUTCFullYear()} ${time} ${zone}`
}
