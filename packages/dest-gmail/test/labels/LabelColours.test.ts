import { describe, expect, it } from "vitest"

import { nearestColour } from "../../src/labels/LabelColours.ts"

describe("a label's colour", () => {
  it.each(["#fb4c2f", "#083018", "#42d692", "#b694e8"])("that Gmail has stays as it is: %s", (hex) => {
    expect(nearestColour(hex)?.backgroundColor).toBe(hex)
  })

  it.each([
    // Proton's purple, carrot, strawberry, cobalt and fern, and colours of no palette.
    ["#8080FF", "#a479e2"],
    ["#F78400", "#ff7537"],
    ["#EC3E7C", "#e07798"],
    ["#273EB2", "#1e53b8"],
    ["#3CBB3A", "#3dc789"],
    ["#ff0000", "#fb4c2f"],
    ["#00f", "#1e53b8"],
    ["fefefe", "#ffffff"],
    ["#010101", "#000000"]
  ])("%s becomes the one that looks most like it, %s", (hex, nearest) => {
    expect(nearestColour(hex)?.backgroundColor).toBe(nearest)
  })

  it("bears the text that is read best on it", () => {
    expect(nearestColour("#fbe983")?.textColor).toBe("#000000")
    expect(nearestColour("#0d3472")?.textColor).toBe("#ffffff")
  })

  it.each(["", "red", "#12345", "#12345g", "rgb(1,2,3)"])("is none where the text is none: %j", (text) => {
    expect(nearestColour(text)).toBeUndefined()
  })
})
