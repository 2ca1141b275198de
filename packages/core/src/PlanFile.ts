import * as Schema from "effect/Schema"

import { type Mailbox, type MailboxPath, pathKey, showPath } from "./Mailbox.ts"
import { foldInbox, type MappedMailbox } from "./MailboxName.ts"
import { Rules } from "./Rules.ts"

const Path = Schema.NonEmptyArray(Schema.String)

/**
 * A plan as a person reviews and edits it. `to` may be changed; `skip: true` leaves mail out that stands nowhere else.
 * Names are lists of levels, since a level may itself hold a `/`.
 */
export const PlanFile = Schema.Struct({
  mailferryPlan: Schema.Literal(1),
  source: Schema.String,
  destination: Schema.String,
  made: Schema.String,
  rules: Rules,
  mailboxes: Schema.Array(
    Schema.Struct({
      from: Path,
      to: Path,
      /** Messages seen when the plan was made; for the reader, not compared. */
      messages: Schema.Int,
      skip: Schema.optionalKey(Schema.Boolean),
      note: Schema.optionalKey(Schema.String)
    })
  )
})
export type PlanFile = typeof PlanFile.Type

/**
 * What changed at the source since the plan was made, in sentences; empty when the plan still fits. New mail is no
 * drift, and neither is a new mailbox: it is planned by the rules.
 */
export const driftOf = (plan: PlanFile, source: ReadonlyArray<Mailbox>): ReadonlyArray<string> => {
  const present = new Set(source.map(({ path }) => pathKey(path)))
  const planned = new Set(plan.mailboxes.map(({ from }) => pathKey(from)))
  const gone = plan.mailboxes.filter(({ from }) => !present.has(pathKey(from)))
  const added = source.filter(({ path }) => !planned.has(pathKey(path)))
  return gone.map(({ from, messages }) => {
    const hint =
      added.length === 0 ? "" : `; new since then: ${added.map(({ path }) => showPath(path)).join(", ")}`
    return `${showPath(from)} (${messages} messages when the plan was made) is gone or was renamed${hint}`
  })
}

/** The names of a plan file laid over the computed ones. */
export const namesOfPlan = (
  plan: PlanFile,
  computed: ReadonlyMap<string, MappedMailbox>
): ReadonlyMap<string, MappedMailbox> => {
  const names = new Map(computed)
  for (const { from, to } of plan.mailboxes) {
    const name = computed.get(pathKey(from))
    if (name === undefined || pathKey(name.path) === pathKey(to)) continue
    names.set(pathKey(from), { ...name, path: foldInbox(to) })
  }
  return names
}

/** Source mailboxes that the plan leaves out. */
export const skippedByPlan = (plan: PlanFile): ReadonlyArray<MailboxPath> =>
  plan.mailboxes.filter(({ skip }) => skip === true).map(({ from }) => from)
