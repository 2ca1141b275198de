import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { DestinationService } from "./Destination.ts"
import type { DestinationMailboxes } from "./DestinationMailboxes.ts"
import { Ledger } from "./Ledger.ts"
import type { DestinationMailboxRow } from "./LedgerMailboxes.ts"
import { type Mailbox, type MailboxPath, pathKey, showPath } from "./Mailbox.ts"
import type { MessagePlan } from "./MessagePlan.ts"

const hasUse =
  (...uses: ReadonlyArray<string>) =>
  (mailbox: Mailbox) =>
    Option.exists(mailbox.specialUse, (use) => uses.includes(use))

/** A message and the mailbox it goes to. */
interface Bound {
  readonly plan: MessagePlan
  readonly opened: DestinationMailboxRow
}

/**
 * Where messages are joined by Message-ID, the place of the one that comes last holds for both: one that was spam or
 * deleted at the source would take the other, which its owner sees, to where services delete mail after some weeks.
 * Such a message gives up that place when there is another in sight, of ours or from before us.
 */
export const makeKeptInSight = Effect.fnUntraced(function* (
  destination: DestinationService,
  mailboxes: DestinationMailboxes,
  run: number
) {
  const ledger = yield* Ledger
  const { exclusive, joinsByMessageId } = destination.capabilities
  const listed = yield* Effect.cached(destination.listMailboxes)
  const ofOne = new Set(exclusive.map(pathKey))

  const isInSight = Effect.fnUntraced(function* (
    { message }: MessagePlan,
    messageId: string,
    all: MailboxPath,
    purged: ReadonlySet<string>
  ) {
    yield* ledger.placements.flush
    if (yield* ledger.joined.isElsewhere(messageId, message.id, purged)) return true
    const { internalDate, size } = message
    const sought = { stableId: Option.none(), messageId: Option.some(messageId), internalDate, size }
    return (yield* destination.find(all, sought)).length > 0
  })

  return Effect.fnUntraced(function* (bound: Bound, messageId: Option.Option<string>) {
    const { plan } = bound
    const places = [plan.placement.home, ...plan.copies]
    if (!joinsByMessageId || Option.isNone(messageId) || !places.some((path) => ofOne.has(pathKey(path)))) {
      return bound
    }
    const there = yield* listed
    const all = there.find(hasUse("all"))
    const purged = new Set(there.filter(hasUse("junk", "trash")).map(({ path }) => pathKey(path)))
    const lost = places.filter((path) => purged.has(pathKey(path)))
    if (all === undefined || lost.length === 0) return bound
    if (!(yield* isInSight(plan, messageId.value, all.path, purged))) return bound
    for (const path of lost) {
      const detail = `${showPath(path)}, since another message with its Message-ID is in sight`
      yield* ledger.reports.loss({ message: plan.message.id, kind: "place-not-kept", detail, run })
    }
    const isHomeLost = purged.has(pathKey(plan.placement.home))
    const home = isHomeLost ? all.path : plan.placement.home
    const isKept = (path: MailboxPath) => !purged.has(pathKey(path)) && pathKey(path) !== pathKey(home)
    const placement = { ...plan.placement, home, others: plan.placement.others.filter(isKept) }
    return {
      plan: { ...plan, placement, copies: plan.copies.filter(isKept) },
      opened: isHomeLost ? yield* mailboxes.open(home) : bound.opened
    } satisfies Bound
  })
})
