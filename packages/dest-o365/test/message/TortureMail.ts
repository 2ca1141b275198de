/** What a reader is to find in a torturous message. */
export interface Found {
  readonly subject?: string
  /** Line ends are `\n`, blanks at the end do not count. */
  readonly text?: string
  readonly html?: string
  readonly to?: ReadonlyArray<string>
  readonly files?: ReadonlyArray<{ readonly name: string; readonly octets: string }>
}

export interface Torture {
  readonly name: string
  readonly octets: () => Uint8Array
  /** Octets of files are told in Latin-1. */
  readonly found: Found
  /** Kinds of loss that are told, in order. */
  readonly losses: ReadonlyArray<string>
}

export const crlf = (text: string): string => text.replace(/\r?\n/gu, "\r\n")

/** A letter's first lines, so that each message below shows only what is bad about it. */
export const head = (more: string): string =>
  crlf(`From: Ann <ann@a.example>
To: bob@b.example
Message-ID: <torture@a.example>
Date: Sat, 29 Feb 2020 12:00:00 +0000
MIME-Version: 1.0
${more}`)

export const mail = (more: string, body: string | Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from(`${head(more)}\r\n\r\n`, "utf8"),
    typeof body === "string" ? Buffer.from(crlf(body), "utf8") : body
  ])

export const torture = (
  name: string,
  octets: () => Uint8Array,
  found: Found,
  losses: ReadonlyArray<string> = []
): Torture => ({ name, octets, found, losses })
