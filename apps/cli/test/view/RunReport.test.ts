import type { QuarantinedMessage } from "@mailferry/core/LedgerReports.ts"
import { MailError, QuotaExceeded } from "@mailferry/core/MailError.ts"
import type { RunResult } from "@mailferry/core/RunResult.ts"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"

import { plain } from "../../src/view/Paint.ts"
import { ProgressTally } from "../../src/view/ProgressTally.ts"
import { failedJson, interruptedJson, runJson } from "../../src/view/RunJson.ts"
import { runReport } from "../../src/view/RunReport.ts"

const result = (changed: Partial<RunResult> = {}): RunResult => ({
  outcome: "complete",
  planned: 600,
  migrated: 590,
  alreadyThere: 10,
  merged: 0,
  quarantined: 0,
  failed: 0,
  bytes: 37_123_456,
  seconds: 75,
  labelsLeft: 0,
  losses: {},
  changedAtSource: {},
  sourceStillGrowing: false,
  stoppedBy: Option.none(),
  ...changed
})

const tooLarge: QuarantinedMessage = {
  message: 4,
  key: "abc==",
  messageId: Option.some("<a@b>"),
  subject: Option.some("Holiday film\u001B[2J"),
  why: "too-large",
  detail: "APPEND limit is 10485760 octets",
  advice: Option.some("Import the .eml by hand."),
  file: Option.some("/state/x.quarantine/4.eml"),
  run: 1,
  size: 25_000_000
}

const full = new MailError({
  adapter: "toy",
  operation: "append",
  side: "destination",
  reason: new QuotaExceeded({ detail: "[OVERQUOTA] Mailbox is full" })
})

describe("the end of a run", () => {
  it("that is complete says so and what proves it", () => {
    expect(runReport(result(), [], "--job job.yaml", plain)).toMatchInlineSnapshot(`
      "Done: every message in scope has arrived.
      600 messages in scope: 590 carried over now (37 MB in 1 min 15 s), 10 there already.

      next: \`mailferry verify --job job.yaml\` proves it, message by message."
    `)
  })

  it("that left a message behind names it with the server's words and the fix", () => {
    const partial = result({
      outcome: "partial",
      migrated: 589,
      quarantined: 1,
      losses: { "flag-not-kept": 3 }
    })
    expect(runReport(partial, [tooLarge], "--job job.yaml", plain)).toMatchInlineSnapshot(`
      "Done, but not everything has arrived.
      600 messages in scope: 589 carried over now (37 MB in 1 min 15 s), 10 there already.
      1 message did not arrive and is set aside.
      3 flags left out: the destination does not keep it.

      Set aside:
      ! Holiday film [2J
          too-large: APPEND limit is 10485760 octets
          fix: Import the .eml by hand.
          kept in: /state/x.quarantine/4.eml
          id: abc==

      next: Mend what is named above, then \`mailferry run --job job.yaml --retry-quarantined\`; \`mailferry verify --job job.yaml\` checks the rest."
    `)
  })

  it("that was asked to stop says how to go on", () => {
    const paused = result({
      outcome: "paused",
      migrated: 5,
      stoppedBy: Option.some({ _tag: "Asked" }),
      labelsLeft: 3
    })
    expect(runReport(paused, [], "--job job.yaml --state 'my state'", plain)).toMatchInlineSnapshot(`
      "Stopped before the end. Everything done so far is recorded.
      600 messages in scope: 5 carried over now (37 MB in 1 min 15 s), 10 there already.
      3 placements for labels and further mailboxes are left to do.

      It was asked to stop; what was in flight was finished first.

      next: \`mailferry run --job job.yaml --state 'my state'\` goes on where it stopped."
    `)
  })

  it("that a full account stopped says what to do about it", () => {
    const paused = result({ outcome: "paused", migrated: 5, stoppedBy: Option.some(full) })
    expect(runReport(paused, [], "--job job.yaml", plain)).toMatchInlineSnapshot(`
      "Stopped before the end. Everything done so far is recorded.
      600 messages in scope: 5 carried over now (37 MB in 1 min 15 s), 10 there already.

      The destination is full.
        [OVERQUOTA] Mailbox is full

      next: Make room there, then run the same command again: it goes on where it stopped."
    `)
  })

  it("names fifty of many refused messages and says where the rest are", () => {
    const many = Array.from({ length: 53 }, () => tooLarge)
    const text = runReport(result({ outcome: "partial", quarantined: 53 }), many, "--job job.yaml", plain)
    expect(text.match(/Holiday film/gu)).toHaveLength(50)
    expect(text).toContain("… and 3 more")
  })
})

describe("the JSON of a run", () => {
  it("has every counter, the reason it stopped, and each refused message", () => {
    const json = runJson(result({ outcome: "paused", stoppedBy: Option.some(full) }), [tooLarge], null)
    expect(JSON.parse(JSON.stringify(json))).toMatchInlineSnapshot(`
      {
        "alreadyThere": 10,
        "bytes": 37123456,
        "changedAtSource": {},
        "failed": 0,
        "failures": [],
        "forecast": null,
        "joined": [],
        "labelsLeft": 0,
        "losses": {},
        "merged": 0,
        "migrated": 590,
        "outcome": "paused",
        "pilot": null,
        "planned": 600,
        "quarantine": [
          {
            "advice": "Import the .eml by hand.",
            "detail": "APPEND limit is 10485760 octets",
            "file": "/state/x.quarantine/4.eml",
            "id": "abc==",
            "messageId": "<a@b>",
            "subject": "Holiday film[2J",
            "why": "too-large",
          },
        ],
        "quarantined": 0,
        "seconds": 75,
        "sourceStillGrowing": false,
        "stoppedBy": {
          "advice": "Make room there, then run the same command again: it goes on where it stopped.",
          "detail": "[OVERQUOTA] Mailbox is full",
          "reason": "QuotaExceeded",
          "side": "destination",
        },
      }
    `)
  })

  it("names what waits for the next run", () => {
    const failed = {
      key: "abc==",
      messageId: Option.none(),
      subject: Option.none(),
      why: "mailbox-refused",
      detail: "Work: NO [NOPERM] not yours"
    }
    const partial = result({ outcome: "partial", failed: 1 })
    const text = runReport(partial, [], "--job job.yaml", plain, [failed])
    expect(text).toContain(
      "Not carried over this time; the next run tries again:\n! abc==\n    Work: NO [NOPERM] not yours"
    )
    expect(runJson(partial, [], null, [failed]).failures).toEqual([
      { id: "abc==", messageId: null, why: "mailbox-refused", detail: "Work: NO [NOPERM] not yours" }
    ])
  })

  it("is an object of the same form when the run failed or was broken off before its result", () => {
    const tally = new ProgressTally()
    tally.add({ _tag: "Planned", messages: 10, toDo: 8, bytes: 800 }, 0)
    tally.add({ _tag: "MessageDone", mailbox: ["INBOX"], bytes: 100 }, 2000)
    const whole = Object.keys(runJson(result(), [], null))
    expect(Object.keys(failedJson(tally, full))).toEqual(whole)
    expect(interruptedJson(tally)).toMatchObject({
      outcome: "paused",
      planned: 10,
      migrated: 1,
      alreadyThere: 2,
      bytes: 100,
      seconds: 2,
      stoppedBy: { side: null, reason: "Asked" }
    })
    expect(failedJson(tally, full).stoppedBy).toMatchObject({ side: "destination", reason: "QuotaExceeded" })
  })
})

describe("messages that the destination joined", () => {
  const joined = [
    { key: "b==", joinedWith: "a==", messageId: "<list@example.net>", subject: undefined },
    { key: "c==", joinedWith: "a==", messageId: "<list@example.net>", subject: "Minutes" }
  ]

  it("are named in the report with the one that stands for them, and never called lost", () => {
    const text = runReport(result({ merged: 2, migrated: 8 }), [], "--job job.yaml", plain, [], joined)
    expect(text).toContain("2 messages joined with another that has the same Message-ID")
    expect(text).toContain("<list@example.net>: b==, with a==")
    expect(text).toContain("Minutes: c==, with a==")
    expect(text).not.toMatch(/lost|left out/u)
  })

  it("are not named again by a run that joined nothing", () => {
    expect(runReport(result(), [], "--job job.yaml", plain, [], joined)).not.toContain("Minutes")
  })

  it("are listed in the JSON object", () => {
    expect(runJson(result(), [], null, [], joined).joined).toEqual([
      { id: "b==", with: "a==", messageId: "<list@example.net>", subject: null },
      { id: "c==", with: "a==", messageId: "<list@example.net>", subject: "Minutes" }
    ])
  })
})
