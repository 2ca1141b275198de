import { describe, expect, it } from "vitest"

import { violations } from "./GraphContract.ts"
import { built, reading } from "./Letters.ts"
import { tortures } from "./Torture.ts"

describe("a torturous message", () => {
  it.each(tortures)("is read as it was meant: $name", ({ found, octets }) => {
    expect(reading(built(octets()))).toMatchObject({ files: [], ...found })
  })

  it.each(tortures)("costs what is told and no more: $name", ({ losses, octets }) => {
    expect(built(octets()).losses.map(({ kind }) => kind)).toEqual(losses)
  })

  it.each(tortures)("becomes a request by Graph's own description: $name", ({ octets }) => {
    expect(violations("message", built(octets()).request)).toBe("")
  })
})
