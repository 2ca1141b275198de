import { corpus } from "@mailferry/testkit/Corpus.ts"
import { describe, expect, it } from "vitest"

import { mimeTree, type MimePart } from "../../src/message/MimeTree.ts"
import { violations } from "./GraphContract.ts"
import { built } from "./Letters.ts"
import { tortures } from "./Torture.ts"

const leaves = (part: MimePart): ReadonlyArray<MimePart> =>
  part.parts.length === 0 ? [part] : part.parts.flatMap(leaves)

/** A generator of numbers from 0 to 1 (mulberry32), so that a failure can be had again. */
const numbers = (seed: number) => (): number => {
  seed = (seed + 0x6d_2b_79_f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

const shaken = (octets: Uint8Array, random: () => number): Uint8Array => {
  const copy = Buffer.from(octets)
  const pieces: Array<Buffer> = []
  for (let change = 0; change < 1 + random() * 6; change++) {
    const at = Math.floor(random() * copy.length)
    const what = random()
    if (what < 0.4) copy[at] = Math.floor(random() * 256)
    else if (what < 0.6) pieces.push(copy.subarray(0, at))
    else if (what < 0.8) pieces.push(copy.subarray(at, at + Math.floor(random() * 200)))
    else copy.fill("\r\n--", at, Math.min(copy.length, at + 4))
  }
  return pieces.length === 0 ? copy : Buffer.concat([...pieces, copy])
}

describe("a message's tree", () => {
  it("holds views of the octets and no copies", () => {
    const octets = Buffer.from("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b--")
    const [leaf] = leaves(mimeTree(octets))
    octets.write("two", octets.indexOf("one"))
    expect(Buffer.from(leaf?.body ?? []).toString()).toBe("two")
  })

  it("goes on after a boundary that was used within and outside", () => {
    const octets = Buffer.from(
      [
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "",
        "one",
        "--b--",
        "--b",
        "",
        "two",
        "--b--"
      ].join("\r\n")
    )
    const root = mimeTree(octets)
    expect(leaves(root).map(({ body }) => Buffer.from(body).toString())).toEqual(["one", "two"])
    expect(root.parts).toHaveLength(2)
  })

  it("keeps as a message what lies deeper than a thousand levels", () => {
    const levels = Array.from(
      { length: 1100 },
      (_, level) => `Content-Type: multipart/mixed; boundary=b${level}x\r\n\r\n--b${level}x\r\n`
    )
    const [leaf] = leaves(mimeTree(Buffer.from(`${levels.join("")}\r\nbottom`)))
    expect(leaf?.type.value).toBe("message/rfc822")
    expect(Buffer.from(leaf?.body ?? []).toString()).toMatch(
      /^Content-Type: multipart\/mixed; boundary=b1000x[^]*bottom$/u
    )
  })

  it("is there whatever the octets are, and so is a request that Graph's description allows", () => {
    const random = numbers(20_261_121)
    const seeds = [...tortures, ...corpus.filter(({ large }) => !large)]
      .map((each) => ("octets" in each ? each.octets() : each.bytes()))
      .filter(({ length }) => length < 20_000)
    for (let run = 0; run < 1500; run++) {
      const octets = shaken(seeds[run % seeds.length] ?? new Uint8Array(0), random)
      const { request } = built(octets)
      expect(violations("message", request), Buffer.from(octets).toString("latin1")).toBe("")
    }
  })
})
