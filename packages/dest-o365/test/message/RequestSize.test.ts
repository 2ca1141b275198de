import { describe, expect, it } from "vitest"

import { buildMessage } from "../../src/message/GraphMessage.ts"
import { wireSize } from "../../src/message/GraphRequest.ts"
import { violations } from "./GraphContract.ts"
import { built, everyday, letter, property, usual } from "./Letters.ts"

const state = "String {8a0d4a24-bd65-4275-b58e-6f57182c02e2} Name MigrationState"

const files = (...sizes: ReadonlyArray<number>): Uint8Array =>
  letter(
    [...everyday, 'Content-Type: multipart/mixed; boundary="b"'],
    Buffer.concat([
      ...sizes.flatMap((size, index) => [
        Buffer.from(`--b\r\nContent-Disposition: attachment; filename=f${index}\r\n\r\n`),
        Buffer.alloc(size, 0x61 + index),
        Buffer.from("\r\n")
      ]),
      Buffer.from("--b--\r\n")
    ])
  )

const sizes = (all: ReadonlyArray<{ readonly octets: Buffer }>) => all.map(({ octets }) => octets.length)

describe("attachments", () => {
  it("go with the request up to 2 MB together, the rest after it in the order of the message", () => {
    const { later, request, small } = built(files(1_500_000, 600_000, 400_000, 3_000_000, 3_200_000))
    expect(sizes(small)).toEqual([1_500_000])
    expect(later.map(({ name, octets, route }) => [name, octets.length, route])).toEqual([
      ["f1", 600_000, "post"],
      ["f2", 400_000, "post"],
      ["f3", 3_000_000, "post"],
      ["f4", 3_200_000, "session"]
    ])
    expect(request.attachments).toHaveLength(1)
  })

  it("that are pictures within the text go with it wherever they stand, since no list shows them", () => {
    const parts = [
      'Content-Type: text/html\r\n\r\n<img src="cid:p">',
      `Content-Disposition: attachment; filename=large\r\n\r\n${"a".repeat(2_500_000)}`,
      "Content-Type: image/png\r\nContent-ID: <p>\r\n\r\nPNG",
      "Content-Disposition: attachment; filename=last\r\n\r\nb"
    ]
    const { later, small } = built(
      letter(
        [...everyday, 'Content-Type: multipart/mixed; boundary="b"'],
        `${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--`
      )
    )
    expect(small).toMatchObject([{ contentId: "p", isInline: true }])
    expect(later.map(({ name }) => name)).toEqual(["large", "last"])
  })

  it("mark a message as partial until the last is there, and only then", () => {
    expect(property(built(files(2_500_000)).request, state)).toBe("partial")
    expect(property(built(files(1000)).request, state)).toBeUndefined()
  })

  it("keep every octet, wherever they go", () => {
    const { later, request, small } = built(files(10, 2_500_000))
    expect(small[0]?.octets.equals(Buffer.alloc(10, "a"))).toBe(true)
    expect(
      Buffer.from(request.attachments?.[0]?.contentBytes ?? "", "base64").equals(Buffer.alloc(10, "a"))
    ).toBe(true)
    expect(later[0]?.octets.equals(Buffer.alloc(2_500_000, "b"))).toBe(true)
  })

  it("of more than 150 MB are a refusal that says why", () => {
    const message = buildMessage(files(150 * 1024 * 1024 + 1), usual)
    expect(message).toMatchObject({ _tag: "too-large" })
    expect(JSON.stringify(message)).toContain("157286401")
  })
})

describe("a request", () => {
  it("stays below 3.5 MB when the body takes most of it", () => {
    const body = Buffer.from(`<p>${'"'.repeat(1_000_000)}</p>`)
    const octets = letter(
      [...everyday, 'Content-Type: multipart/mixed; boundary="b"'],
      Buffer.concat([
        Buffer.from("--b\r\nContent-Type: text/html\r\n\r\n"),
        body,
        Buffer.from("\r\n--b\r\nContent-Disposition: attachment; filename=f\r\n\r\n"),
        Buffer.alloc(1_400_000),
        Buffer.from("\r\n--b--")
      ])
    )
    const { later, request } = built(octets)
    expect(wireSize(request)).toBeLessThanOrEqual(3_500_000)
    expect(sizes(later)).toEqual([1_400_000])
  })

  it.each([
    // Of as many octets as a request has, and of as many characters as JSON makes too many of.
    ["text/html", "body.html", `<p>${"ü".repeat(2_000_000)}</p>`],
    ["text/plain", "body.txt", "ü".repeat(2_000_000)],
    ["text/html", "body.html", `<p>${'"'.repeat(2_500_000)}</p>`]
  ])("has too long a body of %s as %s, every octet of it", (type, name, text) => {
    const { later, losses, request } = built(
      letter([...everyday, `Content-Type: ${type}; charset=utf-8`], text)
    )
    expect(wireSize(request)).toBeLessThan(100_000)
    expect(request.body.content).toContain(name)
    expect(later.map((file) => [file.name, file.contentType])).toEqual([[name, type]])
    expect(later[0]?.octets.toString()).toBe(text)
    expect(losses.map(({ kind }) => kind)).toEqual(["body-attached"])
  })

  it("lists the pictures that too long a body would have shown", () => {
    const page = `<img src="cid:p">${'"'.repeat(2_500_000)}`
    const octets = letter(
      [...everyday, 'Content-Type: multipart/related; boundary="b"'],
      `--b\r\nContent-Type: text/html\r\n\r\n${page}\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <p>\r\n\r\nPNG\r\n--b--`
    )
    const { later, small } = built(octets)
    expect(small).toEqual([])
    expect(later.map(({ isInline, name }) => [name, isInline])).toEqual([
      ["body.html", false],
      ["image.png", false]
    ])
  })

  it("has too long a body in its own charset as a file", () => {
    const text = Buffer.alloc(4_000_000, 0xfc)
    const { later } = built(letter([...everyday, "Content-Type: text/plain; charset=iso-8859-1"], text))
    expect(later.map(({ octets }) => octets.equals(text))).toEqual([true])
  })

  it("holds as many recipients as have room, and tells how many it lacks", () => {
    const all = Array.from({ length: 100_000 }, (_, index) => `member-number-${index}@choir.example`)
    const { losses, request } = built(letter([...everyday, `Bcc: ${all.join(",\r\n ")}`]))
    expect(wireSize(request)).toBeLessThanOrEqual(3_500_000)
    expect(request.bccRecipients.length).toBeGreaterThan(20_000)
    expect(losses.map(({ kind }) => kind)).toContain("recipients-cut")
    expect(violations("message", { ...request, bccRecipients: [] })).toBe("")
  })
})
