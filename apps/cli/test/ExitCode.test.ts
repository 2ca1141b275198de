import { LedgerError } from "@mailferry/core/LedgerError.ts"
import * as Reasons from "@mailferry/core/MailError.ts"
import { PlanDrift } from "@mailferry/core/PlanDrift.ts"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"

import { type Ending, exitCodeOf, type Failure } from "../src/ExitCode.ts"
import { usageError } from "../src/UsageError.ts"

const mailError = (side: "source" | "destination" | undefined, reason: Reasons.MailErrorReason) =>
  new Reasons.MailError({
    adapter: "toy",
    operation: "connect",
    ...(side === undefined ? {} : { side }),
    reason
  })

const ledgerError = (why: LedgerError["why"]) => new LedgerError({ why, detail: "d", advice: "a" })

const transient = new Reasons.Transient({ detail: "d", applied: "no" })
const fatal = new Reasons.Fatal({ detail: "d" })
const auth = new Reasons.AuthFailed({ detail: "d" })
const throttled = new Reasons.Throttled({ detail: "d" })
const full = new Reasons.QuotaExceeded({ detail: "d" })
const mailbox = new Reasons.MailboxRejected({ detail: "d", why: "permission" })
const message = new Reasons.MessageRejected({ detail: "d", why: "policy" })

const failures: ReadonlyArray<readonly [string, Failure, number]> = [
  ["a job file that cannot be used", usageError("job.yaml", "no"), 2],
  ["a source that does not answer", mailError("source", transient), 4],
  ["a source whose certificate is refused", mailError("source", fatal), 4],
  ["a source that refuses to list a mailbox", mailError("source", mailbox), 4],
  ["a source that refuses a message outside a transfer", mailError("source", message), 4],
  ["a source that says it is full", mailError("source", full), 4],
  ["a password the source refuses", mailError("source", auth), 5],
  ["a password the destination refuses", mailError("destination", auth), 5],
  ["a destination that does not answer", mailError("destination", transient), 6],
  ["a destination that breaks the protocol", mailError("destination", fatal), 6],
  ["a destination that refuses a mailbox", mailError("destination", mailbox), 6],
  ["a throttled source", mailError("source", throttled), 7],
  ["a throttled destination", mailError("destination", throttled), 7],
  ["a full destination", mailError("destination", full), 8],
  ["a failure of neither side", mailError(undefined, transient), 1],
  ["a plan that no longer fits", new PlanDrift({ changes: ["Work is gone"] }), 9],
  ["a ledger that another run holds", ledgerError("locked"), 11],
  ["a full disk", ledgerError("disk-full"), 1],
  ["a damaged ledger", ledgerError("damaged"), 1]
]

const stopped = (
  cause: Option.Option<Failure | { readonly _tag: "Asked" }>,
  outcome = "paused" as const
) => ({
  outcome,
  stoppedBy: Option.map(cause, (value) => {
    if (value._tag === "UsageError" || value._tag === "PlanDrift") throw new Error("no run ends so")
    return value
  })
})

const endings: ReadonlyArray<readonly [string, Ending, number]> = [
  ["a command that has said what it had to", { _tag: "Done" }, 0],
  ["a complete run", { _tag: "Ran", result: { outcome: "complete", stoppedBy: Option.none() } }, 0],
  [
    "a run that left messages behind",
    { _tag: "Ran", result: { outcome: "partial", stoppedBy: Option.none() } },
    3
  ],
  ["a run that was asked to stop", { _tag: "Ran", result: stopped(Option.some({ _tag: "Asked" })) }, 130],
  [
    "a run stopped by a full destination",
    { _tag: "Ran", result: stopped(Option.some(mailError("destination", full))) },
    8
  ],
  [
    "a run stopped by its source",
    { _tag: "Ran", result: stopped(Option.some(mailError("source", transient))) },
    4
  ],
  [
    "a run stopped by a throttle",
    { _tag: "Ran", result: stopped(Option.some(mailError("destination", throttled))) },
    7
  ],
  [
    "a pilot that passed, though most mail is still to do",
    { _tag: "Piloted", passed: true, result: stopped(Option.none()) },
    0
  ],
  ["a pilot that failed", { _tag: "Piloted", passed: false, result: stopped(Option.none()) }, 10],
  [
    "a pilot stopped by a refused password",
    { _tag: "Piloted", passed: false, result: stopped(Option.some(mailError("source", auth))) },
    5
  ],
  ["a verification that found nothing", { _tag: "Verified", result: { ok: true } }, 0],
  ["a verification that found a difference", { _tag: "Verified", result: { ok: false } }, 10],
  ["a command line that is wrong", { _tag: "Misused" }, 2],
  ["an interruption", { _tag: "Interrupted" }, 130],
  ["a bug", { _tag: "Defect" }, 1]
]

describe("an exit code says what to do next:", () => {
  it.each(failures)("%s", (_, error, code) => {
    expect(exitCodeOf({ _tag: "Failed", error })).toBe(code)
  })

  it.each(endings)("%s", (_, ending, code) => {
    expect(exitCodeOf(ending)).toBe(code)
  })
})
