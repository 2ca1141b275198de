import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import { corpus } from "@mailferry/testkit/Corpus.ts"
import { describe, expect, it } from "vitest"

import { wireSize } from "../../src/message/GraphRequest.ts"
import { violations } from "./GraphContract.ts"
import { built, reading } from "./Letters.ts"

const account = sampleMailbox({ largest: 3_000_000 })

const peculiar = (name: Parameters<typeof account.peculiar.get>[0], at = 0) => {
  const id = account.peculiar.get(name)?.[at]
  const message = account.messages.find((each) => each.id === id)
  if (message === undefined) throw new Error(`the sample has no ${name} number ${at}`)
  return built(message.raw)
}

describe("ten years of mail", () => {
  it("becomes requests that Graph's own description allows", () => {
    const wrong = account.messages.map(({ raw }) => violations("message", built(raw).request))
    expect(wrong.filter((text) => text !== "")).toEqual([])
  })

  it("costs no more on the wire than 1.15 times its octets", () => {
    let octets = 0
    let wire = 0
    for (const { raw } of account.messages) {
      const { later, request } = built(raw)
      octets += raw.length
      wire += wireSize(request)
      for (const { octets: file, route } of later)
        wire += route === "post" ? (file.length * 4) / 3 : file.length
    }
    expect(wire / octets).toBeLessThan(1.15)
  })

  it("loses nothing but what is known to be lost", () => {
    const kinds = account.messages.flatMap(({ raw }) => built(raw).losses.map(({ kind }) => kind))
    expect([...new Set(kinds)].toSorted()).toEqual([
      "charset-guessed",
      "invitation-attached",
      "message-id",
      "sender-missing",
      "sent-date-missing",
      "signature"
    ])
  })

  it("keeps its pictures in place and its files with their names", () => {
    const { small } = peculiar("html-with-attachments")
    expect(small.map(({ isInline, name }) => [name, isInline])).toEqual([
      ["plan.png", true],
      ['offer; final "3".pdf', false],
      ["Übersicht – Räume.csv", false],
      ["empty.txt", false]
    ])
  })

  it("keeps a mail in a mail in a mail", () => {
    const [outer] = peculiar("nested-message").small
    expect(outer?.name).toBe("Fwd: notice 3.eml")
    const [middle] = built(outer?.octets ?? new Uint8Array(0)).small
    expect(middle?.name).toBe("Fwd: notice 2.eml")
  })

  it("sends its largest attachment apart", () => {
    expect(peculiar("large").later.map(({ name, octets, route }) => [name, octets.length, route])).toEqual([
      ["summit.mp4", 3_000_000, "post"]
    ])
  })

  it("is in nobody's charset but Unicode", () => {
    expect(peculiar("encoded-words", 1).request).toMatchObject({ subject: "日本旅行の予定 (2019)" })
    expect(peculiar("eight-bit-headers", 1).request.from.emailAddress.name).toBe("François Béranger")
    expect(reading(peculiar("eight-bit-body")).text).toBe("Grüße, 3 µm")
  })
})

describe("mail that movers have got wrong", () => {
  it.each(corpus.filter(({ large }) => !large))(
    "becomes a request that Graph's own description allows: $name",
    ({ bytes }) => {
      expect(violations("message", built(bytes()).request)).toBe("")
    }
  )

  it("keeps 25 MiB that are one part", () => {
    const large = corpus.find(({ large: isLarge }) => isLarge)
    const { later, request } = built(large?.bytes() ?? new Uint8Array(0))
    // Text of 19 MB is no body that a request could hold.
    expect(later.map(({ route }) => route)).toEqual(["session"])
    expect(violations("message", request)).toBe("")
  })
})
