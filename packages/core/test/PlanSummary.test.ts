import { assert, describe, it } from "@effect/vitest"
import type { MessageRow } from "@mailferry/core/LedgerMessages.ts"
import type { Mailbox } from "@mailferry/core/Mailbox.ts"
import { mapMailboxes } from "@mailferry/core/MailboxName.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { messagePlanOf } from "@mailferry/core/MessagePlan.ts"
import { PlanTally } from "@mailferry/core/PlanSummary.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { Option } from "effect"

import { messageRow, placementRow } from "./MessageRows.ts"
import { allMail, folder, inbox, label } from "./SourceMailboxes.ts"
import { capabilities } from "./Stubs.ts"

const x = label("x")
const mailboxes: ReadonlyArray<Mailbox> = [inbox, folder("Work"), x, label("y"), allMail]
const names = mapMailboxes(mailboxes, [], capabilities.names, defaultRules)
const context = {
  mailboxes: new Map(mailboxes.map((mailbox, id) => [id, mailbox])),
  names,
  rules: defaultRules,
  aliases: new Map(),
  skipped: new Set<string>(),
  capabilities
}

const summaryOf = (
  messages: ReadonlyArray<readonly [shown: ReadonlyArray<Mailbox>, row: Partial<MessageRow>]>
) => {
  const tally = new PlanTally({ keywords: true, maxMessageSize: 5000, placement: "one-mailbox" })
  for (const [shown, row] of messages) {
    const memberships = shown.map((mailbox) => ({
      mailbox: mailboxes.indexOf(mailbox),
      locator: MessageLocator("1:1")
    }))
    const plan = messagePlanOf(messageRow({ memberships, ...row }), context)
    if (Option.isSome(plan)) tally.add(plan.value)
  }
  return tally.summary(mailboxes, names)
}

describe("PlanTally", () => {
  it("counts each message in exactly one state", () => {
    const summary = summaryOf([
      [[inbox], {}],
      [[inbox], { placements: [placementRow()] }],
      [[inbox], { quarantined: true }],
      [[inbox], { quarantined: true }],
      [[inbox], { unreadable: Option.some("no") }],
      [[], { placements: [placementRow()] }]
    ])
    assert.deepInclude(summary, {
      planned: 5,
      toDo: 1,
      appends: 1,
      alreadyThere: 1,
      quarantined: 2,
      unreadable: 1
    })
  })

  it("counts each message in the line of its home, and in the lines of its labels as shown", () => {
    const { mailboxes: lines } = summaryOf([
      [[inbox, x], {}],
      [[inbox], {}],
      [[allMail], {}]
    ])
    assert.deepStrictEqual(
      lines.map(({ from, homes, shown, to }) => [from.join("/"), to.join("/"), homes, shown]),
      [
        ["All Mail", "All Mail only", 1, 0],
        ["INBOX", "INBOX", 2, 0],
        ["Labels/x", "Labels/x", 0, 1],
        ["Labels/y", "Labels/y", 0, 0],
        ["Folders/Work", "Work", 0, 0]
      ]
    )
  })

  it("counts what some accounts there would refuse, and says what can be done about it", () => {
    const doubtfulSize = { above: 900, advice: "Ask first." }
    const tally = new PlanTally({
      keywords: true,
      maxMessageSize: 5000,
      placement: "one-mailbox",
      doubtfulSize
    })
    for (const size of [900, 901, 5001]) {
      const plan = messagePlanOf(
        messageRow({ size, memberships: [{ mailbox: 0, locator: MessageLocator("1:1") }] }),
        context
      )
      if (Option.isSome(plan)) tally.add(plan.value)
    }
    const { doubtful, tooLarge } = tally.summary(mailboxes, names)
    assert.deepStrictEqual(doubtful, { messages: 1, ...doubtfulSize })
    assert.strictEqual(tooLarge, 1)
  })

  it("counts what the source no longer has among the changes", () => {
    const tally = new PlanTally({ keywords: true, maxMessageSize: 5000, placement: "one-mailbox" })
    tally.deleted()
    tally.deleted()
    const { changes, planned } = tally.summary(mailboxes, names)
    assert.deepStrictEqual({ changes, planned }, { changes: { "deleted-at-source": 2 }, planned: 0 })
  })

  it("has no line for the view of all mail when no mail stands only there", () => {
    const { mailboxes: lines } = summaryOf([[[inbox, allMail], {}]])
    assert.notInclude(
      lines.map(({ role }) => role),
      "everything"
    )
  })

  it("adds up octets, and what is too large, of what is still to be appended", () => {
    const summary = summaryOf([
      [[inbox], { size: 5000 }],
      [[inbox], { size: 5001 }],
      [[inbox], { size: 7000, placements: [placementRow()] }]
    ])
    assert.deepInclude(summary, { bytes: 10_001, tooLarge: 1 })
  })

  it("counts labels, flag changes, losses and changes to come", () => {
    const summary = summaryOf([
      [[inbox, x], {}],
      [[inbox], { flags: new Set(["\\Seen"]), placements: [placementRow()] }],
      [[inbox], { placements: [placementRow({ mailbox: ["Work"] })] }],
      [
        [inbox, x],
        { placements: [placementRow(), placementRow({ mailbox: ["Labels", "x"], state: "rejected" })] }
      ]
    ])
    assert.deepInclude(summary, { labels: 1, flagChanges: 1 })
    assert.deepStrictEqual(summary.losses, { "label-refused": 1 })
    assert.deepStrictEqual(summary.changes, { "moved-at-source": 1 })
  })
})
