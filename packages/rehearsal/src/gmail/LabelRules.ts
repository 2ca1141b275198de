import type { AccountLabels } from "./AccountLabels.ts"
import { invalidArgument } from "./ApiError.ts"

/**
 * Whether a message may be brought in with SENT: `allow`, as on most accounts; `refuse`, as on some, for reasons nobody
 * but Google knows; `refuse-foreign-from` for mail whose From is not the account's address.
 */
export type SentRule = "allow" | "refuse" | "refuse-foreign-from"

export interface LabelRuleOptions {
  readonly sentRule: SentRule
  /** System labels this account takes on no message that is brought in, as IMPORTANT on some. */
  readonly refusedLabels: ReadonlySet<string>
}

const invalidLabel = (id: string) => invalidArgument(`Invalid label: ${id}`)

/** A message lies in at most one of them. */
const places: ReadonlyArray<string> = ["INBOX", "SPAM", "TRASH"]

const known = (labels: AccountLabels, wanted: ReadonlyArray<string>): ReadonlySet<string> => {
  for (const id of wanted) if (!labels.has(id)) throw invalidLabel(id)
  const asked = new Set(wanted)
  if (places.filter((place) => asked.has(place)).length > 1) {
    throw invalidArgument("Invalid label combination: at most one of INBOX, SPAM and TRASH")
  }
  return asked
}

/** The labels of a message that import or insert brings in. `own`: whether its From is the account's address. */
export const labelsOfNew = (
  labels: AccountLabels,
  wanted: ReadonlyArray<string>,
  own: boolean,
  rules: LabelRuleOptions
): ReadonlySet<string> => {
  const asked = known(labels, wanted)
  for (const id of asked) {
    const sentRefused = rules.sentRule === "refuse" || (rules.sentRule === "refuse-foreign-from" && !own)
    const refused = id === "DRAFT" || id === "CHAT" || (id === "SENT" && sentRefused)
    if (refused || rules.refusedLabels.has(id)) throw invalidLabel(id)
  }
  return asked
}

/**
 * What a message that another import joins does with its place: `moves` to the newer one's, or `stays` where it was as
 * well, in Spam or Trash. Reports say no more than that labels are merged, and nobody has told which it is.
 */
export type JoinRule = "moves" | "stays"

/** The labels of a message that another import has joined. */
export const joined = (
  old: ReadonlySet<string>,
  added: ReadonlySet<string>,
  rule: JoinRule
): ReadonlySet<string> => (rule === "stays" ? new Set([...old, ...added]) : merged(old, added))

/** A message and the labels another import of it brings: all of both, the place of the newer one. */
export const merged = (old: ReadonlySet<string>, added: ReadonlySet<string>): ReadonlySet<string> => {
  const moves = places.some((place) => added.has(place))
  return new Set([...[...old].filter((id) => !moves || !places.includes(id)), ...added])
}

/** The changes of a modify or batchModify. */
export interface LabelChange {
  readonly add: ReadonlySet<string>
  readonly remove: ReadonlySet<string>
}

/** At most so many labels in one modify (users.messages.modify). */
const mostChanged = 100

export const checkedChange = (
  labels: AccountLabels,
  add: ReadonlyArray<string>,
  remove: ReadonlyArray<string>
): LabelChange => {
  if (add.length === 0 && remove.length === 0) throw invalidArgument("No label add or removes specified")
  for (const ids of [add, remove]) {
    if (ids.length > mostChanged) throw invalidArgument(`Too many labels: at most ${mostChanged}`)
    for (const id of ids) if (["SENT", "DRAFT", "CHAT"].includes(id)) throw invalidLabel(id)
  }
  const change = { add: known(labels, add), remove: new Set(remove) }
  for (const id of remove) {
    if (!labels.has(id)) throw invalidLabel(id)
    if (change.add.has(id)) throw invalidArgument("Cannot both add and remove the same label")
  }
  return change
}

export const changed = (old: ReadonlySet<string>, change: LabelChange): ReadonlySet<string> =>
  merged(new Set([...old].filter((id) => !change.remove.has(id))), change.add)
