import { crlf, head, mail, type Torture, torture } from "./TortureMail.ts"

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex")

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

/** Texts and headers that parsers get wrong. */
export const torturousText: ReadonlyArray<Torture> = [...charsets, ...headers, ...lineEnds]
