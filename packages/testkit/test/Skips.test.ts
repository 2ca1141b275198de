import { assert, describe, it } from "@effect/vitest"
import type { MailError } from "@mailferry/core/MailError.ts"
import { conformance, decide, unknownLaws } from "@mailferry/testkit/Conformance.ts"
import { destinationLaws } from "@mailferry/testkit/DestinationLaws.ts"
import type { Law } from "@mailferry/testkit/Law.ts"
import { Effect, Layer } from "effect"

interface Subject {
  readonly probe?: number
}

const plain: Law<never, Subject> = { name: "a law", needs: [], check: () => Effect.void }
const probing: Law<never, Subject> = { ...plain, needs: ["probe"] }

describe("skips", () => {
  it("a law runs unless something speaks against it", () => {
    assert.deepStrictEqual(decide(plain, {}, {}, true), { _tag: "Run" })
    assert.deepStrictEqual(decide(probing, { probe: 1 }, {}, true), { _tag: "Run" })
  })

  it("a skip carries its reason, and fails under CI", () => {
    const options = { skip: { "a law": "no account yet" } }
    assert.deepStrictEqual(decide(plain, {}, options, false), { _tag: "Skip", reason: "no account yet" })
    assert.deepStrictEqual(decide(plain, {}, options, true), { _tag: "Fail", reason: "no account yet" })
  })

  it("what the service cannot do is left out under CI", () => {
    const options = { skip: { "a law": "cannot: no keywords" } }
    assert.deepStrictEqual(decide(plain, {}, options, false), { _tag: "Skip", reason: "cannot: no keywords" })
    assert.deepStrictEqual(decide(plain, {}, options, true), { _tag: "Omit", reason: "cannot: no keywords" })
  })

  it("a service that is missing on this machine skips every law, and fails under CI", () => {
    const options = { missing: "not installed" }
    assert.deepStrictEqual(decide(plain, {}, options, false), { _tag: "Skip", reason: "not installed" })
    assert.deepStrictEqual(decide(plain, {}, options, true), { _tag: "Fail", reason: "not installed" })
  })

  it("a law whose probe is not given is skipped for that reason, and fails under CI", () => {
    const reason = "needs the option probe"
    assert.deepStrictEqual(decide(probing, {}, {}, false), { _tag: "Skip", reason })
    assert.deepStrictEqual(decide(probing, {}, {}, true), { _tag: "Fail", reason })
  })

  it("a skip that names no law fails the suite", () => {
    assert.deepStrictEqual(unknownLaws(destinationLaws, { "no such law": "typo" }), ["no such law"])
    const layer: Layer.Layer<never, MailError> = Layer.empty
    assert.throws(
      () => conformance("suite", [plain], layer, {}, { skip: { "no such law": "typo" } }),
      "no such law: no such law"
    )
  })
})
