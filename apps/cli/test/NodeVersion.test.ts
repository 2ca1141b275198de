import { describe, expect, it } from "vitest"

import { nodeTooOld } from "../src/NodeVersion.ts"

describe("the Node version", () => {
  it.each(["24.11.0", "24.21.0", "25.0.0"])("%s will do", (version) => {
    expect(nodeTooOld(version)).toBeUndefined()
  })

  it.each(["20.20.2", "24.10.9"])("%s is too old, which is said before anything else can fail", (version) => {
    expect(nodeTooOld(version)).toContain(`needs Node 24.11 or newer; this is Node ${version}`)
  })
})
