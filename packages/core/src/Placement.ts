import * as Option from "effect/Option"

import type { DestinationCapabilities } from "./Capabilities.ts"
import { fitKeywords, fitMarks, keywordOfLabel, markOfLabel } from "./Keyword.ts"
import type { MessageRow } from "./LedgerMessages.ts"
import { type MailboxPath, type Mailbox, pathKey } from "./Mailbox.ts"
import type { MappedMailbox } from "./MailboxName.ts"
import type { Flags } from "./Message.ts"
import { admits, labelRule, type Rules } from "./Rules.ts"

/** Where one message belongs at the destination, and how it is marked there. */
export interface Placement extends Flags {
  readonly home: MailboxPath
  /** The source mailbox that decided the home. */
  readonly homeFrom: MailboxPath
  /** Further mailboxes that show the same message: labels, and Sent for mail sent to oneself. None of them is `home`. */
  readonly others: ReadonlyArray<MailboxPath>
  /** The source's mailboxes of its labels that come as keywords. */
  readonly asKeywords: ReadonlyArray<MailboxPath>
  readonly losses: ReadonlyArray<PlacementLoss>
}

export interface PlacementLoss {
  readonly kind:
    | "label-ignored"
    | "label-without-keyword"
    | "label-refused"
    | "label-not-added"
    | "flag-not-kept"
    | "place-not-kept"
  readonly detail: string
}

export interface PlacementContext {
  /** Source mailboxes by their ledger row id. */
  readonly mailboxes: ReadonlyMap<number, Mailbox>
  /** Names at the destination by the key of the source path. */
  readonly names: ReadonlyMap<string, MappedMailbox>
  readonly rules: Rules
  /** Keys of source mailboxes that an edited plan leaves out, beyond what the rules do. */
  readonly skipped: ReadonlySet<string>
  /** Names that the destination had other mailboxes take the place of, by their keys: what stands in either is in place. */
  readonly aliases: ReadonlyMap<string, string>
  readonly capabilities: Pick<
    DestinationCapabilities,
    "placement" | "flags" | "keywords" | "labelsAsKeywords" | "exclusive"
  >
}

/** A message is in at most one of these normally; self-sent mail is in two (bridge.md section 4). Earlier wins. */
const homeOrder = ["inbox", undefined, "archive", "sent", "drafts", "junk", "trash"] as const

const homeRank = ({ specialUse }: Mailbox): number => {
  const use = Option.getOrUndefined(specialUse)
  const rank = homeOrder.findIndex((candidate) => candidate === use)
  return rank < 0 ? homeOrder.length : rank
}

const byHome = (a: Mailbox, b: Mailbox): number =>
  homeRank(a) - homeRank(b) || (pathKey(a.path) < pathKey(b.path) ? -1 : 1)

/** The keyword that stands for a label there. */
export const labelKeyword = (
  { proposed }: Mailbox,
  { labelsAsKeywords }: Pick<DestinationCapabilities, "labelsAsKeywords">
): string => {
  const name = proposed.at(-1) ?? ""
  return labelsAsKeywords === undefined ? keywordOfLabel(name) : markOfLabel(name, labelsAsKeywords)
}

/** The mailboxes of one message as one home, further places and marks; none when the rules leave all of them out. */
export const placementOf = (message: MessageRow, context: PlacementContext): Option.Option<Placement> => {
  const { capabilities, names, rules } = context
  const shown = message.memberships.flatMap(({ mailbox }) => context.mailboxes.get(mailbox) ?? [])
  const admitted = shown.filter(
    (mailbox) => admits(rules, mailbox) && !context.skipped.has(pathKey(mailbox.path))
  )
  const homes = admitted.filter(({ role }) => role === "home").toSorted(byHome)
  const labels = admitted.filter(({ role }) => role === "label").toSorted(byHome)
  // Only what has no home at all is an orphan: mail that the rules left out of its home is not brought back here.
  const isHomeless = shown.every(({ role }) => role !== "home")
  const views = isHomeless ? admitted.filter(({ role }) => role === "everything") : []
  // A label's mailbox can be a home where labels are mailboxes; where they are not, it must not become one.
  const labelsBecome = labelRule(rules, capabilities)
  const substitutes = labelsBecome === "copy" ? [...labels, ...views] : [...views, ...labels]
  const [first] = homes.length > 0 ? homes : substitutes
  if (first === undefined) return Option.none()

  // Where the destination has labels, they serve better than keywords.
  const asMailboxes =
    labelsBecome === "copy" || (labelsBecome === "keywords" && capabilities.placement === "labels")
  const losses: Array<PlacementLoss> = []
  const labelMarks = new Set<string>()
  const asKeywords: Array<MailboxPath> = []
  const others = homes.slice(1)
  for (const label of labels) {
    if (label === first) continue
    if (asMailboxes) others.push(label)
    else if (labelsBecome === "ignore")
      losses.push({ kind: "label-ignored", detail: label.proposed.join("/") })
    else if (capabilities.keywords) {
      labelMarks.add(labelKeyword(label, capabilities))
      asKeywords.push(label.path)
    } else losses.push({ kind: "label-without-keyword", detail: label.proposed.join("/") })
  }
  for (const flag of message.flags) {
    if (!capabilities.flags.has(flag)) losses.push({ kind: "flag-not-kept", detail: flag })
  }
  const { labelsAsKeywords } = capabilities
  const fit = capabilities.keywords
    ? labelsAsKeywords === undefined
      ? fitKeywords([...message.keywords, ...labelMarks])
      : fitMarks(message.keywords, labelsAsKeywords, labelMarks)
    : { kept: new Set<string>(), left: message.keywords }
  for (const keyword of fit.left) losses.push({ kind: "flag-not-kept", detail: keyword })

  const pathOf = (mailbox: Mailbox): MailboxPath => names.get(pathKey(mailbox.path))?.path ?? mailbox.proposed
  const home = pathOf(first)
  const further = new Map(others.map((mailbox) => [pathKey(pathOf(mailbox)), pathOf(mailbox)]))
  further.delete(pathKey(home))
  const exclusive = new Set(capabilities.exclusive.map(pathKey))
  let exclusiveTaken = exclusive.has(pathKey(home))
  for (const [key, path] of further) {
    if (!exclusive.has(key)) continue
    if (exclusiveTaken) {
      further.delete(key)
      losses.push({ kind: "place-not-kept", detail: path.join("/") })
    }
    exclusiveTaken = true
  }
  return Option.some({
    home,
    homeFrom: first.path,
    others: [...further.values()],
    asKeywords,
    flags: new Set([...message.flags].filter((flag) => capabilities.flags.has(flag))),
    keywords: fit.kept,
    losses
  })
}
