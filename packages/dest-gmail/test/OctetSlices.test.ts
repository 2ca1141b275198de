import { buffer } from "node:stream/consumers"

import { assert, it } from "@effect/vitest"

import { octetSlices } from "../src/OctetSlices.ts"

it("the octets come out as they are, whatever they are", async () => {
  const octets = Uint8Array.from({ length: 200_001 }, (_, i) => (i * 7) % 256)
  assert.isTrue(Buffer.from(octets).equals(await buffer(octetSlices(octets))))
  assert.strictEqual((await buffer(octetSlices(new Uint8Array()))).length, 0)
})

it("slices are views of the octets and no copies of them", async () => {
  const octets = Buffer.alloc(300_000, 1)
  const part = octets.subarray(100, 250_000)
  for await (const slice of octetSlices(part)) {
    assert.strictEqual(slice.buffer, octets.buffer)
    assert.isAtMost(slice.length, 65_536)
  }
})
