import { assert, describe, it } from "@effect/vitest"
import { Option } from "effect"

import { decodeWords, readHeader } from "../src/HeaderFields.ts"

const read = (text: string, name: string) =>
  Option.getOrUndefined(readHeader(Buffer.from(text, "latin1"))(name))

describe("HeaderFields", () => {
  it("unfolds a field whose value begins on the next line", () => {
    assert.strictEqual(read("X-Pm-Internal-Id:\r\n\tabc==\r\n\r\n", "x-pm-internal-id"), "abc==")
  })

  it("takes the first of several fields of a name, whatever its case", () => {
    assert.strictEqual(read("MESSAGE-ID: <a@x>\r\nMessage-Id: <b@x>\r\n\r\n", "Message-ID"), "<a@x>")
  })

  it("stops at the empty line, and takes LF for a line end", () => {
    assert.strictEqual(read("A: 1\n\nB: 2\n", "A"), "1")
    assert.isUndefined(read("A: 1\n\nB: 2\n", "B"))
  })

  it("reads octets that are no UTF-8 as windows-1252", () => {
    assert.strictEqual(read("Subject: caf\u00e9 \u0080\r\n\r\n", "Subject"), "café €")
  })

  it("reads UTF-8", () => {
    const octets = Buffer.from("Subject: Grüße 日本\r\n\r\n")
    assert.deepStrictEqual(readHeader(octets)("Subject"), Option.some("Grüße 日本"))
  })

  it("passes over lines that are no fields", () => {
    assert.strictEqual(read("From someone Thu Jan  1\r\nnonsense\r\nA: 1\r\n\r\n", "A"), "1")
  })

  it("has nothing of an empty header", () => {
    assert.isUndefined(read("\r\n", "Subject"))
    assert.isUndefined(read("", "Subject"))
  })

  it("decodes encoded words of several charsets", () => {
    assert.strictEqual(decodeWords("=?iso-8859-1?Q?Stra=DFe?= =?utf-8?B?8J+Okg==?="), "Straße🎒")
  })
})
