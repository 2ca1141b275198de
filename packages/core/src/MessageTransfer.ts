import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PartitionedSemaphore from "effect/PartitionedSemaphore"
import * as Schedule from "effect/Schedule"

import type { ByteBudget } from "./ByteBudget.ts"
import type { DestinationService, StoredAt } from "./Destination.ts"
import { type DestinationMailboxes, stretchOf } from "./DestinationMailboxes.ts"
import { fingerprintOf } from "./Fingerprint.ts"
import { unionFlags } from "./FlagsText.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { DestinationMailboxRow } from "./LedgerMailboxes.ts"
import type { MessageRow } from "./LedgerMessages.ts"
import type { Mailbox, MailboxPath } from "./Mailbox.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import { MailError, MessageRejected } from "./MailError.ts"
import type { MessageLocator } from "./Message.ts"
import type { MessagePlan } from "./MessagePlan.ts"
import { isPlaced, type PlacementRow } from "./PlacementRow.ts"
import type { Quarantine } from "./Quarantine.ts"
import { RunEvents } from "./RunEvent.ts"
import type { Settle } from "./Settle.ts"
import { storeOnce, type Unsettled } from "./StoreOnce.ts"

export interface TransferParts {
  readonly source: MailboxReader
  readonly destination: DestinationService
  readonly mailboxes: DestinationMailboxes
  readonly settle: Settle
  readonly budget: ByteBudget
  /** Source mailboxes by their ledger row id. */
  readonly sourceMailboxes: ReadonlyMap<number, Mailbox>
  readonly quarantine: Quarantine
  readonly run: number
}

/** What one message came to. */
export type MessageOutcome =
  /** Everything is in place; `bytes` were appended now. */
  | { readonly _tag: "Done"; readonly bytes: number }
  /** The destination will not have it: it is in quarantine with its octets. */
  | { readonly _tag: "Refused"; readonly why: MessageRejected["why"] }
  /** Every place the source showed it is void: the source must be listed again. */
  | { readonly _tag: "Stale" }

const isVoid = ({ reason }: MailError) =>
  (reason._tag === "MessageRejected" && reason.why === "gone") ||
  (reason._tag === "MailboxRejected" && (reason.why === "uidvalidity-changed" || reason.why === "missing"))

const isTransient = ({ reason }: MailError) => reason._tag === "Transient"

const isUnreadable = ({ reason }: MailError) =>
  reason._tag === "MessageRejected" && reason.why === "unreadable"

/** Bridge may yet load a message it just could not: thrice more, bridge.md section 10 point 17. */
const untilUnreadable = Schedule.max([Schedule.exponential("500 millis"), Schedule.recurs(3)])

const isMissing = (error: MailError | Unsettled | LedgerError): boolean =>
  error._tag === "Unsettled"
    ? isMissing(error.error)
    : error._tag === "MailError" && error.reason._tag === "MailboxRejected" && error.reason.why === "missing"

/**
 * Carries one message over: one fetch however many places it goes to, its ledger row durable before its octets leave,
 * then a row and a COPY for each further place. Every step is skipped when the ledger says it is done.
 */
export const makeMessageTransfer = Effect.fnUntraced(function* (parts: TransferParts) {
  const { budget, destination, mailboxes, run, settle, source } = parts
  const ledger = yield* Ledger
  const events = yield* RunEvents
  /** Messages without an id of their own and with the same octets go one after another: a look-up could not tell them apart. */
  const alike = yield* PartitionedSemaphore.make<string>({ permits: 1 })

  /** A message on which the connection ends each time, though the service answers in between, is told from an outage. */
  const fetchCopy = (path: MailboxPath, locator: MessageLocator) => {
    const once = source
      .fetch(path, locator)
      .pipe(Effect.retry({ schedule: untilUnreadable, while: isUnreadable }))
    return once.pipe(
      Effect.catchIf(isTransient, () => Effect.andThen(source.end(path), once)),
      Effect.catchIf(isTransient, ({ reason }) =>
        Effect.andThen(
          source.end(path),
          Effect.fail(
            new MailError({
              adapter: source.kind,
              operation: "fetch",
              side: "source",
              reason: new MessageRejected({
                why: "unreadable",
                detail: `whenever this message is asked for, and only then: ${reason.detail}`
              })
            })
          )
        )
      )
    )
  }

  /** Its octets, from whichever mailbox still has it; none when no mailbox does. */
  const fetch = Effect.fnUntraced(function* (message: MessageRow) {
    for (const { locator, mailbox } of message.memberships) {
      const path = parts.sourceMailboxes.get(mailbox)?.path
      if (path === undefined) continue
      const bytes = yield* fetchCopy(path, locator).pipe(
        Effect.map(Option.some),
        Effect.catchIf(isVoid, () => Effect.succeed(Option.none<Uint8Array>()))
      )
      if (Option.isSome(bytes)) return bytes
    }
    return Option.none<Uint8Array>()
  })

  const rowFor = (
    plan: MessagePlan,
    mailbox: MailboxPath,
    step: PlacementRow["step"],
    { fingerprint, size }: Pick<PlacementRow, "size" | "fingerprint">
  ): PlacementRow => ({
    message: plan.message.id,
    mailbox,
    step,
    origin: "ours",
    state: "appending",
    locator: Option.none(),
    flags: plan.placement.flags,
    keywords: plan.placement.keywords,
    internalDate: plan.message.internalDate,
    size,
    fingerprint,
    why: Option.none(),
    detail: Option.none(),
    advice: Option.none(),
    run
  })

  /** Writes the intent, acts, writes the outcome; a mailbox that vanished meanwhile is made once more. */
  const place = Effect.fnUntraced(function* (
    plan: MessagePlan,
    row: PlacementRow,
    opened: DestinationMailboxRow,
    act: Effect.Effect<{ readonly locator: PlacementRow["locator"] }, MailError>
  ) {
    yield* ledger.placements.put(row)
    const lookFor = settle
      .one(stretchOf(opened), { ...plan.message, ...row })
      .pipe(Effect.map(Option.map(({ locator }) => locator)))
    const { locator } = yield* storeOnce(act, lookFor).pipe(
      Effect.catchIf(isMissing, () => Effect.andThen(mailboxes.reopen(opened.path), storeOnce(act, lookFor))),
      Effect.tapError((error) => (error._tag === "MailError" ? noteFailure(row, error) : Effect.void)),
      // The row stays `appending`: whoever comes next looks before it sends.
      Effect.catchTag("Unsettled", ({ error }) => Effect.fail(error))
    )
    const done: PlacementRow = { ...row, state: "appended", locator }
    yield* ledger.placements.putLater(done)
    return done
  })

  const noteFailure = (row: PlacementRow, { reason }: MailError) =>
    ledger.placements.put({
      ...row,
      state: reason._tag === "MessageRejected" ? "rejected" : "failed",
      why: Option.some(reason._tag === "MessageRejected" ? reason.why : reason._tag),
      detail: Option.some(reason.detail),
      advice: Option.fromUndefinedOr(reason.advice)
    })

  const append = Effect.fnUntraced(function* (plan: MessagePlan, bytes: Uint8Array) {
    const limit = destination.capabilities.maxMessageSize
    if (bytes.length > limit) {
      return yield* new MailError({
        adapter: destination.kind,
        operation: "append",
        side: "destination",
        reason: new MessageRejected({
          why: "too-large",
          detail: `${bytes.length} octets, and the destination takes at most ${limit}`
        })
      })
    }
    const opened = yield* mailboxes.open(plan.placement.home)
    const fingerprint = fingerprintOf(bytes)
    const row = rowFor(plan, opened.path, "append", {
      size: bytes.length,
      fingerprint: Option.some(fingerprint)
    })
    const labels = destination.capabilities.placement === "labels" ? plan.placement.others : []
    const act = destination.append({
      mailbox: opened.path,
      labels,
      flags: row.flags,
      keywords: row.keywords,
      internalDate: row.internalDate,
      messageId: plan.message.messageId,
      bytes
    })
    const placed = place(plan, row, opened, act)
    const home = yield* Option.isSome(plan.message.stableId) ? placed : alike.withPermit(fingerprint)(placed)
    yield* events.emit({ _tag: "MessageDone", mailbox: opened.path, bytes: bytes.length })
    return home
  })

  /** Where the uploaded copy stands, looked up when the server did not say. */
  const locate = Effect.fnUntraced(function* (plan: MessagePlan, home: PlacementRow) {
    if (Option.isSome(home.locator)) return home.locator
    const candidates = yield* destination.find(home.mailbox, { ...plan.message, size: home.size })
    const exact = candidates.find(({ size }) => size === home.size || !destination.capabilities.keepsOctets)
    const locator = Option.fromUndefinedOr(exact?.locator)
    if (Option.isSome(locator)) yield* ledger.placements.putLater({ ...home, locator })
    return locator
  })

  const copyInto = Effect.fnUntraced(function* (
    plan: MessagePlan,
    from: StoredAt,
    home: PlacementRow,
    into: MailboxPath
  ) {
    const opened = yield* mailboxes.open(into)
    // COPY keeps flags and keywords (RFC 9051 section 6.4.7), so the copy has what its original has.
    const row = { ...rowFor(plan, opened.path, "copy", home), flags: home.flags, keywords: home.keywords }
    yield* place(plan, row, opened, destination.copy(from, opened.path))
    yield* events.emit({ _tag: "LabelDone", mailbox: opened.path })
  })

  const copyAll = Effect.fnUntraced(function* (plan: MessagePlan, home: PlacementRow) {
    const locator = yield* locate(plan, home)
    if (Option.isNone(locator)) {
      return yield* new MailError({
        adapter: destination.kind,
        operation: "copy",
        side: "destination",
        reason: new MessageRejected({
          why: "gone",
          detail: "the message is no longer where it was put, so its labels cannot be added",
          advice: "Someone moved or deleted it at the destination since. Run verify to see what is missing."
        })
      })
    }
    const from = { mailbox: home.mailbox, locator: locator.value }
    yield* Effect.forEach(plan.copies, (into) => copyInto(plan, from, home, into), { discard: true })
  })

  const addFlags = Effect.fnUntraced(function* ({ addFlags }: MessagePlan) {
    for (const { flags, row } of addFlags) {
      if (Option.isNone(row.locator)) continue
      yield* destination.addFlags({ mailbox: row.mailbox, locator: row.locator.value }, flags)
      yield* ledger.placements.putLater({ ...row, ...unionFlags(row, flags) })
    }
  })

  /** The part that holds the octets in memory. */
  const carry = Effect.fnUntraced(function* (plan: MessagePlan) {
    const bytes = yield* fetch(plan.message)
    if (Option.isNone(bytes)) return { _tag: "Stale" } as const
    return yield* append(plan, bytes.value).pipe(
      Effect.catchIf(
        (error) => error._tag === "MailError" && error.reason._tag === "MessageRejected",
        Effect.fnUntraced(function* (error: MailError | LedgerError) {
          if (error._tag === "LedgerError" || error.reason._tag !== "MessageRejected") return yield* error
          const { advice, detail, why } = error.reason
          yield* parts.quarantine(plan.message, { why, detail, advice, bytes })
          return { _tag: "Refused", why } as const
        })
      )
    )
  })

  const transfer = Effect.fnUntraced(function* (
    plan: MessagePlan
  ): Effect.fn.Return<MessageOutcome, MailError | LedgerError> {
    const placed = plan.append ? [] : plan.message.placements.filter(isPlaced)
    const before = placed.find(({ step }) => step === "append") ?? placed[0]
    if (before !== undefined) {
      if (plan.copies.length > 0) yield* copyAll(plan, before)
      yield* addFlags(plan)
      return { _tag: "Done", bytes: 0 } as const
    }
    const carried = yield* budget.with(plan.message.size)(carry(plan))
    if (!("message" in carried)) return carried
    if (plan.copies.length > 0 && destination.capabilities.placement === "one-mailbox")
      yield* copyAll(plan, carried)
    return { _tag: "Done", bytes: carried.size } as const
  })

  /** Whatever can be had of a message that cannot be fetched. */
  const salvage = Effect.fnUntraced(function* (message: MessageRow) {
    for (const { locator, mailbox } of message.memberships) {
      const path = parts.sourceMailboxes.get(mailbox)?.path
      const glimpse = path === undefined ? Option.none() : yield* Effect.option(source.glimpse(path, locator))
      if (Option.isSome(glimpse)) return glimpse.value
    }
    return undefined
  })

  return { transfer, salvage }
})
