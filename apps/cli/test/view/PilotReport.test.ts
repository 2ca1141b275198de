import { AuthFailed, MailError } from "@mailferry/core/MailError.ts"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"

import { plain } from "../../src/view/Paint.ts"
import type { PilotStep } from "../../src/view/PilotLines.ts"
import { pilotReport } from "../../src/view/PilotReport.ts"
import type { PilotJson } from "../../src/view/RunJson.ts"

const steps: ReadonlyArray<PilotStep> = [
  { step: "decrypted", ok: true, evidence: "10 of 10 messages in Sent are in clear" },
  { step: "delivered", ok: true, evidence: "14095 octets came over IMAP" },
  { step: "read", ok: true, evidence: "10 of 10 messages are in the ledger" },
  { step: "stored", ok: true, evidence: "10 of 10 read back from Sent are the same octet for octet" }
]

const pilot: PilotJson = { passed: true, messages: 10, mailbox: ["Sent"], steps }
const unstopped = { stoppedBy: Option.none() }

describe("a pilot", () => {
  it("is four lines of evidence and a verdict", () => {
    expect(pilotReport(pilot, unstopped, "--job job.yaml", plain)).toMatchInlineSnapshot(`
      "✓ The source gives mail in clear: 10 of 10 messages in Sent are in clear
      ✓ The source delivers it: 14095 octets came over IMAP
      ✓ mailferry read and recorded it: 10 of 10 messages are in the ledger
      ✓ The destination stored it and gives it back: 10 of 10 read back from Sent are the same octet for octet
      The pilot passed: 10 messages of Sent made the whole way.
      next: \`mailferry run --job job.yaml\` carries over the rest."
    `)
  })

  it("that failed marks the link that did not hold, and says that nothing else was begun", () => {
    const broken = steps.map((step) =>
      step.step === "stored" ? { ...step, ok: false, evidence: "9 of 10" } : step
    )
    const text = pilotReport({ ...pilot, passed: false, steps: broken }, unstopped, "--job job.yaml", plain)
    expect(text).toContain("✗ The destination stored it and gives it back: 9 of 10")
    expect(text).toContain("The pilot failed; nothing else was begun.")
    expect(text).toContain(
      "next: Mend the first link above that did not hold, then `mailferry pilot --job job.yaml`"
    )
  })

  it("of an account without mail has nothing to try", () => {
    const text = pilotReport({ ...pilot, messages: 0, steps: [] }, unstopped, "--job job.yaml", plain)
    expect(text).toContain("There is no mail in scope")
  })

  it("that was stopped says by what", () => {
    const stoppedBy = Option.some(
      new MailError({
        adapter: "toy",
        operation: "append",
        side: "destination",
        reason: new AuthFailed({ detail: "expired", advice: "Sign in again." })
      })
    )
    expect(pilotReport(null, { stoppedBy }, "--job job.yaml", plain)).toContain(
      "  expired\nnext: Sign in again."
    )
  })
})
