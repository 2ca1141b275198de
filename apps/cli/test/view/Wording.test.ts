import { describe, expect, it } from "vitest"

import { counted, duration, harmless, octets } from "../../src/view/Wording.ts"

describe("figures for people", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9949, "9.9 kB"],
    [37_123_456, "37 MB"],
    [999_600, "1.0 MB"],
    [5_300_000_000, "5.3 GB"],
    [7e15, "7000 TB"]
  ])("%d octets are %s", (n, text) => {
    expect(octets(n)).toBe(text)
  })

  it.each([
    [0.04, "0.0 s"],
    [9.94, "9.9 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [190, "3 min 10 s"],
    [3599.7, "1 h 00 min"],
    [25_560, "7 h 06 min"],
    [200_000, "2 d 7 h"]
  ])("%d seconds are %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })

  it("one is not many", () => {
    expect([counted(1, "message"), counted(2000, "message")]).toEqual(["1 message", "2,000 messages"])
  })

  it("control characters become blanks", () => {
    expect(harmless("a\u001B[31m\r\nb\u2028c")).toBe("a [31m  b c")
  })
})
