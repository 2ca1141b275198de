import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { defaultByteBudget, makeByteBudget } from "./ByteBudget.ts"
import type { DestinationService } from "./Destination.ts"
import type { Differences } from "./Difference.ts"
import { Ledger } from "./Ledger.ts"
import type { PlacedRow } from "./LedgerPlaced.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import type { MessageLocator } from "./Message.ts"
import type { Planner } from "./Planner.ts"
import { comparisonOf, makeReturned } from "./Returned.ts"

/** Of the messages we wrote, this share is read back by default, and at least so many. */
const sampleShare = 0.05
const sampleAtLeast = 50

/** Fetches at the same time while reading back; the destination's pace bounds them too. */
const readingBack = 8

/**
 * Reads mail back and compares it with what was written, as far as the destination keeps it: a sample, or everything. Where describing is dear, the
 * dates of the sample are compared as well. Returns how many messages were compared.
 */
export const readBack = Effect.fn("VerifyReadBack")(function* (
  source: MailboxReader,
  destination: DestinationService,
  planner: Planner,
  differences: Differences,
  full: boolean
) {
  const ledger = yield* Ledger
  const { capabilities } = destination
  const returned = yield* makeReturned(source, capabilities, planner.context.mailboxes)
  const budget = makeByteBudget(defaultByteBudget)
  const isRead = comparisonOf(capabilities) !== "nothing"

  const compareMail = Effect.fnUntraced(function* (placed: PlacedRow, locator: MessageLocator) {
    const compare = yield* destination.fetch(placed.mailbox, locator).pipe(
      Effect.map((octets) => Option.some(returned(octets))),
      // Already reported as missing.
      Effect.catchReason("MailError", "MessageRejected", () => Effect.succeedNone)
    )
    if (Option.isNone(compare)) return 0
    const differs = yield* compare.value(placed)
    if (Option.isNone(differs)) return 0
    if (differs.value.length > 0) differences.ofPlaced("altered", placed, differs.value.join("; "))
    return 1
  })

  const compareDate = Effect.fnUntraced(function* (placed: PlacedRow, locator: MessageLocator) {
    const [found] = yield* destination.describe(placed.mailbox, [locator])
    // The service gave it the day it arrived, as was said then.
    if (found === undefined || (yield* ledger.reports.hasLoss(placed.message, "date-of-arrival"))) return
    const apart = DateTime.toEpochMillis(found.internalDate) - DateTime.toEpochMillis(placed.internalDate)
    if (Math.abs(apart) >= 1000) {
      const is = DateTime.formatIso(found.internalDate)
      differences.ofPlaced(
        "altered",
        placed,
        `date ${is} instead of ${DateTime.formatIso(placed.internalDate)}`
      )
    }
  })

  const datesUnseen =
    !capabilities.describesCheaply && (capabilities.datesByHeader || capabilities.keepsInternalDate)
  const once = capabilities.placement === "labels"
  const comparable = yield* ledger.placed.comparable(once)
  const size = full ? comparable : Math.max(sampleAtLeast, Math.ceil(comparable * sampleShare))
  const sample = isRead || datesUnseen ? yield* ledger.placed.sample(size, once) : []
  const counted = yield* Effect.forEach(
    sample,
    Effect.fnUntraced(function* (placed) {
      if (Option.isNone(placed.locator)) return 0
      if (datesUnseen) yield* compareDate(placed, placed.locator.value)
      if (!isRead) return 0
      return yield* budget.with(placed.size)(compareMail(placed, placed.locator.value))
    }),
    { concurrency: readingBack }
  )
  return counted.reduce((sum: number, n) => sum + n, 0)
})
