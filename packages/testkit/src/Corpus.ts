import * as Option from "effect/Option"

/** A message that some mover or server has got wrong. */
export interface CorpusMessage {
  readonly name: string
  /** Made at each call, so that the large one is in memory only while somebody holds it. */
  readonly bytes: () => Uint8Array
  /** The Message-ID header as a reader finds it, brackets included. */
  readonly messageId: Option.Option<string>
  /**
   * Within RFC 5322 and MIME, so that a server which keeps octets must keep these. Of the others NUL comes
   * back as 0x80 from Dovecot and is refused by Cyrus, a bare LF comes back as CRLF, 8-bit headers are masked.
   */
  readonly wellFormed: boolean
  /** Bigger than a test should copy without reason. */
  readonly large: boolean
}

type Part = string | Uint8Array

const octets = (...parts: ReadonlyArray<Part>): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)))

const lines = (...text: ReadonlyArray<string>): string => text.join("\r\n")

const header = (messageId: string | undefined, subject: string, ...more: ReadonlyArray<string>): string =>
  lines(
    "From: Corpus <from@corpus.invalid>",
    "To: to@corpus.invalid",
    ...(messageId === undefined ? [] : [`Message-ID: ${messageId}`]),
    `Subject: ${subject}`,
    "Date: Sat, 29 Feb 2020 12:00:00 +0000",
    ...more,
    ""
  )

const message = (
  name: string,
  messageId: string | undefined,
  bytes: () => Uint8Array,
  traits: { readonly wellFormed?: boolean; readonly large?: boolean } = {}
): CorpusMessage => ({
  name,
  bytes,
  messageId: Option.fromUndefinedOr(messageId),
  wellFormed: traits.wellFormed ?? true,
  large: traits.large ?? false
})

const id = (local: string) => `<${local}@corpus.invalid>`
const utf8 = lines(
  "MIME-Version: 1.0",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: 8bit"
)

const nested = (): Uint8Array =>
  octets(
    header(
      id("nested"),
      "parts in parts",
      "MIME-Version: 1.0",
      'Content-Type: multipart/mixed; boundary="a"'
    ),
    lines("", "--a", 'Content-Type: multipart/alternative; boundary="aa"', "", "--aa", "", "plain", "--aa"),
    lines(
      "",
      "Content-Type: text/html",
      "",
      "<p>html</p>",
      "--aa--",
      "--a",
      "Content-Type: message/rfc822",
      ""
    ),
    header(id("nested-inner"), "inside", 'Content-Type: multipart/mixed; boundary="b"'),
    lines("", "", "--b", "Content-Transfer-Encoding: base64", "", "AAECAwQ=", "--b--", "--a--", "")
  )

/** 25 MiB of base64 lines, about what Proton lets one send. */
const large = (): Uint8Array => {
  const head = header(id("large"), "25 MiB", "MIME-Version: 1.0", "Content-Transfer-Encoding: base64")
  const line = Buffer.from(`${"QUJD".repeat(19)}\r\n`)
  const bytes = Buffer.alloc(25 * 1024 * 1024, line)
  bytes.write(`${head}\r\n`)
  return bytes
}

export const corpus: ReadonlyArray<CorpusMessage> = [
  message("plain", id("plain"), () => octets(header(id("plain"), "plain"), "\r\nhello\r\n")),
  message("8-bit body", id("utf8"), () =>
    octets(header(id("utf8"), "8 bit", utf8), "\r\nvolle Länge 日本 🎉\r\n")
  ),
  message("Latin-1 body without a charset", id("latin1"), () =>
    octets(header(id("latin1"), "latin"), "\r\n", Buffer.from("caf\u00e9 \u00ff\r\n", "latin1"))
  ),
  message("no Message-ID", undefined, () => octets(header(undefined, "nameless"), "\r\nhello\r\n")),
  message("duplicate Message-ID, first", id("twin"), () =>
    octets(header(id("twin"), "one"), "\r\nfirst\r\n")
  ),
  message("duplicate Message-ID, second", id("twin"), () =>
    octets(header(id("twin"), "two"), "\r\nsecond\r\n")
  ),
  message("empty body", id("empty"), () => octets(header(id("empty"), "empty body"), "\r\n")),
  message("no line end at the end", id("open"), () =>
    octets(header(id("open"), "open end"), "\r\nlast line")
  ),
  message("lines of dots and commands", id("dots"), () =>
    octets(
      header(id("dots"), "looks like a protocol"),
      lines("", ".", "..", ")", "a1 OK done", "* BYE", "+ go", "{12}", "{12+}", "From here", "")
    )
  ),
  message("folded headers", id("folded"), () =>
    octets(
      lines(
        "FROM:",
        "\tfolded@corpus.invalid",
        "message-id:",
        ` ${id("folded")}`,
        "Subject: one",
        "  two",
        ""
      ),
      "\r\nhello\r\n"
    )
  ),
  message("nested parts", id("nested"), nested),
  message("a part never closed", id("unclosed"), () =>
    octets(header(id("unclosed"), "x", 'Content-Type: multipart/mixed; boundary="u"'), "\r\n--u\r\n\r\ntext")
  ),
  message("header only", id("header"), () => octets(header(id("header"), "header only")), {
    wellFormed: false
  }),
  message(
    "8-bit header",
    id("raw8"),
    () => octets(header(id("raw8"), "grüße", "X-Raw: \u00ff"), "\r\nhello\r\n"),
    { wellFormed: false }
  ),
  message("bare LF", id("lf"), () => octets(header(id("lf"), "unix"), "\r\none\ntwo\nthree\r\n"), {
    wellFormed: false
  }),
  message("bare CR", id("cr"), () => octets(header(id("cr"), "mac"), "\r\none\rtwo\rthree\r\n"), {
    wellFormed: false
  }),
  message("NUL", id("nul"), () => octets(header(id("nul"), "nul"), "\r\na\0b\r\n"), { wellFormed: false }),
  message(
    "lines of 10,000 octets",
    id("long"),
    () => octets(header(id("long"), "long"), `\r\n${"x".repeat(10_000)}\r\n`),
    {
      wellFormed: false
    }
  ),
  message(
    "two Message-IDs",
    id("first"),
    () => octets(header(id("first"), "two names", `Message-ID: ${id("second")}`), "\r\nhello\r\n"),
    { wellFormed: false }
  ),
  message("25 MiB", id("large"), large, { large: true })
]

/** What every server that keeps octets must keep, small enough to be copied freely. */
export const wellFormedCorpus: ReadonlyArray<CorpusMessage> = corpus.filter(
  ({ wellFormed, large }) => wellFormed && !large
)
