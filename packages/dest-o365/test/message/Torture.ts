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

const crlf = (text: string): string => text.replace(/\r?\n/gu, "\r\n")

/** A letter's first lines, so that each message below shows only what is bad about it. */
const head = (more: string): string =>
  crlf(`From: Ann <ann@a.example>
To: bob@b.example
Message-ID: <torture@a.example>
Date: Sat, 29 Feb 2020 12:00:00 +0000
MIME-Version: 1.0
${more}`)

const mail = (more: string, body: string | Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from(`${head(more)}\r\n\r\n`, "utf8"),
    typeof body === "string" ? Buffer.from(crlf(body), "utf8") : body
  ])

const torture = (
  name: string,
  octets: () => Uint8Array,
  found: Found,
  losses: ReadonlyArray<string> = []
): Torture => ({ name, octets, found, losses })

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex")

const mixed = (parts: ReadonlyArray<string>): Uint8Array =>
  mail(
    'Content-Type: multipart/mixed; boundary="m"',
    `--m\n\n${["hello", ...parts].join("\n--m\n")}\n--m--\n`.replace("--m\n\nhello", "--m\n\nhello")
  )

const inner = crlf(`From: in@a.example
Subject: =?utf-8?Q?inner_=E2=82=AC?=
Content-Type: multipart/mixed; boundary="i"

--i

trailing blanks  
--i
Content-Transfer-Encoding: base64

AAEC
--i--
`)

const nested = (levels: number): Uint8Array => {
  const opened = Array.from(
    { length: levels },
    (_, level) => `Content-Type: multipart/mixed; boundary="n${level}"\r\n\r\n--n${level}\r\n`
  )
  const closed = Array.from({ length: levels }, (_, level) => `\r\n--n${levels - 1 - level}--`)
  return Buffer.from(`${head("Subject: deep")}\r\n${opened.join("")}\r\nbottom${closed.join("")}\r\n`)
}

const file = (fields: string, body: string): string => `${fields}\n\n${body}`

const charsets: ReadonlyArray<Torture> = [
  torture(
    "iso-2022-jp",
    () => mail("Content-Type: text/plain; charset=ISO-2022-JP", hex("1b2442467c4b5c1b2842")),
    { text: "日本" }
  ),
  torture("koi8-r", () => mail("Content-Type: text/plain; charset=koi8-r", hex("f0d2c9d7c5d4")), {
    text: "Привет"
  }),
  torture("gb18030", () => mail("Content-Type: text/plain; charset=GB18030", hex("c4e3bac3 9439da33")), {
    text: "你好💩"
  }),
  torture("cp932 by its number", () => mail("Content-Type: text/plain; charset=cp932", hex("93fa967b")), {
    text: "日本"
  }),
  torture("utf-7", () => mail("Content-Type: text/plain; charset=utf-7", "Hi +ZeVnLIqe- 1+-1"), {
    text: "Hi 日本語 1+1"
  }),
  torture("utf-16", () => mail("Content-Type: text/plain; charset=utf-16le", hex("48006900 ac20")), {
    text: "Hi€"
  }),
  torture(
    "a charset nobody knows, in UTF-8",
    () => mail("Content-Type: text/plain; charset=x-klingon", "für"),
    { text: "für" },
    ["charset-guessed"]
  ),
  torture(
    "a charset nobody knows, in Latin-1",
    () => mail("Content-Type: text/plain; charset=x-klingon", hex("66fc72")),
    { text: "für" },
    ["charset-guessed"]
  ),
  torture("US-ASCII that is UTF-8", () => mail("Content-Type: text/plain; charset=us-ascii", "naïve €"), {
    text: "naïve €"
  }),
  torture("no charset, and Latin-1", () => mail("Content-Type: text/plain", hex("66fc72")), { text: "für" }, [
    "charset-guessed"
  ])
]

const headers: ReadonlyArray<Torture> = [
  torture("an 8-bit header in UTF-8", () => mail("Subject: Grüße 🎈", "x"), { subject: "Grüße 🎈" }),
  torture(
    "an 8-bit header in Latin-1",
    () => Buffer.from(`${head("Subject: Gr\u00fc\u00dfe")}\r\n\r\nx`, "latin1"),
    { subject: "Grüße" }
  ),
  torture(
    "a character cut between two encoded words, each padded",
    () => mail("Subject: =?UTF-8?B?4oI=?=\r\n =?UTF-8?B?rA==?= uro", "x"),
    { subject: "€ uro" }
  ),
  torture(
    "a character cut between two encoded words without padding",
    () => mail("Subject: =?UTF-8?B?YWHi?= =?UTF-8?B?gqw=?=", "x"),
    { subject: "aa€" }
  ),
  torture("two subjects, of which the first counts", () => mail("Subject: first\nSubject: second", "x"), {
    subject: "first"
  }),
  torture(
    "two content types, of which the first counts",
    () => mail("Content-Type: text/plain\nContent-Type: text/html", "<b>"),
    { text: "<b>" }
  ),
  torture(
    "a group, a quoted comma, a comment, an address without a domain",
    () =>
      Buffer.from(
        crlf(`From: Ann <ann@a.example>
To: Team: "Doe, John" <jd@b.example>, =?utf-8?Q?J=C3=B6rg?= <j@b.example> (home);, nobody, x@y@z
Message-ID: <torture@a.example>
Date: Sat, 29 Feb 2020 12:00:00 +0000

x`)
      ),
    { to: ["Doe, John <jd@b.example>", "Jörg <j@b.example>"] },
    ["address-dropped"]
  ),
  torture(
    "no header at all",
    () => Buffer.from("Hello there,\r\nno header here.\r\n"),
    {
      text: "Hello there,\nno header here."
    },
    ["sender-missing", "sent-date-missing"]
  ),
  torture("no octets at all", () => new Uint8Array(0), {}, ["sender-missing", "sent-date-missing"]),
  torture("an empty body", () => mail("Subject: nothing", ""), { subject: "nothing" }),
  torture(
    "a line of 1 MB in the header and one in the body",
    () => mail(`Subject: ${"s".repeat(1_000_000)}`, "b".repeat(1_000_000)),
    {
      subject: "s".repeat(1_000_000),
      text: "b".repeat(1_000_000)
    },
    ["headers-cut"]
  )
]

const lineEnds: ReadonlyArray<Torture> = [
  torture(
    "bare LF throughout",
    () =>
      Buffer.from(
        'From: a@a.example\nDate: Sat, 29 Feb 2020 12:00:00 +0000\nContent-Type: multipart/mixed; boundary="l"\n\n--l\n\none\ntwo\n--l\nContent-Disposition: attachment; filename=f.txt\n\nx\ny\n--l--\n'
      ),
    { text: "one\ntwo", files: [{ name: "f.txt", octets: "x\ny" }] }
  ),
  torture("bare CR in the body", () => mail("Content-Type: text/plain", Buffer.from("one\rtwo\r\nthree")), {
    text: "one\ntwo\nthree"
  }),
  torture(
    "format=flowed",
    () => mail("Content-Type: text/plain; format=flowed", "one \ntwo\n> a \n> b\n-- \nsig"),
    { text: "one two\n> a b\n-- \nsig" }
  )
]

const files: ReadonlyArray<Torture> = [
  torture(
    "a 7-bit attachment keeps its line ends",
    () => mixed([file("Content-Type: text/csv; name=a.csv", "a;b\nc;d\n")]),
    { text: "hello", files: [{ name: "a.csv", octets: "a;b\r\nc;d\r\n" }] }
  ),
  torture(
    "an 8-bit attachment keeps its octets",
    () => mixed([file("Content-Disposition: attachment; filename=o.bin", "\u00ff\u0000\u20ac")]),
    { files: [{ name: "o.bin", octets: Buffer.from("\u00ff\u0000\u20ac").toString("latin1") }] }
  ),
  torture(
    "a quoted-printable attachment",
    () =>
      mixed([
        file(
          "Content-Type: application/x-q; name=q\nContent-Transfer-Encoding: quoted-printable",
          "a=3D=\nb=20\n=C3=BC"
        )
      ]),
    { files: [{ name: "q", octets: "a=b \r\n\u00c3\u00bc" }] }
  ),
  torture(
    "a calendar part in Latin-1 keeps its octets",
    () =>
      Buffer.from(
        crlf(
          `${head('Content-Type: multipart/mixed; boundary="m"')}\n\n--m\n\nhello\n--m\nContent-Type: text/calendar; charset=iso-8859-1; method=REQUEST\n\nBEGIN:VCALENDAR\nSUMMARY:f\u00fcr\nEND:VCALENDAR\n\n--m--\n`
        ),
        "latin1"
      ),
    { files: [{ name: "invite.ics", octets: "BEGIN:VCALENDAR\r\nSUMMARY:f\u00fcr\r\nEND:VCALENDAR\r\n" }] },
    ["invitation-attached"]
  ),
  torture("a message in the message, inline", () => mixed([`Content-Type: message/rfc822\n\n${inner}`]), {
    text: "hello",
    files: [{ name: "inner €.eml", octets: inner }]
  }),
  torture(
    "a digest of messages without types",
    () => mail('Content-Type: multipart/digest; boundary="d"', `--d\n\n${inner}\n--d--`),
    { files: [{ name: "inner €.eml", octets: inner }] }
  ),
  torture(
    "a delivery report",
    () =>
      mail(
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
        `--r\n\nIt failed.\n--r\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n\n--r\nContent-Type: message/rfc822\n\n${inner}\n--r--`
      ),
    {
      text: "It failed.",
      files: [
        { name: "details.txt", octets: "Status: 5.1.1\r\n" },
        { name: "inner €.eml", octets: inner }
      ]
    }
  ),
  torture(
    "a name by RFC 2231, in pieces and cut within a character",
    () =>
      mixed([
        file(
          "Content-Type: application/pdf\nContent-Disposition: attachment; filename*0*=utf-8''%E2%82;\n filename*1*=%AC%20; filename*2=\"a;b.pdf\"",
          "%PDF"
        )
      ]),
    { files: [{ name: "€ a;b.pdf", octets: "%PDF" }] }
  ),
  torture(
    "a name with an encoded word and a parenthesis",
    () =>
      mixed([
        file('Content-Disposition: attachment; filename="=?utf-8?Q?=C3=BCber?=(1).txt"', "x"),
        file("Content-Disposition: attachment; filename=offer(1).txt", "y")
      ]),
    {
      files: [
        { name: "über(1).txt", octets: "x" },
        { name: "offer(1).txt", octets: "y" }
      ]
    }
  ),
  torture(
    "an 8-bit name",
    () => mixed([file('Content-Disposition: attachment; filename="Übersicht.csv"', "x")]),
    { files: [{ name: "Übersicht.csv", octets: "x" }] }
  ),
  torture(
    "base64 padded in each line, with rubbish between",
    () =>
      mixed([
        file(
          "Content-Disposition: attachment; filename=b\nContent-Transfer-Encoding: base64",
          "YQ==\nYg==\n*!*\nYw"
        )
      ]),
    { files: [{ name: "b", octets: "abc" }] },
    ["part-damaged"]
  ),
  torture(
    "broken quoted-printable",
    () =>
      mail(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
        "a=XY =C3=BC=\nb ="
      ),
    { text: "a=XY üb" },
    ["part-damaged"]
  ),
  torture(
    "TNEF",
    () => mixed([file("Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64", "eJ8+Ig==")]),
    { files: [{ name: "winmail.dat", octets: 'x\u009f>"' }] }
  ),
  torture(
    "an encoding nobody knows",
    () =>
      mixed([
        file(
          "Content-Disposition: attachment; filename=u\nContent-Transfer-Encoding: x-uuencode",
          "begin 644 u\nend"
        )
      ]),
    { files: [{ name: "u", octets: "begin 644 u\r\nend" }] },
    ["part-damaged"]
  )
]

const structures: ReadonlyArray<Torture> = [
  torture(
    "alternatives, related pictures, and a file",
    () =>
      mail(
        'Content-Type: multipart/mixed; boundary="x"',
        `--x
Content-Type: multipart/alternative; boundary="y"

--y

plain
--y
Content-Type: multipart/related; boundary="z"

--z
Content-Type: text/html

<img src="cid:p@a">
--z
Content-Type: image/png; name=p.png
Content-ID: <p@a>
Content-Transfer-Encoding: base64

iVBO
--z--
--y--
--x
Content-Disposition: attachment; filename=f

F
--x--`
      ),
    {
      html: '<img src="cid:p@a">',
      files: [
        { name: "p.png", octets: "\u0089PN" },
        { name: "f", octets: "F" }
      ]
    },
    ["text-alternative"]
  ),
  torture("500 parts within each other", () => nested(500), { text: "bottom" }),
  torture(
    "an inner multipart that is never closed",
    () =>
      mail(
        'Content-Type: multipart/mixed; boundary="o"',
        '--o\nContent-Type: multipart/mixed; boundary="oo"\n\n--oo\n\nfirst\n--o\nContent-Disposition: attachment; filename=f\n\nF\n--o--'
      ),
    { text: "first", files: [{ name: "f", octets: "F" }] }
  ),
  torture(
    "a boundary that begins another",
    () =>
      mail(
        'Content-Type: multipart/mixed; boundary="ab"',
        '--ab\nContent-Type: multipart/mixed; boundary="a"\n\n--a\n\none\n--a--\n--ab\nContent-Disposition: attachment; filename=f\n\nF\n--ab--'
      ),
    { text: "one", files: [{ name: "f", octets: "F" }] }
  ),
  torture("a multipart without its boundary", () => mail("Content-Type: multipart/mixed", "still here"), {
    text: "still here"
  }),
  torture(
    "a part without a header line, and one without an empty line",
    () =>
      mail(
        'Content-Type: multipart/mixed; boundary="e"',
        "--e\n\ntext\n--e\nContent-Type: application/x; name=x\n--e\n\nmore\n--e--"
      ),
    { text: "text\nmore", files: [{ name: "x", octets: "" }] }
  ),
  torture(
    "multipart/signed keeps the signature",
    () =>
      mail(
        'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary="s"',
        "--s\n\nsigned\n--s\nContent-Type: application/pgp-signature\n\nSIG\n\n--s--"
      ),
    { text: "signed", files: [{ name: "signature.asc", octets: "SIG\r\n" }] },
    ["signature"]
  ),
  torture(
    "application/pkcs7-mime",
    () =>
      mail(
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64",
        "MIID"
      ),
    { files: [{ name: "smime.p7m", octets: "0\u0082\u0003" }] },
    ["encryption"]
  ),
  torture(
    "PGP/MIME, encrypted",
    () =>
      mail(
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="p"',
        "--p\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--p\nContent-Type: application/octet-stream; name=encrypted.asc\n\nPGP\n\n--p--"
      ),
    {
      files: [
        { name: "version.asc", octets: "Version: 1\r\n" },
        { name: "encrypted.asc", octets: "PGP\r\n" }
      ]
    },
    ["encryption"]
  )
]

/** Messages that parsers get wrong, each with what is in it for a reader. */
export const tortures: ReadonlyArray<Torture> = [
  ...charsets,
  ...headers,
  ...lineEnds,
  ...files,
  ...structures
]
