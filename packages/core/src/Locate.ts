import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"

import type { DestinationService, StoredAt } from "./Destination.ts"
import { flagsText } from "./FlagsText.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { MailError } from "./MailError.ts"
import type { Identity, MessageSummary } from "./Message.ts"
import { type PlacementRow, sentId } from "./PlacementRow.ts"

const isOfOldLife = (error: MailError | LedgerError): boolean =>
  error._tag === "MailError" &&
  ((error.reason._tag === "MessageRejected" && error.reason.why === "gone") ||
    (error.reason._tag === "MailboxRejected" && error.reason.why === "uidvalidity-changed"))

const isMissing = (error: MailError | LedgerError): boolean =>
  error._tag === "MailError" && error.reason._tag === "MailboxRejected" && error.reason.why === "missing"

/**
 * Reaches copies we wrote earlier. Their locators are a cache: a server without UIDPLUS never told them, and a new
 * UIDVALIDITY voids them; then the copy is looked up by who it is.
 */
export const makeLocate = Effect.fnUntraced(function* (destination: DestinationService) {
  const ledger = yield* Ledger
  const { addsHeaders, keepsInternalDate, keepsOctets } = destination.capabilities
  /** Two messages that are alike must not both be given the same copy. */
  const oneAtATime = yield* Semaphore.make(1)

  const isCopy = (row: PlacementRow, found: MessageSummary, { stableId }: Identity): boolean => {
    if (Option.isSome(stableId)) return true
    const apart = DateTime.toEpochMillis(found.internalDate) - DateTime.toEpochMillis(row.internalDate)
    // What the service has put into the header counts in the size it tells.
    const isThisSize = !keepsOctets || addsHeaders || found.size === row.size
    return isThisSize && (!keepsInternalDate || Math.abs(apart) < 1000)
  }

  /** The row with the locator its copy has now, kept for later; none when there is no copy. */
  const lookUp = Effect.fnUntraced(function* (row: PlacementRow, identity: Identity) {
    const { internalDate, mailbox, size } = row
    const candidates = yield* destination
      .find(mailbox, { ...identity, messageId: sentId(identity, row), size, internalDate })
      .pipe(Effect.catchIf(isMissing, () => Effect.succeed([])))
    yield* ledger.placements.flush
    const claimed = yield* ledger.mailboxes.claimed(
      mailbox,
      candidates.map(({ locator }) => locator),
      row.message
    )
    const free = candidates.filter((found) => !claimed.has(found.locator) && isCopy(row, found, identity))
    const marks = flagsText(row)
    const found = free.find((one) => flagsText(one).flags === marks.flags) ?? free[0]
    if (found === undefined) return Option.none<PlacementRow>()
    const located: PlacementRow = { ...row, locator: Option.some(found.locator) }
    yield* ledger.placements.put(located)
    return Option.some(located)
  }, oneAtATime.withPermit)

  /**
   * Does something with the copy that a placement stands for, telling its row as it is then; none when the copy is
   * no longer there.
   */
  const reach = Effect.fnUntraced(function* <A>(
    row: PlacementRow,
    identity: Identity,
    use: (stored: StoredAt, row: PlacementRow) => Effect.Effect<A, MailError | LedgerError>
  ) {
    const attempt = (row: PlacementRow) =>
      Option.match(row.locator, {
        onNone: () => Effect.succeed(Option.none<A>()),
        onSome: (locator) =>
          use({ mailbox: row.mailbox, locator }, row).pipe(
            Effect.map(Option.some),
            Effect.catchIf(isOfOldLife, () => Effect.succeed(Option.none<A>())),
            // Which mailbox is missing? Only when it is this one, the copy is gone.
            Effect.catchIf(isMissing, (error) =>
              destination.end(row.mailbox).pipe(
                Effect.andThen(Effect.fail(error)),
                Effect.catchIf(
                  (now) => isMissing(now) && now !== error,
                  () => Effect.succeed(Option.none<A>())
                )
              )
            )
          )
      })
    const done = yield* attempt(row)
    if (Option.isSome(done)) return done
    const located = yield* lookUp(row, identity)
    return Option.isSome(located) ? yield* attempt(located.value) : done
  })

  return { reach }
})
