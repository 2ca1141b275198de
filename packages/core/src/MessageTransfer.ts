import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

import type { ByteBudget } from "./ByteBudget.ts"
import type { DestinationService, Loss, StoredAt } from "./Destination.ts"
import type { DestinationMailboxes } from "./DestinationMailboxes.ts"
import { unionFlags } from "./FlagsText.ts"
import { makeJoined } from "./Joined.ts"
import { makeKeptInSight } from "./KeptInSight.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { DestinationMailboxRow } from "./LedgerMailboxes.ts"
import { makeLocate } from "./Locate.ts"
import { type Mailbox, type MailboxPath, showPath } from "./Mailbox.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import { MailError, MessageRejected } from "./MailError.ts"
import { makeMergeReport } from "./MergeReport.ts"
import { makeMessageFetch } from "./MessageFetch.ts"
import { makeMessageFit } from "./MessageFit.ts"
import { intentOf, makeMessagePlace, unwritten } from "./MessagePlace.ts"
import type { MessagePlan } from "./MessagePlan.ts"
import { makeOneAtATime } from "./OneAtATime.ts"
import { isPlaced, type PlacementRow } from "./PlacementRow.ts"
import type { Quarantine } from "./Quarantine.ts"
import type { Rules } from "./Rules.ts"
import { RunEvents } from "./RunEvent.ts"
import type { Settle } from "./Settle.ts"
import { SourceFlaws } from "./SourceFlaws.ts"

export interface TransferParts {
  readonly source: MailboxReader
  readonly destination: DestinationService
  readonly mailboxes: DestinationMailboxes
  readonly settle: Settle
  readonly budget: ByteBudget
  /** Source mailboxes by their ledger row id. */
  readonly sourceMailboxes: ReadonlyMap<number, Mailbox>
  readonly quarantine: Quarantine
  /** Where octets are kept that stand nowhere at the destination. */
  readonly quarantineDirectory: Option.Option<string>
  readonly rules: Pick<Rules, "mendHeaders">
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

/** The mailbox that a refusal puts in the place of another, and that other one. */
const redirectionOf = (error: MailError | LedgerError, home: MailboxPath) => {
  if (error._tag !== "MailError" || error.reason._tag !== "MailboxRejected") return Option.none()
  const { detail, instead, mailbox } = error.reason
  return instead === undefined
    ? Option.none()
    : Option.some({ from: mailbox ?? home, to: instead satisfies MailboxPath, detail })
}

/**
 * Carries one message over: one fetch however many places it goes to, its ledger row durable before its octets leave,
 * then a row and a COPY for each further place. Every step is skipped when the ledger says it is done.
 */
export const makeMessageTransfer = Effect.fnUntraced(function* (parts: TransferParts) {
  const { budget, destination, mailboxes, run, source } = parts
  const ledger = yield* Ledger
  const events = yield* RunEvents
  /**
   * Messages that a look-up could not tell apart go one after another: those without an id of their own and with the
   * same octets; where messages are joined by Message-ID, those that share one.
   */
  const alike = makeOneAtATime()
  const locate = yield* makeLocate(destination)
  const flawsOf = yield* SourceFlaws
  const joiningOf = yield* makeJoined(destination)
  const reportMerge = yield* makeMergeReport(destination, parts.quarantineDirectory, run)
  const place = yield* makeMessagePlace(destination, mailboxes, parts.settle)
  const keptInSight = yield* makeKeptInSight(destination, mailboxes, run)
  const fit = yield* makeMessageFit(destination.capabilities, parts.rules, run)
  const { fetch, salvage } = makeMessageFetch(source, parts.sourceMailboxes)

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

  const tooLarge = (size: number) => {
    const limit = destination.capabilities.maxMessageSize
    return size <= limit
      ? Effect.void
      : new MailError({
          adapter: destination.kind,
          operation: "append",
          side: "destination",
          reason: new MessageRejected({
            why: "too-large",
            detail: `${size} octets, and the destination takes at most ${limit}`
          })
        })
  }

  /** Enters what the service cannot keep; nothing is sent whose losses are not written down. */
  const lose =
    ({ message }: MessagePlan) =>
    (loss: Loss) =>
      ledger.reports
        .loss({ message: message.id, ...loss, run })
        .pipe(Effect.mapError((error) => unwritten(destination, error)))

  const append = Effect.fnUntraced(function* (
    asked: MessagePlan,
    askedFor: DestinationMailboxRow,
    octets: Uint8Array
  ) {
    yield* tooLarge(octets.length)
    const { bytes, internalDate, messageId, ...written } = yield* fit(asked.message, octets)
    yield* tooLarge(bytes.length)
    const placed = Effect.gen(function* () {
      const { opened, plan } = yield* keptInSight({ plan: asked, opened: askedFor }, messageId)
      const labels = yield* openLabels(plan)
      const others = labels.opened.map(({ path }) => path)
      const intent = intentOf(
        plan,
        opened.path,
        "append",
        { ...written, internalDate, size: bytes.length },
        run
      )
      const row = yield* place(plan, intent, opened, others, (placing) =>
        destination.append({
          mailbox: opened.path,
          labels: others,
          flags: intent.flags,
          keywords: intent.keywords,
          internalDate,
          messageId,
          bytes,
          migrationKey: plan.message.migrationKey,
          lose: lose(plan),
          spend: () => Effect.void,
          ...placing
        })
      )
      const joining = yield* joiningOf(plan.message, row)
      const home: PlacementRow = { ...row, origin: joining.origin }
      // Before the ledger says that it is there: killed in between, it is sent again, and joined and reported again.
      yield* reportMerge(plan, home, joining, octets)
      yield* ledger.placements.putLater(home)
      for (const { path } of labels.opened) {
        yield* ledger.placements.putLater({ ...home, mailbox: path, step: "copy" })
      }
      return { home, refused: labels.refused }
    })
    const { joins, key } = written.alike
    const { home, refused } = yield* joins || Option.isNone(asked.message.stableId)
      ? alike(key)(placed)
      : placed
    yield* events.emit({ _tag: "MessageDone", mailbox: home.mailbox, bytes: bytes.length })
    return { _tag: "Appended", home, refused } as const
  })

  /** The same once more, in the mailboxes that the service names in the place of those it keeps for itself. */
  const appendSomewhere = (
    plan: MessagePlan,
    opened: DestinationMailboxRow,
    octets: Uint8Array
  ): ReturnType<typeof append> =>
    append(plan, opened, octets).pipe(
      Effect.catch((error) =>
        Option.match(redirectionOf(error, opened.path), {
          onNone: () => Effect.fail(error),
          onSome: ({ detail, from, to }) =>
            Effect.gen(function* () {
              yield* mailboxes.redirect(from, to, detail)
              // Opened anew: the name asked for leads to the other mailbox from now on.
              return yield* append(plan, yield* mailboxes.open(plan.placement.home), octets)
            })
        })
      )
    )

  const copyInto = Effect.fnUntraced(function* (
    plan: MessagePlan,
    from: StoredAt,
    home: PlacementRow,
    into: MailboxPath
  ) {
    const opened = yield* mailboxes.open(into)
    // COPY keeps flags and keywords (RFC 9051 section 6.4.7), so the copy has what its original has.
    const { flags, keywords, origin } = home
    const intent = { ...intentOf(plan, opened.path, "copy", home, run), flags, keywords, origin }
    const row = yield* place(plan, intent, opened, [], () => destination.copy(from, opened.path))
    yield* ledger.placements.putLater(row)
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
          ...intentOf(plan, path, "copy", home, run),
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
    return yield* appendSomewhere(plan, opened, bytes.value).pipe(
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

  return { transfer, salvage }
})
