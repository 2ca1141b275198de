import { assert, describe, it } from "@effect/vitest"
import { parseAddresses } from "@mailferry/rehearsal/imap/AddressList.ts"
import { itemOctets } from "@mailferry/rehearsal/imap/BodySection.ts"
import { bodyStructure } from "@mailferry/rehearsal/imap/BodyStructure.ts"
import { decodeWords } from "@mailferry/rehearsal/imap/EncodedWord.ts"
import { envelope } from "@mailferry/rehearsal/imap/Envelope.ts"
import { parseFetchItems } from "@mailferry/rehearsal/imap/FetchItem.ts"
import { Scanner } from "@mailferry/rehearsal/imap/Scanner.ts"
import { parseSearch } from "@mailferry/rehearsal/imap/SearchKey.ts"
import { matchesSearch } from "@mailferry/rehearsal/imap/SearchMatch.ts"
import { wireString } from "@mailferry/rehearsal/imap/WireString.ts"

const inner = ["Subject: inner", "Content-Type: text/plain", "", "deep", ""].join("\r\n")

const message = Buffer.from(
  [
    "From: Ann <ann@example.com>",
    "To: bob@example.com, (x) c@example.com",
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
    " folded",
    "Date: Fri, 01 Mar 2024 10:00:00 +0000",
    'Content-Type: multipart/mixed; boundary="b 1"',
    "",
    "preamble",
    "--b 1",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "one",
    "--b 1",
    "Content-Type: message/rfc822",
    "",
    inner,
    "--b 1--",
    "epilogue",
    ""
  ].join("\r\n")
)

const fetched = (item: string, octets = message): string => {
  const [parsed] = parseFetchItems(new Scanner(Buffer.from(item)))
  return parsed?._tag === "Section" ? itemOctets(octets, parsed).toString() : ""
}

describe("BODY sections", () => {
  it.each([
    ["BODY[1]", "one"],
    ["BODY[1.MIME]", "Content-Type: text/plain; charset=utf-8\r\n\r\n"],
    ["BODY[2]", inner],
    ["BODY[2.HEADER]", "Subject: inner\r\nContent-Type: text/plain\r\n\r\n"],
    ["BODY[2.TEXT]", "deep\r\n"],
    ["BODY[2.1]", "deep\r\n"],
    ["BODY[3]", ""],
    ["BODY[1]<1.1>", "n"],
    ["BODY[1]<5.9>", ""],
    ["BODY[HEADER.FIELDS (SUBJECT x)]", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n folded\r\n\r\n"],
    ["RFC822", message.toString()]
  ])("%s", (item, octets) => {
    assert.strictEqual(fetched(item), octets)
  })

  it("leave out what HEADER.FIELDS.NOT names", () => {
    const header = fetched("BODY[HEADER.FIELDS.NOT (to from subject content-type)]")
    assert.strictEqual(header, "Date: Fri, 01 Mar 2024 10:00:00 +0000\r\n\r\n")
  })

  it("put header and text together again, whatever the message", () => {
    for (const text of [message.toString(), "", "no header\n\nat all", "\r\nbody", "a: b", "a: b\r\n"]) {
      const octets = Buffer.from(text)
      assert.strictEqual(fetched("BODY[HEADER]", octets) + fetched("BODY[TEXT]", octets), text)
    }
  })

  it("know part 1 of a message that has no parts", () => {
    assert.strictEqual(fetched("BODY[1]", Buffer.from(inner)), "deep\r\n")
  })
})

describe("descriptions of a message", () => {
  it("give the envelope", () => {
    assert.strictEqual(
      envelope(message, wireString),
      '("Fri, 01 Mar 2024 10:00:00 +0000" "=?utf-8?q?Gr=C3=BC=C3=9Fe?= folded" (("Ann" NIL "ann" "example.com")) (("Ann" NIL "ann" "example.com")) (("Ann" NIL "ann" "example.com")) ((NIL NIL "bob" "example.com")("(x) c@example.com" NIL NIL NIL)) NIL NIL NIL NIL)'
    )
  })

  it("give the body structure, with and without extensions", () => {
    assert.strictEqual(
      bodyStructure(message, false, wireString),
      '(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 3 0)("message" "rfc822" NIL NIL NIL "7bit" 50 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" NIL NIL NIL "7bit" 6 1) 4) "mixed")'
    )
    assert.match(bodyStructure(message, true, wireString), /"mixed" \("boundary" "b 1"\) NIL NIL NIL\)$/u)
  })

  it("read addresses, groups and what is none", () => {
    assert.deepStrictEqual(parseAddresses('"Last, First" <a@b>, undisclosed: c@d, e@f;'), [
      { name: "Last, First", mailbox: "a", host: "b" },
      { name: undefined, mailbox: "c", host: "d" },
      { name: undefined, mailbox: "e", host: "f" }
    ])
    assert.deepStrictEqual(parseAddresses("nobody"), [
      { name: "nobody", mailbox: undefined, host: undefined }
    ])
  })

  it("undo encoded words and leave unknown charsets alone", () => {
    assert.strictEqual(decodeWords("=?utf-8?Q?a=C3=BC_b?= =?iso-8859-1?B?/A==?= c"), "aü bü c")
    assert.strictEqual(decodeWords("=?x-none?Q?a?="), "=?x-none?Q?a?=")
  })
})

describe("SEARCH", () => {
  const subject = {
    sequence: 3,
    uid: 30,
    flags: new Set(["\\seen", "$forwarded"]),
    internalDate: Date.UTC(2024, 2, 1, 23, 59),
    size: 1000,
    octets: () => message
  }

  const found = (text: string): boolean => {
    const scanner = new Scanner(Buffer.from(`${text}\r\n`))
    const program = parseSearch(scanner)
    scanner.end()
    return matchesSearch(program.key, subject, { sequence: 5, uid: 50 })
  }

  it.each([
    "ALL",
    "3",
    "1:*",
    "UID 30,99",
    "SEEN",
    "NOT UNSEEN",
    "UNFLAGGED OLD",
    "KEYWORD $Forwarded",
    "SINCE 1-Mar-2024 BEFORE 2-Mar-2024",
    'ON "01-Mar-2024"',
    "SENTON 1-Mar-2024",
    "LARGER 999 SMALLER 1001",
    "SUBJECT folded",
    "OR FROM ann TO nobody",
    'HEADER from ""',
    "OR SEEN FLAGGED",
    "(SEEN (NOT DELETED))",
    "BODY epilogue",
    "CHARSET utf-8 TEXT preamble"
  ])("finds %s", (text) => {
    assert.isTrue(found(text))
  })

  it.each([
    "4",
    "UID 31:40",
    "UNSEEN",
    "NEW",
    "KEYWORD x",
    "BEFORE 1-Mar-2024",
    "LARGER 1000",
    'HEADER x-y ""',
    "NOT ALL"
  ])("does not find %s", (text) => {
    assert.isFalse(found(text))
  })

  it.each(["", "NONSENSE", "SINCE 1-Foo-2024", "LARGER x", "OR SEEN", "(SEEN"])("cannot read %j", (text) => {
    assert.throws(() => found(text))
  })
})
