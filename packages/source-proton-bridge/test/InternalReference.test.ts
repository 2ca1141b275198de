import { assert, describe, it } from "@effect/vitest"
import { withoutInternalReference } from "@mailferry/source-proton-bridge/InternalReference.ts"

const without = (message: string) =>
  Buffer.from(withoutInternalReference(Buffer.from(message, "latin1"))).toString("latin1")
const own = `<${"x_-".repeat(28)}xx==@protonmail.internalid>`

describe("withoutInternalReference", () => {
  it("takes out a field that holds nothing else", () => {
    assert.strictEqual(
      without(`A: 1\r\nReferences: ${own}\r\nB: \xff\r\n\r\nbody`),
      "A: 1\r\nB: \xff\r\n\r\nbody"
    )
  })

  it("leaves the other references as they are written", () => {
    assert.strictEqual(
      without(`References: <a@x>\r\n <b@x>\r\n ${own}\r\n\r\n`),
      "References: <a@x>\r\n <b@x>\r\n\r\n"
    )
    assert.strictEqual(without(`References: <a@x>  ${own} <b@x>\r\n\r\n`), "References: <a@x> <b@x>\r\n\r\n")
    assert.strictEqual(without(`references: ${own} <b@x> ${own}\r\n\r\n`), "references: <b@x>\r\n\r\n")
  })

  it("leaves In-Reply-To and the body alone", () => {
    const message = `In-Reply-To: ${own}\r\n\r\nReferences: ${own}\r\n`
    assert.strictEqual(without(message), message)
  })
})
