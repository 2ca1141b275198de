import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { DestinationService } from "./Destination.ts"
import { Ledger } from "./Ledger.ts"
import type { Mailbox } from "./Mailbox.ts"
import { RunEvents } from "./RunEvent.ts"

/** The mailboxes that together show every message of an account once: all mail, and what services keep out of it. */
export const isWhole = ({ specialUse }: Mailbox): boolean =>
  Option.exists(specialUse, (use) => use === "all" || use === "junk" || use === "trash")

/**
 * Where an append tells that the message was there already: notes every locator before the first message is sent, so
 * that one of these, when an append gives it back, is known to be somebody else's. Costs no more than listing. Done
 * again as long as nothing was sent: mail comes in between a plan and a run, and a listing may be broken off.
 */
export const noteThereFirst = Effect.fn("AdoptByJoining")(function* (destination: DestinationService) {
  const ledger = yield* Ledger
  const events = yield* RunEvents
  yield* ledger.placements.flush
  if (yield* ledger.joined.hasPlacements) return 0
  yield* ledger.joined.forgetFirst
  for (const { path } of (yield* destination.listMailboxes).filter(isWhole)) {
    let messages = 0
    for (let page = yield* destination.list(path, Option.none()); ;) {
      messages += page.entries.length
      yield* ledger.joined.noteFirst(page.entries.map(({ locator }) => locator))
      if (Option.isNone(page.next)) break
      page = yield* destination.list(path, page.next)
    }
    yield* events.emit({ _tag: "MailboxScanned", mailbox: path, messages })
  }
  return 0
})
