import { describe, expect, it } from "vitest"

import { internetHeaders } from "../../src/message/InternetHeaders.ts"

const block = (...lines: ReadonlyArray<string>): Uint8Array => Buffer.from(`${lines.join("\r\n")}\r\n`)

describe("the internet headers", () => {
  it("are all lines as they were, with CRLF", () => {
    const lines = ["Received: from x\r\n by y", "Subject: Grüße", "broken line", "X-A: b"]
    expect(internetHeaders(block(...lines), 1000)).toEqual({ text: `${lines.join("\r\n")}\r\n`, losses: [] })
    expect(internetHeaders(Buffer.from("A: 1\nB: 2\r"), 1000).text).toBe("A: 1\r\nB: 2\r\n")
  })

  it("lose what servers wrote on the way first, the way itself last", () => {
    const long = "x".repeat(200)
    const lines = [
      `ARC-Seal: ${long}`,
      `Received: ${long}`,
      `DKIM-Signature: ${long}`,
      `X-Own: ${long}`,
      "Subject: s"
    ]
    const names = (limit: number) =>
      internetHeaders(block(...lines), limit)
        .text.split("\r\n")
        .map((line) => line.split(":")[0])
        .filter((name) => name !== "")
    expect(names(800)).toEqual(["Received", "DKIM-Signature", "X-Own", "Subject"])
    expect(names(500)).toEqual(["Received", "X-Own", "Subject"])
    expect(names(300)).toEqual(["X-Own", "Subject"])
  })

  it("keep the last servers on the way longer than the first", () => {
    const lines = [`Received: ${"x".repeat(100)} last`, `Received: ${"x".repeat(100)} first`]
    expect(internetHeaders(block(...lines), 200).text).toBe(`${lines[0]}\r\n`)
  })

  it("are cut at the end of a line, within their octets, when that is not enough", () => {
    const lines = Array.from({ length: 100 }, (_, index) => ` <member-ü-${index}@choir.example>,`)
    const { losses, text } = internetHeaders(block("To:", ...lines), 1000)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1000)
    expect(text).toMatch(/>,\r\n$/u)
    expect(losses.map(({ kind }) => kind)).toEqual(["headers-cut"])
  })
})
