import { showPath } from "@mailferry/core/Mailbox.ts"
import type { PlannedMailbox, PlanSummary } from "@mailferry/core/PlanSummary.ts"
import * as Option from "effect/Option"

import { lossLines } from "./LossWords.ts"
import type { Paint } from "./Paint.ts"
import { table } from "./Table.ts"
import { count, counted, harmless, octets } from "./Wording.ts"

const remark = ({ from, mark, role, to, why }: PlannedMailbox): string => {
  if (mark !== undefined) return mark.called
  if (role === "starred") return "carried over as \\Flagged"
  if (Option.isSome(why)) return why.value
  if (role === "everything") return "mail that stands in no other mailbox"
  return showPath(from) === showPath(to) ? "" : role === "label" ? "label" : ""
}

const row = (mailbox: PlannedMailbox): ReadonlyArray<string> => [
  harmless(showPath(mailbox.from)),
  mailbox.role === "starred" ? "" : harmless(mailbox.mark?.name ?? showPath(mailbox.to)),
  mailbox.homes === 0 ? "" : count(mailbox.homes),
  mailbox.shown === 0 ? "" : count(mailbox.shown),
  harmless(remark(mailbox))
]

const columns = [
  { title: "From" },
  { title: "To" },
  { title: "Messages", align: "right" as const },
  { title: "Also here", align: "right" as const },
  { title: "Remark" }
]

/** What a run would do: a line a mailbox, then the sums. Each message counts once under "Messages". */
export const planTable = (summary: PlanSummary, paint: Paint): string => {
  const [titles = "", ...rows] = table(columns, summary.mailboxes.map(row))
  const sums = [
    `${counted(summary.planned, "message")} in scope: ${count(summary.toDo)} to carry over (${octets(summary.bytes)}), ${count(summary.alreadyThere)} there already.`,
    ...(summary.labels > 0
      ? [`${counted(summary.labels, "copy", "copies")} to make for labels and further mailboxes.`]
      : []),
    ...(summary.flagChanges > 0
      ? [`${counted(summary.flagChanges, "flag")} to add to messages carried over before.`]
      : []),
    ...(summary.tooLarge > 0
      ? [
          paint.yellow(
            `${counted(summary.tooLarge, "message")} larger than the destination takes: set aside and named by the run.`
          )
        ]
      : []),
    ...(summary.doubtful === undefined
      ? []
      : [
          paint.yellow(
            `${counted(summary.doubtful.messages, "message")} larger than ${octets(summary.doubtful.above)}, which the destination may refuse. ${summary.doubtful.advice}`
          )
        ]),
    ...(summary.unreadable > 0
      ? [
          paint.yellow(
            `${counted(summary.unreadable, "message")} the source cannot read: set aside and named by the run.`
          )
        ]
      : []),
    ...(summary.quarantined > 0
      ? [paint.yellow(`${counted(summary.quarantined, "message")} set aside by earlier runs.`)]
      : []),
    ...lossLines(summary.losses),
    ...lossLines(summary.changes)
  ]
  return [paint.bold(titles), ...rows, "", ...sums].join("\n")
}
