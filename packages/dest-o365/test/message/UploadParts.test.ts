import { describe, expect, it } from "vitest"

import { attachmentRoute, octetsOfPart, uploadParts } from "../../src/message/UploadParts.ts"

describe("an attachment of its own", () => {
  it.each([
    [0, "post"],
    [3_144_703, "post"],
    [3_145_728, "session"],
    [157_286_400, "session"],
    [157_286_401, "refused"]
  ])("of %d octets goes by %s", (size, route) => {
    expect(attachmentRoute(size)).toBe(route)
  })

  it("leaves no octet out and sends none twice, in parts of 3,276,800", () => {
    const parts = uploadParts(7_000_000)
    expect(parts).toEqual([
      { start: 0, end: 3_276_800 },
      { start: 3_276_800, end: 6_553_600 },
      { start: 6_553_600, end: 7_000_000 }
    ])
  })

  it("goes on where the session says it stopped", () => {
    expect(uploadParts(7_000_000, 6_000_000)).toEqual([{ start: 6_000_000, end: 7_000_000 }])
    expect(uploadParts(7_000_000, 7_000_000)).toEqual([])
  })

  it("is sent from buffers of its parts alone", () => {
    const whole = Buffer.from("abcdef")
    const part = octetsOfPart(whole.subarray(1), { start: 1, end: 3 })
    expect(part.toString()).toBe("cd")
    whole.fill(0)
    expect(part.toString()).toBe("cd")
  })
})
