import { describe, expect, it } from "vitest"

import {
  attachmentPart,
  base64Lines,
  dateField,
  encodedWords,
  mailboxAddress,
  mimeMessage,
  multipart,
  nestedMessagePart,
  quotedPrintable,
  textPart
} from "../../src/sample/MimeBuilder.ts"

const decodedWords = (text: string): string =>
  text
    .split("\r\n ")
    .map((word) => Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/u.exec(word)?.[1] ?? "", "base64").toString("utf8"))
    .join("")

describe("MimeBuilder", () => {
  it("leaves a plain subject alone and encodes any other in words of at most 75 characters", () => {
    const long = "Grüße aus dem schönen Köln, wo die Bäche plätschern 🎈🎈🎈🎈🎈🎈🎈🎈🎈🎈🎈🎈"
    expect(encodedWords("Re: lunch?")).toBe("Re: lunch?")
    expect(decodedWords(encodedWords(long))).toBe(long)
    expect(
      Math.max(
        ...encodedWords(long)
          .split("\r\n ")
          .map((word) => word.length)
      )
    ).toBeLessThanOrEqual(75)
  })

  it("quotes a name that would otherwise read as two addresses", () => {
    expect(mailboxAddress({ name: "O'Brien, Sean", address: "s@x.example" })).toBe(
      '"O\'Brien, Sean" <s@x.example>'
    )
    expect(mailboxAddress({ name: 'Dad "Cap" H', address: "d@x.example" })).toBe(
      '"Dad \\"Cap\\" H" <d@x.example>'
    )
    expect(mailboxAddress({ name: "Jörg", address: "j@x.example" })).toBe(
      "=?UTF-8?B?SsO2cmc=?= <j@x.example>"
    )
  })

  it("keeps quoted-printable lines within 76 characters and says every octet again when decoded", () => {
    const text = `${"ä=é ".repeat(60)}\r\nlast `
    const encoded = quotedPrintable(text)
    const octets = encoded
      .replaceAll("=\r\n", "")
      .replaceAll(/=([0-9A-F]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    expect(Buffer.from(octets, "latin1").toString("utf8")).toBe(text)
    expect(Math.max(...encoded.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(76)
    expect(encoded.endsWith("=20")).toBe(true)
  })

  it("breaks base64 after 76 characters and encodes nothing as nothing", () => {
    expect(base64Lines(new Uint8Array(58))).toBe(`${"A".repeat(76)}\r\nAA==\r\n`)
    expect(base64Lines(new Uint8Array(0))).toBe("")
  })

  it("writes a date in the zone it was sent from", () => {
    expect(dateField(0)).toBe("Thu, 01 Jan 1970 00:00:00 +0000")
    expect(dateField(1_583_204_583, 330)).toBe("Tue, 03 Mar 2020 08:33:03 +0530")
    expect(dateField(0, -300)).toBe("Wed, 31 Dec 1969 19:00:00 -0500")
  })

  it("puts parts between boundaries, each with its own header", () => {
    const inner = mimeMessage([["Subject", "inner"]], textPart("deep"))
    const outer = mimeMessage(
      [["Subject", "outer"]],
      multipart("mixed", "B", [
        nestedMessagePart(inner),
        attachmentPart("ä.txt", "text/plain", Buffer.from("x"))
      ])
    )
    expect(Buffer.from(outer).toString("latin1").split("\r\n")).toEqual([
      "Subject: outer",
      "Content-Type: multipart/mixed;",
      ' boundary="B"',
      "",
      "--B",
      "Content-Type: message/rfc822",
      "Content-Disposition: attachment",
      "",
      "Subject: inner",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "deep",
      "",
      "--B",
      "Content-Type: text/plain",
      "Content-Disposition: attachment; filename*=UTF-8''%C3%A4.txt",
      "Content-Transfer-Encoding: base64",
      "",
      "eA==",
      "",
      "--B--",
      ""
    ])
  })
})
