import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { makeAsSent } from "./AsSent.ts"
import type { DestinationService } from "./Destination.ts"
import type { Differences } from "./Difference.ts"
import { Ledger } from "./Ledger.ts"
import type { PlacedRow } from "./LedgerPlaced.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import type { MailError } from "./MailError.ts"
import type { MessageLocator } from "./Message.ts"
import { makeMessageFetch } from "./MessageFetch.ts"
import type { Planner } from "./Planner.ts"

/** Of the messages we wrote, this share is read back by default, and at least so many. */
const sampleShare = 0.05
const sampleAtLeast = 50

/** Fetches at the same time while reading back; the destination's pace bounds them too. */
const readingBack = 8

const isOfThisMessage = ({ reason }: MailError): boolean =>
  reason._tag === "MessageRejected" || reason._tag === "MailboxRejected"

/** None when the message is gone, which is reported elsewhere. */
const octetsOf = (fetched: Effect.Effect<Uint8Array, MailError>) =>
  fetched.pipe(
    Effect.map(Option.some),
    Effect.catchReason("MailError", "MessageRejected", () => Effect.succeedNone)
  )

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
  const { fetch } = makeMessageFetch(source, planner.context.mailboxes)
  const isAsSent = yield* makeAsSent(source, capabilities, planner.context.mailboxes)

  /** What was built anew there is compared part by part with what the source gives now. */
  const compareContent = Effect.fnUntraced(function* (
    placed: PlacedRow,
    locator: MessageLocator,
    missingOf: NonNullable<typeof capabilities.contentMissing>
  ) {
    const there = yield* octetsOf(destination.fetch(placed.mailbox, locator))
    const memberships = yield* ledger.messages.memberships(placed.message)
    const sent = yield* fetch({ memberships }).pipe(Effect.catchIf(isOfThisMessage, () => Effect.succeedNone))
    if (Option.isNone(there) || Option.isNone(sent)) return 0
    const missing = missingOf(sent.value, there.value)
    if (missing.length > 0) differences.ofPlaced("altered", placed, missing.join("; "))
    return 1
  })

  const compareOctets = Effect.fnUntraced(function* (placed: PlacedRow, locator: MessageLocator) {
    const bytes = yield* octetsOf(destination.fetch(placed.mailbox, locator))
    if (Option.isNone(bytes)) return 0 // Already reported as missing.
    if (!(yield* isAsSent(placed, bytes.value))) {
      differences.ofPlaced("altered", placed, "its octets are not the ones that were written")
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
  const { contentMissing, keepsOctets } = capabilities
  const isRead = keepsOctets || contentMissing !== undefined
  const sample = isRead || datesUnseen ? yield* ledger.placed.sample(size, once) : []
  const counted = yield* Effect.forEach(
    sample,
    Effect.fnUntraced(function* (placed) {
      if (Option.isNone(placed.locator)) return 0
      if (datesUnseen) yield* compareDate(placed, placed.locator.value)
      if (keepsOctets) return yield* compareOctets(placed, placed.locator.value)
      return contentMissing === undefined
        ? 0
        : yield* compareContent(placed, placed.locator.value, contentMissing)
    }),
    { concurrency: readingBack }
  )
  return counted.reduce((sum: number, n) => sum + n, 0)
})
