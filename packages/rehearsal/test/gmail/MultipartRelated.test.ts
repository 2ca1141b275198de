import { describe, expect, it } from "vitest"

import { MultipartRelated } from "../../src/gmail/MultipartRelated.ts"

/** The parts of a body that arrives in pieces of `size`: header fields and octets in Latin-1. */
const parts = (body: string, size: number, boundary = "b"): ReadonlyArray<readonly [object, string]> => {
  const found: Array<[object, string]> = []
  const reader = new MultipartRelated(boundary, {
    part: (header) => found.push([Object.fromEntries(header), ""]),
    octets: (octets) => {
      const last = found.at(-1)
      if (last !== undefined) last[1] += octets.toString("latin1")
    }
  })
  const octets = Buffer.from(body, "latin1")
  for (let at = 0; at < octets.length; at += size) reader.write(octets.subarray(at, at + size))
  reader.end()
  return found
}

const sizes = [1, 2, 3, 5, 7, 64, 10_000]

describe("a multipart body", () => {
  it.each(sizes)("gives back every octet when it comes in pieces of %i", (size) => {
    const awkward = [
      "\0\xff\xe9",
      "\n--b\r\n",
      "\r\n--bb\r\n",
      "\r\n--b x\r\n",
      "\r\n--b-\r\n",
      "\r\n--b--x",
      "\r--b\r\n",
      "\r\n-",
      "\r\n\r\n",
      "\r\r\n--\r\n",
      "x--b"
    ].join("")
    const body = `preamble\r\n--b\r\nA: 1\r\n\r\n{}\r\n--b  \r\nC-Type: message/rfc822 \r\n\r\n${awkward}\r\n--b--\r\nepilogue`
    expect(parts(body, size)).toEqual([
      [{ a: "1" }, "{}"],
      [{ "c-type": "message/rfc822" }, awkward]
    ])
  })

  it.each(sizes)("tells an empty part from one that begins with the boundary, in pieces of %i", (size) => {
    expect(parts("--b\r\nA: 1\r\n\r\n--b\r\n\r\n\r\n--b\r\nB: 2\r\n\r\n--bx\r\n--b--", size)).toEqual([
      [{ a: "1" }, ""],
      [{}, ""],
      [{ b: "2" }, "--bx"]
    ])
  })

  it.each(sizes)("takes the last delimiter without anything behind it, in pieces of %i", (size) => {
    expect(parts("--b\r\n\r\nx\r\n--b--", size)).toEqual([[{}, "x"]])
    expect(parts("--b\r\n\r\nx\r\n--b-- ", size)).toEqual([[{}, "x"]])
  })

  it("is refused where the last delimiter is missing", () => {
    expect(() => parts("--b\r\n\r\nx\r\n", 7)).toThrow("Missing end boundary in multipart body.")
    expect(() => parts("--b\r\n\r\nx\r\n--b\r\n", 7)).toThrow("Missing end boundary in multipart body.")
    expect(() => parts("\r\n--c--", 7)).toThrow("Missing end boundary in multipart body.")
  })
})
