import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { makeAsSent } from "./AsSent.ts"
import type { DestinationService } from "./Destination.ts"
import type { Difference, Differences } from "./Difference.ts"
import { Ledger } from "./Ledger.ts"
import type { PlacedRow } from "./LedgerPlaced.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import type { MessageLocator } from "./Message.ts"
import type { Planner } from "./Planner.ts"

/** Of the messages we wrote, this share is read back by default, and at least so many. */
const sampleShare = 0.05
const sampleAtLeast = 50

/** Fetches at the same time while reading back; the destination's pace bounds them too. */
const readingBack = 8

/**
 * Reads octets back and compares them with what was written: a sample, or everything. Where describing is dear, the
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
  const isAsSent = yield* makeAsSent(source, capabilities, planner.context.mailboxes)

  const differ = (placed: PlacedRow, detail: string) =>
    differences.add({
      kind: "altered" satisfies Difference["kind"],
      mailbox: placed.mailbox,
      key: placed.key,
      messageId: Option.getOrUndefined(placed.messageId),
      detail
    })

  const compareOctets = Effect.fnUntraced(function* (placed: PlacedRow, locator: MessageLocator) {
    const bytes = yield* destination.fetch(placed.mailbox, locator).pipe(
      Effect.map(Option.some),
      Effect.catchReason("MailError", "MessageRejected", () => Effect.succeedNone)
    )
    if (Option.isNone(bytes)) return 0 // Already reported as missing.
    if (!(yield* isAsSent(placed, bytes.value))) {
      differ(placed, "its octets are not the ones that were written")
    }
    return 1
  })

  const compareDate = Effect.fnUntraced(function* (placed: PlacedRow, locator: MessageLocator) {
    const [found] = yield* destination.describe(placed.mailbox, [locator])
    // The service gave it the day it arrived, as was said then.
    if (found === undefined || (yield* ledger.reports.hasLoss(placed.message, "date-of-arrival"))) return
    const apart = DateTime.toEpochMillis(found.internalDate) - DateTime.toEpochMillis(placed.internalDate)
    if (Math.abs(apart) >= 1000) {
      const is = DateTime.formatIso(found.internalDate)
      differ(placed, `date ${is} instead of ${DateTime.formatIso(placed.internalDate)}`)
    }
  })

  const datesUnseen =
    !capabilities.describesCheaply && (capabilities.datesByHeader || capabilities.keepsInternalDate)
  const once = capabilities.placement === "labels"
  const comparable = yield* ledger.placed.comparable(once)
  const size = full ? comparable : Math.max(sampleAtLeast, Math.ceil(comparable * sampleShare))
  const sample = capabilities.keepsOctets || datesUnseen ? yield* ledger.placed.sample(size, once) : []
  const counted = yield* Effect.forEach(
    sample,
    Effect.fnUntraced(function* (placed) {
      if (Option.isNone(placed.locator)) return 0
      if (datesUnseen) yield* compareDate(placed, placed.locator.value)
      return capabilities.keepsOctets ? yield* compareOctets(placed, placed.locator.value) : 0
    }),
    { concurrency: readingBack }
  )
  return counted.reduce((sum: number, n) => sum + n, 0)
})
