import { describe, expect, it } from "vitest"

import { closestName, didYouMean } from "../src/ClosestName.ts"

const names = ["host", "port", "security", "password", "connections"]

describe("did you mean", () => {
  it.each([
    ["prot", "port"],
    ["pasword", "password"],
    ["HOST", "host"],
    ["conections", "connections"]
  ])("%s finds %s", (word, name) => {
    expect(closestName(word, names)).toBe(name)
  })

  it.each(["certificate", "x", "colour"])("%s finds nothing rather than noise", (word) => {
    expect(didYouMean(word, names)).toBe("")
  })
})
