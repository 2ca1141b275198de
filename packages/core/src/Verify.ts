import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

import { Destination } from "./Destination.ts"
import { type Found, makeDestinationIndex } from "./DestinationIndex.ts"
import { type Difference, Differences } from "./Difference.ts"
import { flagsMissing, flagsText } from "./FlagsText.ts"
import { guardDestination, guardSource } from "./Guard.ts"
import { Ledger } from "./Ledger.ts"
import type { PlacedRow } from "./LedgerPlaced.ts"
import { type MailboxPath, pathKey } from "./Mailbox.ts"
import type { Flags } from "./Message.ts"
import { makePlanner, type PlanInput } from "./Planner.ts"
import { type Comparison, comparisonOf } from "./Returned.ts"
import { RunEvents } from "./RunEvent.ts"
import { Source } from "./Source.ts"
import { listSource } from "./SourceListing.ts"
import { compareByListing } from "./VerifyListing.ts"
import { readBack } from "./VerifyReadBack.ts"

export interface VerifyOptions extends PlanInput {
  /** Reads every message back instead of a sample. */
  readonly full: boolean
  /** Whether mail that somebody else put there since is left out of the verdict. */
  readonly allowForeign: boolean
}

export interface VerifyResult {
  readonly ok: boolean
  /** Placements looked for at the destination, one per message and mailbox. */
  readonly checked: number
  readonly missing: number
  readonly doubled: number
  readonly altered: number
  readonly foreign: number
  /** Messages in scope at the source that were not carried over, those in quarantine apart. */
  readonly notMigrated: number
  readonly quarantined: number
  /** Messages that were read back and compared. */
  readonly readBack: number
  /** How they were. */
  readonly comparison: Comparison
  readonly differences: ReadonlyArray<Difference>
}

const sameKeywords = (one: Flags, other: Flags): boolean =>
  flagsMissing(one, other).keywords.size === 0 && flagsMissing(other, one).keywords.size === 0

/**
 * Compares the source's listing, the ledger and the destination's listing, message by message, and reads octets back.
 * Every disagreement is a row with its kind. Changes nothing at either end.
 */
export const verifyMigration = Effect.fn("Verify")(function* (options: VerifyOptions) {
  const ledger = yield* Ledger
  const events = yield* RunEvents
  const source = yield* guardSource(yield* Source)
  const destination = yield* guardDestination(yield* Destination)
  const { capabilities } = destination
  const differences = new Differences()
  const index = yield* makeDestinationIndex(ledger.sql, capabilities)
  const rows = new Map((yield* ledger.mailboxes.all).map((row) => [pathKey(row.path), row]))
  let checked = 0

  /** What differs between what the ledger says we wrote and what is there; empty when nothing does. */
  const alterations = (
    placed: PlacedRow,
    found: Flags & Pick<Found, "internalDate" | "size">
  ): ReadonlyArray<string> => {
    if (placed.origin !== "ours") return []
    const differs: Array<string> = []
    if (capabilities.keepsOctets && found.size !== placed.size) {
      differs.push(`size ${found.size} instead of ${placed.size}`)
    }
    const secondsOff =
      DateTime.toEpochMillis(found.internalDate) - DateTime.toEpochMillis(placed.internalDate)
    if (capabilities.keepsInternalDate && Math.abs(secondsOff) >= 1000) {
      differs.push(
        `INTERNALDATE ${DateTime.formatIso(found.internalDate)} instead of ${DateTime.formatIso(placed.internalDate)}`
      )
    }
    const is = flagsText(found)
    const was = flagsText(placed)
    if (is.flags !== was.flags) differs.push(`flags (${is.flags}) instead of (${was.flags})`)
    // Keywords are the same in any case, and a server may keep the spelling it met first (RFC 9051 section 2.3.2).
    if (capabilities.keywords && !sameKeywords(found, placed)) {
      differs.push(`keywords (${is.keywords}) instead of (${was.keywords})`)
    }
    return differs
  }

  const find = Effect.fnUntraced(function* (mailbox: MailboxPath, placed: PlacedRow) {
    const located = Option.isSome(placed.locator)
      ? yield* index.at(mailbox, placed.locator.value)
      : Option.none<Found>()
    if (Option.isSome(located)) return located
    const [candidate] = yield* index.candidates(mailbox, placed)
    return Option.fromUndefinedOr(candidate)
  })

  const asked = new Set<string>()

  /**
   * One that no list has shown, asked for by itself, once: mail that its owner deletes meanwhile moves other mail from one
   * page of a list to the page before.
   */
  const findUnlisted = Effect.fnUntraced(function* (mailbox: MailboxPath, { locator }: PlacedRow) {
    if (Option.isNone(locator)) return []
    const key = `${pathKey(mailbox)} ${locator.value}`
    if (asked.has(key) || (yield* index.isListed(mailbox, locator.value))) return []
    asked.add(key)
    return yield* destination.describe(mailbox, [locator.value]).pipe(
      Effect.catchIf(
        ({ reason }) => reason._tag === "MailboxRejected" || reason._tag === "MessageRejected",
        () => Effect.succeed([])
      )
    )
  })

  const comparePlaced = Effect.fnUntraced(function* (mailbox: MailboxPath) {
    yield* ledger.placed.within(mailbox).pipe(
      Stream.grouped(500),
      Stream.runForEach(
        Effect.fnUntraced(function* (group: ReadonlyArray<PlacedRow>) {
          const good: Array<number> = []
          for (const placed of group) {
            checked++
            const listed = yield* find(mailbox, placed)
            if (Option.isSome(listed)) {
              yield* index.claim(listed.value.id)
              // Without UIDPLUS this is the first time we learn where it is: reading back needs to know.
              if (Option.isNone(placed.locator)) {
                yield* ledger.placements.putLater({ ...placed, locator: Option.some(listed.value.locator) })
              }
            }
            const [found] = Option.isSome(listed) ? [listed.value] : yield* findUnlisted(mailbox, placed)
            if (found === undefined) {
              differences.ofPlaced("missing", placed, "the destination no longer has it")
              continue
            }
            const altered = alterations(placed, found)
            if (altered.length > 0) differences.ofPlaced("altered", placed, altered.join("; "))
            else good.push(placed.message)
          }
          yield* ledger.placements.flush
          yield* ledger.placed.markVerified(mailbox, good)
        })
      )
    )
  })

  /** Whatever no placement claimed and was not there before us is one too many, or somebody else's. */
  const compareOthers = Effect.fnUntraced(function* (mailbox: MailboxPath) {
    const origin = rows.get(pathKey(mailbox))?.origin ?? Option.none()
    const since = Option.isSome(origin) ? yield* index.since(destination, mailbox, origin.value) : undefined
    // Where nothing tells old mail from new by its place, what was seen in the first look is known by its locator.
    const before = since === undefined ? yield* index.before(mailbox) : new Set<string>()
    for (const other of yield* index.unclaimed(mailbox)) {
      if (since === undefined ? before.has(other.locator) : !since.has(other.locator)) continue
      const twin = yield* index.twin(mailbox, other)
      differences.add({
        kind: Option.isSome(twin) ? "doubled" : "foreign",
        mailbox,
        key: Option.getOrElse(other.stableId, () => ""),
        messageId: Option.getOrUndefined(other.messageId),
        detail: Option.isSome(twin)
          ? `a second copy beside ${twin.value}`
          : "neither carried over by mailferry nor there before it"
      })
    }
  })

  yield* listSource(source)
  const planner = yield* makePlanner(destination, options)
  let quarantined = 0
  yield* Stream.runForEach(planner.plans, (plan) =>
    Effect.sync(() => {
      if (plan.status === "quarantined" || plan.status === "unreadable") quarantined++
      else if (plan.append || plan.copies.length > 0) {
        differences.add({
          kind: "not-migrated",
          mailbox: plan.append ? plan.placement.home : (plan.copies[0] ?? plan.placement.home),
          key: plan.message.key,
          messageId: Option.getOrUndefined(plan.message.messageId),
          detail: plan.append ? "at the source, and not carried over yet" : "a label is not carried over yet"
        })
      }
    })
  )

  /** Mailbox by mailbox, every message described. */
  const compareDescribed = Effect.fnUntraced(function* () {
    for (const mailbox of yield* ledger.placed.mailboxes) {
      const messages = yield* index
        .read(destination, mailbox, Option.none(), () => Effect.succeed(new Set<string>()))
        .pipe(
          Effect.catchIf(
            (error) => error._tag === "MailError" && error.reason._tag === "MailboxRejected",
            () => Effect.succeed(0) // The mailbox is gone: each of its messages is reported as missing.
          )
        )
      yield* events.emit({ _tag: "Verifying", mailbox, messages })
      yield* comparePlaced(mailbox)
      yield* compareOthers(mailbox)
      yield* index.forget(mailbox)
    }
  })

  // A locator is all that a listing tells; where receipts named none, there is nothing to compare it with.
  const isListable = !capabilities.describesCheaply && capabilities.reportsLocator
  if (isListable) checked = yield* compareByListing(destination, differences)
  else yield* compareDescribed()

  const compared = yield* readBack(source, destination, planner, differences, options.full)
  const { counts } = differences
  const wrong = counts.missing + counts.doubled + counts.altered + counts["not-migrated"]
  return {
    ok: wrong + (options.allowForeign ? 0 : counts.foreign) === 0,
    checked,
    missing: counts.missing,
    doubled: counts.doubled,
    altered: counts.altered,
    foreign: counts.foreign,
    notMigrated: counts["not-migrated"],
    quarantined,
    readBack: compared,
    comparison: comparisonOf(capabilities),
    differences: differences.rows
  } satisfies VerifyResult
})
