import { describe, expect, it } from "vitest"

import { decodeTransfer } from "../../src/message/TransferEncoding.ts"

const decoded = (text: string, encoding: string) => {
  const { damage, octets } = decodeTransfer(Buffer.from(text, "latin1"), encoding)
  return { text: octets.toString("latin1"), isDamaged: damage !== undefined }
}

describe("base64", () => {
  it.each([
    ["", "", false],
    ["YQ==", "a", false],
    ["YWI=\r\n", "ab", false],
    ["YWJj", "abc", false],
    ["YWJjZA", "abcd", false],
    ["YQ==\r\nYg==", "ab", false],
    ["Y Q\t==", "a", false],
    ["YWJj*ZGVm", "abcdef", true],
    ["YWJjY", "abc", true],
    ["YWJjY===", "abc", true]
  ])("%j is %j", (encoded, text, isDamaged) => {
    expect(decoded(encoded, "base64")).toEqual({ text, isDamaged })
  })

  it("gives every octet back", () => {
    const octets = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 37) % 256))
    const lines = octets.toString("base64").replace(/.{76}/gu, "$&\r\n")
    expect(decodeTransfer(Buffer.from(lines), "base64").octets.equals(octets)).toBe(true)
  })
})

describe("quoted-printable", () => {
  it.each([
    ["a=3Db", "a=b", false],
    ["=c3=BC", "\u00c3\u00bc", false],
    ["a=\r\nb=\nc", "abc", false],
    ["a= \t\r\nb", "ab", false],
    ["a \t \r\nb \n", "a\r\nb\n", false],
    ["a=20\r\n", "a \r\n", false],
    ["end \t", "end", false],
    ["soft=", "soft", false],
    ["a=zz =4", "a=zz =4", true]
  ])("%j is %j", (encoded, text, isDamaged) => {
    expect(decoded(encoded, "quoted-printable")).toEqual({ text, isDamaged })
  })
})

describe("what needs no decoding", () => {
  it.each(["", "7bit", "8bit", "binary"])("stays as it is: %j", (encoding) => {
    expect(decoded("a=3D \r\nb\r", encoding)).toEqual({ text: "a=3D \r\nb\r", isDamaged: false })
  })

  it("is told when nobody knows how it was encoded", () => {
    expect(decoded("M9F]O", "x-uuencode")).toEqual({ text: "M9F]O", isDamaged: true })
  })
})
