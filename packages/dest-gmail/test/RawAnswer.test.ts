import { expect, it } from "vitest"

import { rawOctets } from "../src/RawAnswer.ts"

const octets = Buffer.from(Array.from({ length: 1000 }, (_, n) => (n * 7) % 256))

/** An answer in pieces of so many octets. */
async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

it.each([1, 3, 7, 64, 5000])("the octets come whole from pieces of %d octets", async (size) => {
  for (const length of [1000, 999, 998, 1, 0]) {
    const part = octets.subarray(0, length)
    const plain = part.toString("base64url")
    const padded = part.toString("base64").replaceAll("=", "\\u003d")
    for (const text of [`{"raw":"${plain}"}`, `{\n  "raw": "${padded}"\n}\n`]) {
      expect(await rawOctets(inPieces(text, size))).toEqual(part)
    }
  }
})

it("an answer without a message, or one that breaks off, is none", async () => {
  const broken = `{"raw":"${octets.toString("base64url").slice(0, 80)}`
  for (const text of ["", "{}", "<html>sign in</html>", broken, " ".repeat(10_000)]) {
    expect(await rawOctets(inPieces(text, 100))).toBeUndefined()
  }
})
