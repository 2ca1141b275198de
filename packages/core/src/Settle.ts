import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"

import type { DestinationService } from "./Destination.ts"
import { type Found, makeDestinationIndex } from "./DestinationIndex.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { MailboxPath } from "./Mailbox.ts"
import type { Cursor } from "./MailboxReader.ts"
import type { Identity } from "./Message.ts"
import type { PlacementRow } from "./PlacementRow.ts"
import { RunEvents } from "./RunEvent.ts"
import { hasOctets } from "./SameOctets.ts"

/** What is sought: who it is, and the octets it must have where no id tells. */
export interface Sought extends Identity {
  readonly fingerprint: Option.Option<string>
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
        Effect.catchIf(
          (error) =>
            error._tag === "MailError" &&
            error.reason._tag === "MailboxRejected" &&
            error.reason.why === "missing",
          () => Effect.succeed(0)
        )
      )
  })

  /** The copy that one append or copy of unknown outcome left behind, if it did. */
  const one = Effect.fnUntraced(function* (stretch: Stretch, sought: Sought) {
    yield* read(stretch)
    const found = yield* find(stretch, sought)
    yield* index.forget(stretch.mailbox)
    return found
  }, oneAtATime.withPermit)

  /** Everything a killed run left open in a mailbox: each row becomes `appended`, or is gone and planned anew. */
  const mailbox = Effect.fnUntraced(function* (
    stretch: Stretch,
    identityOf: (row: PlacementRow) => Effect.Effect<Identity, LedgerError>
  ) {
    const open = yield* ledger.mailboxes.open(stretch.mailbox)
    if (open.length === 0) return
    yield* read(stretch)
    let settled = 0
    for (const row of open) {
      const identity = yield* identityOf(row)
      const found = yield* find(stretch, {
        ...identity,
        size: row.size,
        internalDate: row.internalDate,
        fingerprint: row.fingerprint
      })
      if (Option.isSome(found)) {
        settled++
        yield* ledger.placements.put({ ...row, state: "appended", locator: Option.some(found.value.locator) })
      } else {
        yield* ledger.placements.put({
          ...row,
          state: "failed",
          why: Option.some("interrupted"),
          detail: Option.some("an earlier run was interrupted before this reached the destination"),
          advice: Option.none()
        })
      }
    }
    // What is left in the index must not pass for what stood there before us.
    yield* index.forget(stretch.mailbox)
    yield* events.emit({
      _tag: "Settled",
      mailbox: stretch.mailbox,
      found: settled,
      missing: open.length - settled
    })
  })

  return { one, mailbox, index }
})

export type Settle = Effect.Success<ReturnType<typeof makeSettle>>
