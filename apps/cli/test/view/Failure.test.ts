import { LedgerError } from "@mailferry/core/LedgerError.ts"
import * as Reasons from "@mailferry/core/MailError.ts"
import { PlanDrift } from "@mailferry/core/PlanDrift.ts"
import * as Duration from "effect/Duration"
import { describe, expect, it } from "vitest"

import type { Failure } from "../../src/ExitCode.ts"
import { UsageError } from "../../src/UsageError.ts"
import { defectText, failureText } from "../../src/view/Failure.ts"
import { plain } from "../../src/view/Paint.ts"

const cause = new Error("password hunter2secret in a cause")

const mailError = (side: "source" | "destination", reason: Reasons.MailErrorReason) =>
  new Reasons.MailError({ adapter: "toy", operation: "connect", side, reason })

const failures: ReadonlyArray<readonly [string, Failure]> = [
  ["a refused password", mailError("source", new Reasons.AuthFailed({ detail: "no such user", cause }))],
  [
    "a refused password the adapter knows more about",
    mailError(
      "source",
      new Reasons.AuthFailed({ detail: "no such user", advice: "Copy the password again.", cause })
    )
  ],
  [
    "an end that is down",
    mailError("destination", new Reasons.Transient({ detail: "ECONNREFUSED", applied: "no", cause }))
  ],
  [
    "a throttle",
    mailError(
      "destination",
      new Reasons.Throttled({ detail: "slow down", retryAfter: Duration.minutes(90), cause })
    )
  ],
  ["a full account", mailError("destination", new Reasons.QuotaExceeded({ detail: "over quota", cause }))],
  [
    "a mailbox that is refused",
    mailError("destination", new Reasons.MailboxRejected({ detail: "NOPERM", why: "permission", cause }))
  ],
  [
    "a message that is refused",
    mailError("source", new Reasons.MessageRejected({ detail: "bad", why: "malformed", cause }))
  ],
  ["a broken protocol", mailError("source", new Reasons.Fatal({ detail: "certificate refused", cause }))],
  [
    "a lock",
    new LedgerError({
      why: "locked",
      detail: "process 7 on box is at work.",
      advice: "Wait until it has finished.",
      cause
    })
  ],
  [
    "a full disk",
    new LedgerError({ why: "disk-full", detail: "disk full.", advice: "Free some space.", cause })
  ],
  [
    "a drifted plan",
    new PlanDrift({
      changes: ["Work (3 messages when the plan was made) is gone or was renamed", "Play is gone"]
    })
  ],
  [
    "a mistake in a file",
    new UsageError({
      what: "job.yaml cannot be used",
      problems: [{ line: 3, text: '"prot" is not a key' }, { text: "destination is missing" }],
      advice: "See help."
    })
  ]
]

describe("a failure says what happened, why, and what to do next:", () => {
  it.each(failures)("%s", (_, error) => {
    expect(failureText(error, plain)).toMatchSnapshot()
  })

  it.each(failures)("%s, without a stack trace or what a cause holds", (_, error) => {
    const text = failureText(error, plain)
    expect(text).not.toMatch(/\bat .+:\d+|\.ts\b|hunter2secret/u)
    expect(text).toContain("error: ")
    expect(text).toContain("next: ")
  })

  it("and control characters from a server do not reach the terminal", () => {
    const error = mailError("source", new Reasons.Fatal({ detail: "NO \u001B[2Jgone\u0007" }))
    expect(failureText(error, plain)).toContain("NO  [2Jgone")
  })
})

describe("a bug of ours", () => {
  const bug = new Error("cannot read x\nof undefined")

  it("is one line and where to report it, without the stack", () => {
    const text = defectText(bug.name, bug.message, undefined, plain)
    expect(text).toMatchInlineSnapshot(`
      "error: mailferry itself failed (Error: cannot read x).
      next: Run the same command again: it goes on where it stopped. Then report it as CONTRIBUTING.md says, with what --debug prints."
    `)
  })

  it("shows its stack to whoever asked with --debug", () => {
    expect(defectText(bug.name, bug.message, bug.stack, plain)).toContain("Failure.test.ts")
  })
})
