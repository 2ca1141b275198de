import * as Option from "effect/Option"

import { flagsMissing, hasFlags } from "./FlagsText.ts"
import { isSetByPrograms } from "./Keyword.ts"
import type { MessageRow } from "./LedgerMessages.ts"
import { type MailboxPath, pathKey, showPath } from "./Mailbox.ts"
import type { Flags, SystemFlag } from "./Message.ts"
import { type Placement, type PlacementContext, type PlacementLoss, placementOf } from "./Placement.ts"
import { isPlaced, type PlacementRow } from "./PlacementRow.ts"
import { labelRule } from "./Rules.ts"

/** Something that changed at the source after it was carried over. Reported, never applied (a move, a deletion, a cleared flag). */
export interface ChangedAtSource {
  readonly kind:
    | "edited-at-source"
    | "moved-at-source"
    | "label-removed-at-source"
    | "flag-cleared-at-source"
    | "deleted-at-source"
  readonly detail: string
}

/** What is left to do for one message. Pure data, from the ledger and the rules alone. */
export interface MessagePlan {
  readonly message: MessageRow
  readonly placement: Placement
  /** Whether the message itself still has to be appended to its home. */
  readonly append: boolean
  /** Mailboxes that still have to show it. */
  readonly copies: ReadonlyArray<MailboxPath>
  /** Flags set at the source since, for copies we placed. */
  readonly addFlags: ReadonlyArray<{ readonly row: PlacementRow; readonly flags: Flags }>
  readonly changes: ReadonlyArray<ChangedAtSource>
  readonly status: "to-do" | "settled" | "quarantined" | "unreadable"
}

/** Flags whose setting is carried over later; every other change of flags is the owner's at either end. */
const laterFlags: ReadonlySet<SystemFlag> = new Set<SystemFlag>(["\\Seen", "\\Flagged"])

const onlyLater = (flags: Flags): Flags => ({
  flags: new Set([...flags.flags].filter((flag) => laterFlags.has(flag))),
  keywords: flags.keywords
})

const clearedFlags = (placed: PlacementRow, placement: Placement): ReadonlyArray<ChangedAtSource> =>
  [...onlyLater(flagsMissing(placed, placement)).flags].map((flag) => ({
    kind: "flag-cleared-at-source",
    detail: flag
  }))

/** Whether labels are marks on the message here. */
const marksLabels = ({ capabilities, rules }: PlacementContext): boolean =>
  capabilities.placement === "one-mailbox" && labelRule(rules, capabilities) === "keywords"

/** Labels among keywords: what programs note for themselves comes and goes. */
const labelsIn = ({ keywords }: Flags): ReadonlyArray<string> =>
  [...keywords].filter((keyword) => !isSetByPrograms(keyword))

/** Without UIDPLUS, a message without any id cannot be told from others like it: its flags stay as they were carried. */
const isFindable = ({ messageId, stableId }: MessageRow, { locator }: PlacementRow): boolean =>
  Option.isSome(locator) || Option.isSome(stableId) || Option.isSome(messageId)

/** The rest of the work on a message; none when it is out of scope now. */
export const messagePlanOf = (message: MessageRow, context: PlacementContext): Option.Option<MessagePlan> => {
  const found = placementOf(message, context)
  if (Option.isNone(found)) return Option.none()
  const placement = found.value
  const nothing = { message, placement, append: false, copies: [], addFlags: [], changes: [] }
  if (Option.isSome(message.unreadable)) return Option.some({ ...nothing, status: "unreadable" })

  const keyOf = (mailbox: MailboxPath) => context.aliases.get(pathKey(mailbox)) ?? pathKey(mailbox)
  const placed = message.placements.filter(isPlaced)
  const placedIn = new Set(placed.map(({ mailbox }) => keyOf(mailbox)))
  const refusedIn = new Set(
    message.placements.flatMap(({ mailbox, state }) => (state === "rejected" ? [keyOf(mailbox)] : []))
  )
  const appended = placed.filter(({ step }) => step === "append")
  const append = appended.length === 0 && !placedIn.has(keyOf(placement.home))
  // A refusal that was not set aside yet, since the run was killed in between, is tried once more.
  if (append && message.quarantined) return Option.some({ ...nothing, status: "quarantined" })

  const changes: Array<ChangedAtSource> = []
  const wanted = new Set([placement.home, ...placement.others].map(keyOf))
  const moved = appended.length > 0 && appended.every(({ mailbox }) => !wanted.has(keyOf(mailbox)))
  if (!append && message.carriedSize !== undefined && message.carriedSize !== message.size) {
    changes.push({ kind: "edited-at-source", detail: `${message.size} octets now` })
  }
  if (moved) changes.push({ kind: "moved-at-source", detail: `now in ${showPath(placement.home)}` })
  // Labels may have become marks since, by a rule or by another way into the account.
  const labelled = new Set(
    placement.asKeywords.flatMap((label) => {
      const name = context.names.get(pathKey(label))
      return name === undefined ? [] : [keyOf(name.path)]
    })
  )
  for (const { mailbox, step } of placed) {
    if (step === "copy" && !wanted.has(keyOf(mailbox)) && !labelled.has(keyOf(mailbox))) {
      changes.push({ kind: "label-removed-at-source", detail: showPath(mailbox) })
    }
  }
  const ours = placed.find(({ origin }) => origin === "ours")
  if (ours !== undefined) changes.push(...clearedFlags(ours, placement))
  if (ours !== undefined && marksLabels(context)) {
    for (const detail of labelsIn(flagsMissing(ours, placement))) {
      changes.push({ kind: "label-removed-at-source", detail })
    }
  }

  // A message that still stands where we put it, and has a home before that now, gets it as a further place.
  const further = append || moved ? placement.others : [placement.home, ...placement.others]
  const copies = further.filter((path) => !placedIn.has(keyOf(path)) && !refusedIn.has(keyOf(path)))
  const refused = further.filter((path) => refusedIn.has(keyOf(path)))
  const losses: Array<PlacementLoss> = refused.map((path) => ({
    kind: "label-refused",
    detail: showPath(path)
  }))
  // What was there before us is left as it is.
  const others = marksLabels(context) ? placed.filter(({ origin }) => origin !== "ours") : []
  for (const row of others) {
    for (const detail of labelsIn(flagsMissing(placement, row)))
      losses.push({ kind: "label-not-added", detail })
  }
  const later = placed.flatMap((row) => {
    const flags = onlyLater(flagsMissing(placement, row))
    return hasFlags(flags) && row.origin === "ours" ? [{ row, flags }] : []
  })
  const addFlags = later.filter(({ row }) => isFindable(message, row))
  for (const { flags } of later.filter(({ row }) => !isFindable(message, row))) {
    for (const flag of [...flags.flags, ...flags.keywords]) {
      losses.push({ kind: "flag-not-kept", detail: `${flag}, set since` })
    }
  }
  const toDo = append || copies.length > 0 || addFlags.length > 0
  return Option.some({
    message,
    placement: { ...placement, losses: [...placement.losses, ...losses] },
    append,
    copies,
    addFlags,
    changes,
    status: toDo ? "to-do" : "settled"
  })
}

/** Whether a message we carried over is no longer anywhere at the source. */
export const isDeletedAtSource = (message: MessageRow): boolean =>
  message.memberships.length === 0 && message.placements.some(isPlaced)
