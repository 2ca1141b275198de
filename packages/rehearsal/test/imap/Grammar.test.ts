import { assert, describe, it } from "@effect/vitest"
import { parseAppendMailbox, parseAppendMessage } from "@mailferry/rehearsal/imap/AppendArguments.ts"
import { parseCommandLine } from "@mailferry/rehearsal/imap/CommandLine.ts"
import { type FetchItem, parseFetchItems, sectionLabel } from "@mailferry/rehearsal/imap/FetchItem.ts"
import { formatInternalDate, parseInternalDate } from "@mailferry/rehearsal/imap/InternalDate.ts"
import { mailboxPattern } from "@mailferry/rehearsal/imap/MailboxPattern.ts"
import { decodeModifiedUtf7, encodeModifiedUtf7 } from "@mailferry/rehearsal/imap/ModifiedUtf7.ts"
import { LiteralMissing, Scanner } from "@mailferry/rehearsal/imap/Scanner.ts"
import {
  formatSequenceSet,
  inSequenceSet,
  parseSequenceSet,
  resolveSequenceSet
} from "@mailferry/rehearsal/imap/SequenceSet.ts"
import { parseStore } from "@mailferry/rehearsal/imap/StoreArguments.ts"
import { wireString } from "@mailferry/rehearsal/imap/WireString.ts"

const scan = (text: string): Scanner => new Scanner(Buffer.from(text, "utf8"))

/** The message and the offset of the error that reading a text ends in. */
const failure = (read: () => unknown): unknown => {
  try {
    read()
  } catch (error) {
    return error
  }
  return undefined
}

describe("a command line", () => {
  it("is a tag and a name in any case", () => {
    const { tag, name, scanner } = parseCommandLine(Buffer.from("a.1 uid Fetch 1 FLAGS\r\n"))
    assert.deepStrictEqual([tag, name, scanner.position], ["a.1", "uid fetch", 13])
  })

  it("fails at the last octet it understood", () => {
    assert.include(
      failure(() => parseCommandLine(Buffer.from("a\r\n"))),
      {
        message: "Expected space after tag",
        offset: 0
      }
    )
    assert.include(
      failure(() => parseCommandLine(Buffer.from("+ x\r\n"))),
      { message: "Invalid tag char detected" }
    )
  })
})

describe("a string", () => {
  it.each([
    ["an atom", "abc]", "abc]"],
    ["quoted", String.raw`"a \"b\" \\ c"`, String.raw`a "b" \ c`],
    ["a literal", "{6}\r\nGrüß", "Grüß"],
    ["a literal that does not wait", "{3+}\r\na\r\n", "a\r\n"],
    ["an empty literal", "{0}\r\n ", ""]
  ])("may be %s", (_, wire, value) => {
    assert.strictEqual(scan(wire).astring(), value)
  })

  it.each(['"open', '"a\r\nb"', String.raw`"a\b"`, "(", ""])("may not be %j", (wire) => {
    assert.instanceOf(
      failure(() => scan(wire).astring()),
      Error
    )
  })

  it("tells a literal that is still to come from an error", () => {
    assert.instanceOf(
      failure(() => scan("{5}\r\n").astring()),
      LiteralMissing
    )
    assert.instanceOf(
      failure(() => scan("{0}\r\n").astring()),
      LiteralMissing
    )
    const strict = new Scanner(Buffer.from("{5+}\r\n"), false)
    assert.include(
      failure(() => strict.astring()),
      { message: "expected '}' for literal end", offset: 1 }
    )
  })

  it("goes out quoted where it can, as a literal where it must", () => {
    assert.strictEqual(wireString('a"b'), String.raw`"a\"b"`)
    assert.strictEqual(wireString("ü"), "{2}\r\nü")
  })
})

describe("a sequence set", () => {
  it("reads ranges in either direction, and a star as the largest", () => {
    const set = resolveSequenceSet(parseSequenceSet(scan("2,4:3,*:6")), 8)
    const members = Array.from({ length: 10 }, (_, index) => index).filter((number) =>
      inSequenceSet(set, number)
    )
    assert.deepStrictEqual(members, [2, 3, 4, 6, 7, 8])
  })

  it("has no zero", () => {
    assert.instanceOf(
      failure(() => parseSequenceSet(scan("0"))),
      Error
    )
  })

  it("is written short", () => {
    assert.strictEqual(formatSequenceSet([1, 2, 3, 7, 9, 10]), "1:3,7,9:10")
  })
})

describe("a mailbox name", () => {
  it.each([
    ["Entwürfe", "Entw&APw-rfe"],
    ["A & B", "A &- B"],
    ["日本語", "&ZeVnLIqe-"],
    ["🏔️", "&2Dzf1P4P-"]
  ])("%s travels as modified UTF-7", (name, wire) => {
    assert.strictEqual(encodeModifiedUtf7(name), wire)
    assert.strictEqual(decodeModifiedUtf7(wire), name)
  })

  it.each(["&open", "&A-", "ü", "&*-"])("%s is not modified UTF-7", (wire) => {
    assert.isUndefined(decodeModifiedUtf7(wire))
  })

  it("matches a pattern level by level, INBOX in any case", () => {
    const matching = (pattern: string): ReadonlyArray<string> =>
      ["INBOX", "a", "a/b", "a/b/c", "a.b"].filter(mailboxPattern(pattern, "/"))
    assert.deepStrictEqual(matching("*"), ["INBOX", "a", "a/b", "a/b/c", "a.b"])
    assert.deepStrictEqual(matching("%"), ["INBOX", "a", "a.b"])
    assert.deepStrictEqual(matching("a/%"), ["a/b"])
    assert.deepStrictEqual(matching("a.b"), ["a.b"])
    assert.deepStrictEqual(matching("inbox"), ["INBOX"])
    assert.deepStrictEqual(matching("A"), [])
    assert.deepStrictEqual(["a-b", "a+b"].filter(mailboxPattern("a-b", "-")), ["a-b"])
  })
})

describe("FETCH items", () => {
  const labels = (text: string): ReadonlyArray<string> =>
    parseFetchItems(scan(text)).map((item) => (item._tag === "Section" ? sectionLabel(item) : item._tag))

  it("are one, a list, or a macro", () => {
    assert.deepStrictEqual(labels("FLAGS"), ["Flags"])
    assert.deepStrictEqual(labels("(uid rfc822.size)"), ["Uid", "Size"])
    assert.deepStrictEqual(labels("FAST"), ["Flags", "InternalDate", "Size"])
    assert.deepStrictEqual(labels("FULL").slice(-2), ["Envelope", "Body"])
  })

  it.each([
    ["BODY.PEEK[]", "BODY[]", true],
    ["BODY[TEXT]<0.10>", "BODY[TEXT]<0>", false],
    ["BODY[1.2.MIME]", "BODY[1.2.MIME]", false],
    ['BODY.PEEK[HEADER.FIELDS (To "Cc")]', "BODY[HEADER.FIELDS (To Cc)]", true],
    ["BODY[2.HEADER.FIELDS.NOT (a)]", "BODY[2.HEADER.FIELDS.NOT (a)]", false],
    ["RFC822.HEADER", "RFC822.HEADER", true],
    ["RFC822", "RFC822", false]
  ])("%s is answered as %s", (wire, label, peek) => {
    const [item] = parseFetchItems(scan(wire))
    assert.strictEqual(item?._tag === "Section" ? sectionLabel(item) : "", label)
    assert.strictEqual(item?._tag === "Section" && item.peek, peek)
  })

  it("take those of extensions only from a server that has them", () => {
    const expected: ReadonlyArray<FetchItem> = [{ _tag: "Extension", name: "MODSEQ" }, { _tag: "Uid" }]
    assert.deepStrictEqual(parseFetchItems(scan("(modseq UID)"), ["MODSEQ"]), expected)
    assert.include(
      failure(() => parseFetchItems(scan("(MODSEQ)"))),
      { message: "unknown fetch attribute 'modseq'" }
    )
  })

  it.each(["BODY[", "BODY[0]", "BODY[]<1>", "BODY[MIME]", "BODY[HEADER.X (a)]", "BODYX", "()"])(
    "are not %s",
    (wire) => {
      assert.instanceOf(
        failure(() => {
          const scanner = scan(`${wire}\r\n`)
          parseFetchItems(scanner)
          scanner.end()
        }),
        Error
      )
    }
  )
})

describe("APPEND and STORE", () => {
  it("take flags, a date and several messages", () => {
    const scanner = scan(' x (\\Seen $a) "01-Mar-2024 10:00:00 +0130" {1}\r\nA {1}\r\nB\r\n')
    assert.strictEqual(parseAppendMailbox(scanner), "x")
    const first = parseAppendMessage(scanner)
    assert.deepStrictEqual(first.flags, ["\\Seen", "$a"])
    assert.strictEqual(first.internalDate, Date.UTC(2024, 2, 1, 8, 30))
    assert.deepInclude(parseAppendMessage(scanner), {
      flags: [],
      internalDate: undefined,
      octets: Buffer.from("B")
    })
    scanner.end(true)
  })

  it("write dates in UTC and read any zone", () => {
    assert.strictEqual(formatInternalDate(Date.UTC(2024, 2, 1, 8, 30)), '"01-Mar-2024 08:30:00 +0000"')
    assert.strictEqual(parseInternalDate(scan('" 1-Mar-2024 00:30:00 -0800"')), Date.UTC(2024, 2, 1, 8, 30))
  })

  it("change flags in three ways, quietly or not", () => {
    assert.deepStrictEqual(parseStore(scan("+FLAGS.SILENT (\\Seen)")), {
      action: "add",
      silent: true,
      flags: ["\\Seen"]
    })
    assert.deepStrictEqual(parseStore(scan("FLAGS \\Seen a\r\n")), {
      action: "replace",
      silent: false,
      flags: ["\\Seen", "a"]
    })
  })
})
