import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { DestinationService } from "./Destination.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { MessageRow } from "./LedgerMessages.ts"
import type { MessageLocator } from "./Message.ts"
import type { PlacementRow } from "./PlacementRow.ts"

/** A stored message as the ledger has to enter it: ours alone, or one with another. */
export interface Joining {
  readonly origin: PlacementRow["origin"]
  /** The key of the message of ours that it was joined with. */
  readonly joinedWith: Option.Option<string>
}

const alone: Joining = { origin: "ours", joinedWith: Option.none() }

/** More than the ledger has rows waiting to be written (two commits and what is in flight). */
const rememberedAtMost = 5000

/**
 * Tells what an append to a service that joins messages by Message-ID came to: the locator it gave may already stand
 * for another message of ours, or for one that was there before us. The locator alone decides: what the service takes
 * for one Message-ID need not be one to us.
 */
export const makeJoined = Effect.fnUntraced(function* ({ capabilities }: DestinationService) {
  const ledger = yield* Ledger
  /** The first message of each of the latest locators: its row may not be in the ledger yet. */
  const latest = new Map<MessageLocator, number>()

  const firstOf = (locator: MessageLocator, message: number): number => {
    const first = latest.get(locator) ?? message
    latest.set(locator, first)
    for (const oldest of latest.keys()) {
      if (latest.size <= rememberedAtMost) break
      latest.delete(oldest)
    }
    return first
  }

  return Effect.fnUntraced(function* (
    message: Pick<MessageRow, "id">,
    { locator }: Pick<PlacementRow, "locator">
  ): Effect.fn.Return<Joining, LedgerError> {
    if (!capabilities.joinsByMessageId || Option.isNone(locator)) return alone
    const first = firstOf(locator.value, message.id)
    const joinedWith =
      first === message.id
        ? yield* ledger.joined.holder(locator.value, message.id)
        : yield* ledger.joined.keyOf(first)
    if (Option.isSome(joinedWith)) return { origin: "merged", joinedWith }
    const wasFirst = capabilities.adoption === "by-joining" && (yield* ledger.joined.wasFirst(locator.value))
    return wasFirst ? { origin: "adopted", joinedWith: Option.none() } : alone
  })
})
