import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"

import type { DestinationService } from "./Destination.ts"
import { type Found, makeDestinationIndex } from "./DestinationIndex.ts"
import { makeJoined } from "./Joined.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { MailboxPath } from "./Mailbox.ts"
import type { Cursor } from "./MailboxReader.ts"
import type { MailError } from "./MailError.ts"
import type { Identity } from "./Message.ts"
import { isMissingMailbox } from "./MissingMailbox.ts"
import { type PlacementRow, sentId } from "./PlacementRow.ts"
import { RunEvents } from "./RunEvent.ts"
import { hasOctets } from "./SameOctets.ts"
import { type FoundAgain, receiptOfFound } from "./StoreOnce.ts"

const isTransient = (error: MailError | LedgerError): boolean =>
  error._tag === "MailError" && error.reason._tag === "Transient"

/** What is sought: who it is, the octets it must have where no id tells, and the ticket it was sent by. */
export interface Sought extends Identity, Pick<PlacementRow, "fingerprint" | "addedId" | "ticket"> {
  /** The row id of its message. */
  readonly message: number
}

/** The stretch of a mailbox in which copies of unknown outcome can stand. */
export interface Stretch {
  readonly mailbox: MailboxPath
  readonly from: Option.Option<Cursor>
  /** The run that noted `from`. */
  readonly sinceRun: number
}

/**
 * Settles unknown outcomes: looks at what stands in the mailbox behind the noted cursor, leaves out every copy the
 * ledger already holds, and takes what is left only for the very message that is sought. A message without an id of
 * its own is compared octet by octet, and copies that were stored without telling us where are counted off first.
 */
export const makeSettle = Effect.fnUntraced(function* (destination: DestinationService) {
  const ledger = yield* Ledger
  const events = yield* RunEvents
  const index = yield* makeDestinationIndex(ledger.sql, destination.capabilities)
  const oneAtATime = yield* Semaphore.make(1)
  const joiningOf = yield* makeJoined(destination)
  const { capabilities } = destination
  /** Whether one question settles an outcome, better than a mailbox that is read. */
  const asksByName = capabilities.findsByKey || !capabilities.describesCheaply

  /** Whether an append of unknown outcome can be sent again without harm, since the service joins it with itself. */
  const isRepeatable = (message: Pick<Identity, "messageId">, row: Pick<PlacementRow, "addedId">): boolean =>
    capabilities.joinsByMessageId && Option.isSome(sentId(message, row))

  /** By its ticket. A service that fails to answer about this one ticket must not keep the message open for ever. */
  const recalled = Effect.fnUntraced(function* ({ ticket }: Sought) {
    if (Option.isNone(ticket)) return Result.succeed(Option.none<FoundAgain>())
    const told = yield* Effect.result(destination.recall(ticket.value))
    if (Result.isFailure(told) && told.failure.reason._tag !== "Transient") return yield* told.failure
    return Result.map(
      told,
      Option.flatMap(({ internalDate, locator }) =>
        Option.map(locator, (locator): FoundAgain => ({
          locator,
          ...(internalDate === undefined ? {} : { internalDate })
        }))
      )
    )
  })

  /** What the ticket tells, else what a look finds; its failure only where nothing else settles the outcome. */
  const settledBy = (
    sought: Sought,
    look: Effect.Effect<Option.Option<FoundAgain>, MailError | LedgerError>
  ): Effect.Effect<Option.Option<FoundAgain>, MailError | LedgerError> =>
    Effect.gen(function* () {
      const told = yield* recalled(sought)
      if (Result.isSuccess(told) && Option.isSome(told.success)) return told.success
      const found = yield* look
      if (Option.isSome(found) || Result.isSuccess(told) || isRepeatable(sought, sought)) return found
      return yield* told.failure
    })

  /** By its key or id, where looking through a whole mailbox would cost too much. */
  const named = Effect.fnUntraced(function* (mailbox: MailboxPath, sought: Sought) {
    const messageId = sentId(sought, sought)
    const isKeyed = capabilities.findsByKey && sought.migrationKey !== undefined
    if (!isKeyed && Option.isNone(messageId)) return Option.none<FoundAgain>()
    const found = yield* destination
      .find(mailbox, { ...sought, messageId })
      .pipe(Effect.catchIf(isMissingMailbox, () => Effect.succeed([])))
    yield* ledger.placements.flush
    const locators = found.map(({ locator }) => locator)
    const claimed = yield* ledger.mailboxes.claimed(mailbox, locators, sought.message)
    for (const { internalDate, locator, stableId } of found) {
      const isAnother =
        Option.isSome(stableId) && Option.isSome(sought.stableId) && stableId.value !== sought.stableId.value
      if (isAnother || claimed.has(locator) || (yield* ledger.joined.wasFirst(locator))) continue
      return Option.some<FoundAgain>({ locator, ...(isKeyed ? { internalDate } : {}) })
    }
    return Option.none<FoundAgain>()
  })

  const sameOctets = Effect.fnUntraced(function* (
    stretch: Stretch,
    found: ReadonlyArray<Found>,
    fingerprint: string
  ) {
    const same: Array<Found> = []
    for (const candidate of found) {
      if (yield* hasOctets(destination, stretch.mailbox, candidate.locator, fingerprint)) same.push(candidate)
    }
    const ours = yield* ledger.mailboxes.unlocated(stretch.mailbox, fingerprint, stretch.sinceRun)
    return same.slice(ours)
  })

  const find = Effect.fnUntraced(function* (stretch: Stretch, sought: Sought) {
    const candidates = yield* index.candidates(stretch.mailbox, sought)
    const isNamed =
      Option.isSome(sought.stableId) && candidates.some(({ stableId }) => Option.isSome(stableId))
    const exact =
      isNamed || Option.isNone(sought.fingerprint)
        ? candidates
        : yield* sameOctets(stretch, candidates, sought.fingerprint.value)
    const found = Option.fromUndefinedOr(exact[0])
    if (Option.isSome(found)) yield* index.claim(found.value.id)
    return found
  })

  const read = Effect.fnUntraced(function* ({ from, mailbox }: Stretch) {
    yield* ledger.placements.flush
    return yield* index
      .read(destination, mailbox, from, (locators) => ledger.mailboxes.claimed(mailbox, locators))
      .pipe(
        // A mailbox that was deleted since holds nothing of ours.
        Effect.catchIf(isMissingMailbox, () => Effect.succeed(0))
      )
  })

  const within = Effect.fnUntraced(function* (stretch: Stretch, sought: Sought) {
    yield* read(stretch)
    const found = yield* find(stretch, sought)
    yield* index.forget(stretch.mailbox)
    return Option.map(found, ({ locator }): FoundAgain => ({ locator }))
  }, oneAtATime.withPermit)

  /** The copy that one append or copy of unknown outcome left behind, if it did. */
  const one = (stretch: Stretch, sought: Sought) =>
    settledBy(sought, asksByName ? named(stretch.mailbox, sought) : within(stretch, sought))

  const failedBefore = (row: PlacementRow): PlacementRow => ({
    ...row,
    state: "failed",
    why: Option.some("interrupted"),
    detail: Option.some("an earlier run was interrupted before this reached the destination"),
    advice: Option.none()
  })

  /** Without reading the mailbox; what may be sent again without harm is not looked for beyond its ticket. */
  const lookUp = Effect.fnUntraced(function* (mailbox: MailboxPath, row: PlacementRow, sought: Sought) {
    // A label given twice is one label.
    if (row.step === "copy" && capabilities.placement === "labels") return Option.none<FoundAgain>()
    return yield* settledBy(sought, isRepeatable(sought, row) ? Effect.succeedNone : named(mailbox, sought))
  })

  /** Everything a killed run left open in a mailbox: each row becomes `appended`, or is gone and planned anew. */
  const mailbox = Effect.fnUntraced(function* (
    stretch: Stretch,
    identityOf: (row: PlacementRow) => Effect.Effect<Identity, LedgerError>
  ) {
    const open = yield* ledger.mailboxes.open(stretch.mailbox)
    if (open.length === 0) return
    if (!asksByName) yield* read(stretch)
    let settled = 0
    let unknown = 0
    for (const row of open) {
      const { message, size, internalDate, fingerprint, addedId, ticket } = row
      const identity = yield* identityOf(row)
      const sought = { ...identity, message, size, internalDate, fingerprint, addedId, ticket }
      const found = asksByName
        ? yield* lookUp(stretch.mailbox, row, sought).pipe(
            // It stays open, and is looked for once more before it is sent: one message must not end every run.
            Effect.catchIf(isTransient, () => Effect.succeed(undefined))
          )
        : Option.map(yield* find(stretch, sought), ({ locator }): FoundAgain => ({ locator }))
      if (found === undefined) {
        unknown++
        continue
      }
      const receipt = Option.map(found, receiptOfFound)
      const origin = Option.isSome(receipt)
        ? (yield* joiningOf({ id: message }, receipt.value)).origin
        : undefined
      // What was joined with another is sent again, without harm: only then its octets can be compared and reported.
      if (Option.isSome(receipt) && origin === "ours") {
        settled++
        yield* ledger.placements.put({ ...row, state: "appended", ...receipt.value, origin })
      } else {
        yield* ledger.placements.put(failedBefore(row))
      }
    }
    // What is left in the index must not pass for what stood there before us.
    yield* index.forget(stretch.mailbox)
    yield* events.emit({
      _tag: "Settled",
      mailbox: stretch.mailbox,
      found: settled,
      missing: open.length - settled - unknown
    })
  })

  return { one, mailbox, index, isRepeatable }
})

export type Settle = Effect.Success<ReturnType<typeof makeSettle>>
