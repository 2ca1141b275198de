import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { DestinationService } from "./Destination.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { MessageRow } from "./LedgerMessages.ts"
import type { PlacementRow } from "./PlacementRow.ts"

/** A stored message as the ledger has to enter it: ours alone, or one with another. */
export interface Joining {
  readonly origin: PlacementRow["origin"]
  /** The key of the message of ours that it was joined with. */
  readonly joinedWith: Option.Option<string>
}

const alone: Joining = { origin: "ours", joinedWith: Option.none() }

/**
 * Tells what an append to a service that joins messages by Message-ID came to: the locator it gave may already stand
 * for another message of ours, or for one that was there before us.
 */
export const makeJoined = Effect.fnUntraced(function* ({ capabilities }: DestinationService) {
  const ledger = yield* Ledger

  return Effect.fnUntraced(function* (
    message: Pick<MessageRow, "id" | "messageId">,
    { addedId, locator }: Pick<PlacementRow, "addedId" | "locator">
  ): Effect.fn.Return<Joining, LedgerError> {
    if (!capabilities.joinsByMessageId || Option.isNone(locator)) return alone
    const isShared =
      Option.isSome(addedId) ||
      (Option.isSome(message.messageId) &&
        (yield* ledger.joined.isShared(message.messageId.value, message.id)))
    if (isShared) {
      yield* ledger.placements.flush
      const joinedWith = yield* ledger.joined.holder(locator.value, message.id)
      if (Option.isSome(joinedWith)) return { origin: "merged", joinedWith }
    }
    const wasFirst = capabilities.adoption === "by-joining" && (yield* ledger.joined.wasFirst(locator.value))
    return wasFirst ? { origin: "adopted", joinedWith: Option.none() } : alone
  })
})
