import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PartitionedSemaphore from "effect/PartitionedSemaphore"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"

import type { ByteBudget } from "./ByteBudget.ts"
import type { DestinationService, StoredAt } from "./Destination.ts"
import { type DestinationMailboxes, stretchOf } from "./DestinationMailboxes.ts"
import { fingerprintOf } from "./Fingerprint.ts"
import { unionFlags } from "./FlagsText.ts"
import { fitInternalDate } from "./InternalDate.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { DestinationMailboxRow } from "./LedgerMailboxes.ts"
import type { MessageRow } from "./LedgerMessages.ts"
import { makeLocate } from "./Locate.ts"
import { type Mailbox, type MailboxPath, showPath, pathKey } from "./Mailbox.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import { MailError, MessageRejected } from "./MailError.ts"
import type { MessageLocator } from "./Message.ts"
import type { MessagePlan } from "./MessagePlan.ts"
import { isPlaced, type PlacementRow } from "./PlacementRow.ts"
import type { Quarantine } from "./Quarantine.ts"
import { RunEvents } from "./RunEvent.ts"
import type { Settle } from "./Settle.ts"
import { SourceFlaws } from "./SourceFlaws.ts"
import { storeOnce, Unsettled } from "./StoreOnce.ts"

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

/** One step on a message that is at the destination, which could not be taken. */
export interface RefusedStep {
  readonly kind: "label-refused" | "mailbox-refused" | "flag-refused" | "gone-at-destination"
  readonly mailbox: MailboxPath
  readonly detail: string
}

/** What one message came to. */
export type MessageOutcome =
  /** Everything is in place but what was refused; `bytes` were appended now. */
  | { readonly _tag: "Done"; readonly bytes: number; readonly refused: ReadonlyArray<RefusedStep> }
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

/** What was refused in one mailbox, when the failure is of that kind: then the other mailboxes are tried all the same. */
const refusedStep = (
  mailbox: MailboxPath,
  kind: RefusedStep["kind"],
  error: MailError | LedgerError
): Effect.Effect<RefusedStep, MailError | LedgerError> => {
  if (error._tag === "LedgerError") return Effect.fail(error)
  const { reason } = error
  if (reason._tag === "MailboxRejected") {
    return Effect.succeed({
      kind: "mailbox-refused",
      mailbox,
      detail: `${showPath(mailbox)}: ${reason.detail}`
    })
  }
  return reason._tag === "MessageRejected"
    ? Effect.succeed({ kind, mailbox, detail: showPath(mailbox) })
    : Effect.fail(error)
}

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
  const locate = yield* makeLocate(destination)
  const flawsOf = yield* SourceFlaws

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
    { fingerprint, internalDate, size }: Pick<PlacementRow, "size" | "fingerprint" | "internalDate">
  ): PlacementRow => ({
    message: plan.message.id,
    mailbox,
    step,
    origin: "ours",
    state: "appending",
    locator: Option.none(),
    flags: plan.placement.flags,
    keywords: plan.placement.keywords,
    internalDate,
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
    // A row that is open already has an unknown outcome of its own, from the pilot or a call before: look, then send.
    const isOpen = plan.message.placements.some(
      ({ mailbox, state }) => state === "appending" && pathKey(mailbox) === pathKey(row.mailbox)
    )
    const before = isOpen
      ? Effect.mapError(lookFor, (error) => (error._tag === "MailError" ? new Unsettled({ error }) : error))
      : Effect.succeedNone
    const store = Effect.flatMap(before, (found) =>
      Option.isSome(found) ? Effect.succeed({ locator: found }) : storeOnce(act, lookFor)
    )
    const { locator } = yield* store.pipe(
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

  /** The mailboxes of its labels, where one APPEND brings the message into all of them. */
  const openLabels = Effect.fnUntraced(function* (plan: MessagePlan) {
    const opened: Array<DestinationMailboxRow> = []
    const refused: Array<RefusedStep> = []
    if (destination.capabilities.placement === "one-mailbox") return { opened, refused }
    for (const path of plan.copies) {
      const result = yield* Effect.result(mailboxes.open(path))
      if (Result.isSuccess(result)) opened.push(result.success)
      else refused.push(yield* refusedStep(path, "label-refused", result.failure))
    }
    return { opened, refused }
  })

  const append = Effect.fnUntraced(function* (
    plan: MessagePlan,
    opened: DestinationMailboxRow,
    bytes: Uint8Array
  ) {
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
    const labels = yield* openLabels(plan)
    const fingerprint = fingerprintOf(bytes)
    const internalDate = fitInternalDate(
      plan.message.internalDate,
      destination.capabilities,
      yield* DateTime.now
    )
    if (internalDate !== plan.message.internalDate) {
      const detail = DateTime.formatIso(plan.message.internalDate)
      yield* ledger.reports.loss({ message: plan.message.id, kind: "date-not-kept", detail, run })
    }
    const row = rowFor(plan, opened.path, "append", {
      internalDate,
      size: bytes.length,
      fingerprint: Option.some(fingerprint)
    })
    const act = destination.append({
      mailbox: opened.path,
      labels: labels.opened.map(({ path }) => path),
      flags: row.flags,
      keywords: row.keywords,
      internalDate: row.internalDate,
      messageId: plan.message.messageId,
      bytes,
      note: () => Effect.void
    })
    const placed = place(plan, row, opened, act)
    const home = yield* Option.isSome(plan.message.stableId) ? placed : alike.withPermit(fingerprint)(placed)
    for (const { path } of labels.opened) {
      yield* ledger.placements.putLater({ ...home, mailbox: path, step: "copy" })
    }
    yield* events.emit({ _tag: "MessageDone", mailbox: opened.path, bytes: bytes.length })
    return { _tag: "Appended", home, refused: labels.refused } as const
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

  /** Copies into every mailbox that still lacks the message; one that refuses it does not keep it out of the others. */
  const copyAll = Effect.fnUntraced(function* (plan: MessagePlan, home: PlacementRow) {
    const refused: Array<RefusedStep> = []
    for (const into of plan.copies) {
      const result = yield* Effect.result(
        locate.reach(home, plan.message, (from, row) => copyInto(plan, from, row, into))
      )
      if (Result.isFailure(result)) {
        refused.push(yield* refusedStep(into, "label-refused", result.failure))
      } else if (Option.isNone(result.success)) {
        const detail = `it is no longer in ${showPath(home.mailbox)}, so it cannot be shown in ${showPath(into)}`
        const { path } = yield* mailboxes.open(into)
        yield* ledger.placements.put({
          ...rowFor(plan, path, "copy", home),
          state: "rejected",
          why: Option.some("gone"),
          detail: Option.some(detail)
        })
        refused.push({ kind: "gone-at-destination", mailbox: into, detail })
      }
    }
    return refused
  })

  const addFlags = Effect.fnUntraced(function* ({ addFlags, message }: MessagePlan) {
    const refused: Array<RefusedStep> = []
    for (const { flags, row } of addFlags) {
      const set = (row: PlacementRow) => ledger.placements.putLater({ ...row, ...unionFlags(row, flags) })
      const result = yield* Effect.result(
        locate.reach(row, message, (stored, row) =>
          Effect.andThen(destination.addFlags(stored, flags), set(row))
        )
      )
      if (Result.isFailure(result)) {
        refused.push(yield* refusedStep(row.mailbox, "flag-refused", result.failure))
      } else if (Option.isNone(result.success)) {
        // Nothing to set them on, now or ever: not a thing to try again with each run.
        yield* set(row)
        const detail = `it is no longer in ${showPath(row.mailbox)}, so its flags were not set there`
        refused.push({ kind: "gone-at-destination", mailbox: row.mailbox, detail })
      }
    }
    return refused
  })

  /** The part that holds the octets in memory. */
  const carry = Effect.fnUntraced(function* (plan: MessagePlan, opened: DestinationMailboxRow) {
    const bytes = yield* fetch(plan.message)
    if (Option.isNone(bytes)) return { _tag: "Stale" } as const
    for (const { detail, kind } of flawsOf(bytes.value)) {
      yield* ledger.reports.loss({ message: plan.message.id, kind, detail, run })
    }
    return yield* append(plan, opened, bytes.value).pipe(
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
      const refused = [...(yield* addFlags(plan)), ...(yield* copyAll(plan, before))]
      return { _tag: "Done", bytes: 0, refused } as const
    }
    // Before the octets are fetched, which would be for nothing where the mailbox is refused.
    const opened = yield* mailboxes.open(plan.placement.home)
    const carried = yield* budget.with(plan.message.size)(carry(plan, opened))
    if (carried._tag !== "Appended") return carried
    const { home, refused } = carried
    const more = destination.capabilities.placement === "one-mailbox" ? yield* copyAll(plan, home) : []
    return { _tag: "Done", bytes: home.size, refused: [...refused, ...more] } as const
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
