import { describe, expect, it } from "vitest"

import { categoryName, categoryNames, nearestPreset } from "../../src/message/CategoryColours.ts"
import { violations } from "./GraphContract.ts"

describe("a category's colour", () => {
  it.each([
    // The presets themselves, then Proton's purple, carrot, strawberry, cobalt, fern, and black and white.
    ["#e7a1a2", "preset0"],
    ["#93446b", "preset24"],
    ["#8080FF", "preset8"],
    ["#F78400", "preset16"],
    ["#EC3E7C", "preset15"],
    ["#273EB2", "preset22"],
    ["#3CBB3A", "preset4"],
    ["#000", "preset14"],
    ["#fff", "preset10"]
  ])("is the preset that looks most like %s: %s", (hex, preset) => {
    expect(nearestPreset(hex)).toBe(preset)
    expect(violations("outlookCategory", { displayName: "x", color: preset })).toBe("")
  })

  it.each(["", "red", "#12345"])("is none where there is no colour: %j", (text) => {
    expect(nearestPreset(text)).toBe("none")
  })
})

describe("a category's name", () => {
  it.each([
    ["Work", "Work"],
    ["a, b; c", "a_ b_ c"],
    ["  spaced\tout ", "spaced out"],
    ["日本 🎈", "日本 🎈"],
    ["x".repeat(300), "x".repeat(255)]
  ])("%.20j becomes %.20j", (label, name) => {
    expect(categoryName(label)).toBe(name)
  })

  it("stands once on a message, whatever its case", () => {
    expect(categoryNames(["Work", "WORK", "", "Home"])).toEqual(["Work", "Home"])
  })
})
