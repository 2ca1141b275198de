import { describe, expect, it } from "vitest"

import { rungs } from "../../src/message/RequestRungs.ts"
import { violations } from "./GraphContract.ts"
import { built, everyday, letter } from "./Letters.ts"

const full = built(
  letter([
    ...everyday.filter((line) => !line.startsWith("Subject")),
    `Subject: ${"long ".repeat(60)}`,
    "X-Pm-Internal-Id: id",
    "Reply-To: l@l.example"
  ]),
  { flags: new Set(["\\Seen"]) }
).request

const ids = (request: typeof full) => request.singleValueExtendedProperties.map(({ id }) => id)

describe("after a 400", () => {
  it("the message goes with less and less, each loss told once more", () => {
    expect(rungs(full).map(({ losses }) => losses.map(({ kind }) => kind))).toEqual([
      ["internet-headers"],
      ["internet-headers", "x-headers"],
      ["internet-headers", "x-headers", "reply-to"],
      ["internet-headers", "x-headers", "reply-to", "subject-cut"]
    ])
  })

  it("each step lacks what it says", () => {
    const [first, second, third, fourth] = rungs(full).map(({ request }) => request)
    expect(ids(first ?? full)).not.toContain("String 0x007D")
    expect(first?.internetMessageHeaders).toBeDefined()
    expect(second?.internetMessageHeaders).toBeUndefined()
    expect(second?.sender).toBeDefined()
    expect(third).not.toHaveProperty("sender")
    expect(third).not.toHaveProperty("replyTo")
    expect(fourth?.subject).toHaveLength(255)
  })

  it("flags, dates, key and content never go", () => {
    const kept = ["Integer 0x0E07", "SystemTime 0x0E06", "SystemTime 0x0039"]
    for (const { request } of rungs(full)) {
      expect(ids(request)).toEqual(expect.arrayContaining(kept))
      expect(ids(request).some((id) => id.endsWith("MigrationKey"))).toBe(true)
      expect(request).toMatchObject({ body: full.body, from: full.from, isRead: true })
      expect(violations("message", request)).toBe("")
    }
  })

  it("a step that would change nothing is not taken", () => {
    const { request } = built(letter(everyday))
    expect(rungs(request).map(({ losses }) => losses.at(-1)?.kind)).toEqual(["internet-headers", "reply-to"])
  })
})
