import type { PlanSummary } from "@mailferry/core/PlanSummary.ts"
import * as Option from "effect/Option"
import { expect, it } from "vitest"

import { plain } from "../../src/view/Paint.ts"
import { planTable } from "../../src/view/PlanTable.ts"

const summary: PlanSummary = {
  mailboxes: [
    { from: ["INBOX"], to: ["INBOX"], role: "home", why: Option.none(), homes: 1234, shown: 2 },
    { from: ["Folders", "日本 🗾"], to: ["日本 🗾"], role: "home", why: Option.none(), homes: 7, shown: 0 },
    {
      from: ["Labels", "yes/no"],
      to: ["Labels", "yes_no"],
      role: "label",
      why: Option.some('"/" is the hierarchy delimiter there'),
      homes: 0,
      shown: 40
    },
    { from: ["Starred"], to: ["Starred"], role: "starred", why: Option.none(), homes: 0, shown: 0 },
    { from: ["All Mail"], to: ["All Mail only"], role: "everything", why: Option.none(), homes: 1, shown: 0 },
    {
      from: ["Folders", "evil\u001B[2J"],
      to: ["evil "],
      role: "home",
      why: Option.none(),
      homes: 1,
      shown: 0
    }
  ],
  planned: 1243,
  toDo: 1200,
  appends: 1200,
  alreadyThere: 40,
  quarantined: 1,
  unreadable: 1,
  tooLarge: 2,
  bytes: 5_300_000_000,
  labelRule: "copy",
  labels: 42,
  flagChanges: 1,
  losses: { "label-ignored": 3 },
  changes: { "moved-at-source": 1 }
}

it("a plan is a line for each mailbox and the sums, and mail cannot draw on the terminal", () => {
  expect(planTable(summary, plain)).toMatchInlineSnapshot(`
    "From              To             Messages  Also here  Remark
    INBOX             INBOX             1,234          2
    Folders/日本 🗾   日本 🗾               7
    Labels/yes/no     Labels/yes_no                   40  "/" is the hierarchy delimiter there
    Starred                                               carried over as \\Flagged
    All Mail          All Mail only         1             mail that stands in no other mailbox
    Folders/evil [2J  evil                  1

    1,243 messages in scope: 1,200 to carry over (5.3 GB), 40 there already.
    42 copies to make for labels and further mailboxes.
    1 flag to add to messages carried over before.
    2 messages larger than the destination takes: set aside and named by the run.
    1 message the source cannot read: set aside and named by the run.
    1 message set aside by earlier runs.
    3 labels left out, as the rules ask.
    1 message moved at the source since; left where it is."
  `)
})
