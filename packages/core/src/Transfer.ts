import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"

import { dispositionOf } from "./Disposition.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import { type MailboxPath, pathKey } from "./Mailbox.ts"
import { Fatal, MailError, type Side } from "./MailError.ts"
import type { MessagePlan } from "./MessagePlan.ts"
import { makeMessageTransfer, type RefusedStep, type TransferParts } from "./MessageTransfer.ts"
import { RunEvents } from "./RunEvent.ts"

/** Why a transfer ended before its plan did. */
export type StoppedBy = { readonly _tag: "Asked" } | MailError | LedgerError

export interface TransferResult {
  /** Messages this transfer finished. */
  readonly done: number
  readonly bytes: number
  /** Messages the source no longer shows where it did: it has to be listed again. */
  readonly stale: number
  readonly stoppedBy: Option.Option<StoppedBy>
}

/** Messages in a row whose retries were spent on one side, after which that side counts as unreachable. */
const spentInARow = 3

/** Refusals in a row that nobody could classify, after which the fault is ours or the server's and not the messages'. */
const unclassifiedInARow = 20

/** Messages at work beyond the calls in flight, so that the next fetch overlaps the append before it. */
const fetchAhead = 4

/**
 * Pulls the plan and carries messages over, as many at a time as the destination's pace allows. One bad message never
 * stops the rest; what stops the run (`stop`, refused credentials, a full account, an unreachable end) ends the pulling
 * and lets what is in flight finish, so that nothing is left of unknown outcome without need.
 */
export const transfer = Effect.fn("Transfer")(function* <E>(
  plans: Stream.Stream<MessagePlan, E>,
  parts: TransferParts,
  stop: Effect.Effect<boolean>
) {
  const events = yield* RunEvents
  const ledger = yield* Ledger
  const { salvage, transfer } = yield* makeMessageTransfer(parts)
  let stoppedBy = Option.none<StoppedBy>()
  let done = 0
  let bytes = 0
  let stale = 0
  let unclassified = 0
  const spent: Record<Side, number> = { source: 0, destination: 0 }
  const skippedMailboxes = new Set<string>()

  const stopBy = Effect.fnUntraced(function* (cause: StoppedBy) {
    if (Option.isSome(stoppedBy)) return
    stoppedBy = Option.some(cause)
    const detail = cause._tag === "Asked" ? "asked to stop" : cause.message
    yield* events.emit({ _tag: "Stopping", detail })
  })

  const noteLoss = ({ message }: MessagePlan, kind: string, detail: string) =>
    ledger.reports.loss({ message: message.id, kind, detail, run: parts.run })

  const setAside = Effect.fnUntraced(function* (
    { message }: MessagePlan,
    why: string,
    detail: string,
    advice: string | undefined
  ) {
    const glimpse = yield* salvage(message)
    const subject = Option.orElse(message.subject, () => glimpse?.subject ?? Option.none())
    yield* parts.quarantine(
      { ...message, subject },
      { why, detail, advice, bytes: glimpse?.bytes ?? Option.none() }
    )
  })

  const skipped = Effect.fnUntraced(function* (mailbox: MailboxPath, detail: string) {
    if (skippedMailboxes.has(pathKey(mailbox))) return
    skippedMailboxes.add(pathKey(mailbox))
    yield* events.emit({ _tag: "MailboxSkipped", mailbox, detail })
  })

  /** Steps on a message that is there, which could not be taken; tells whether the next run has to take them. */
  const noteRefused = Effect.fnUntraced(function* (plan: MessagePlan, refused: ReadonlyArray<RefusedStep>) {
    for (const { detail, kind, mailbox } of refused) {
      yield* noteLoss(plan, kind, detail)
      if (kind === "mailbox-refused") yield* skipped(mailbox, detail)
    }
    return refused.some(({ kind }) => kind === "mailbox-refused" || kind === "flag-refused")
  })

  const failed = Effect.fnUntraced(function* (plan: MessagePlan, error: MailError) {
    const { reason } = error
    switch (dispositionOf(reason)._tag) {
      case "StopRun":
      // The guard has waited for as long as a run waits: every other message would be told the same.
      case "PauseAccount":
        return yield* stopBy(error)
      case "SkipMailbox": {
        yield* noteLoss(plan, "mailbox-refused", reason.detail)
        return yield* skipped(plan.placement.home, reason.detail)
      }
      case "Retry": {
        yield* noteLoss(plan, "retries-spent", reason.detail)
        const side = error.side ?? "destination"
        spent[side]++
        if (spent[side] >= spentInARow) yield* stopBy(error)
        return
      }
      case "SkipMessage": {
        if (reason._tag !== "MessageRejected" || reason.why === "gone") return
        // Only a refused fetch gets here: what the destination refuses is set aside where its octets are at hand.
        return yield* setAside(plan, reason.why, reason.detail, reason.advice)
      }
    }
  })

  const unreadable = (plan: MessagePlan) =>
    plan.message.quarantined
      ? Effect.void
      : setAside(
          plan,
          "unreadable",
          Option.getOrElse(plan.message.unreadable, () => ""),
          undefined
        )

  const noteLosses = (plan: MessagePlan) =>
    Effect.forEach(
      [...plan.placement.losses, ...plan.changes],
      ({ detail, kind }) => noteLoss(plan, kind, detail),
      { discard: true }
    )

  const carry = Effect.fnUntraced(function* (plan: MessagePlan) {
    if (Option.isSome(stoppedBy)) return
    const result = yield* Effect.result(transfer(plan))
    if (Result.isFailure(result)) {
      const error = result.failure
      if (error._tag === "LedgerError") return yield* stopBy(error)
      return yield* failed(plan, error).pipe(Effect.catch(stopBy))
    }
    const outcome = result.success
    spent.source = 0
    if (outcome._tag === "Stale") {
      stale++
      const noted = noteLoss(plan, "not-given", "the source lists it, and does not give it")
      return yield* Effect.catch(noted, stopBy)
    }
    spent.destination = 0
    if (outcome._tag === "Done") {
      bytes += outcome.bytes
      unclassified = 0
      const isLeft = yield* noteRefused(plan, outcome.refused).pipe(
        Effect.catch((error) => Effect.as(stopBy(error), true))
      )
      if (!isLeft) done++
    }
    if (outcome._tag !== "Refused") return
    unclassified = outcome.why === "unclassified" ? unclassified + 1 : 0
    if (unclassified >= unclassifiedInARow) {
      yield* stopBy(breaker(parts.destination.kind))
    }
  })

  yield* plans.pipe(
    Stream.tap(noteLosses),
    Stream.tap((plan) => (plan.status === "unreadable" ? unreadable(plan) : Effect.void)),
    Stream.filter(({ status }) => status === "to-do"),
    Stream.takeWhileEffect(() =>
      Effect.flatMap(stop, (asked) =>
        Effect.as(asked ? stopBy({ _tag: "Asked" }) : Effect.void, !asked && Option.isNone(stoppedBy))
      )
    ),
    Stream.mapEffect(carry, {
      concurrency: parts.destination.capabilities.pace.concurrentCalls + fetchAhead,
      unordered: true
    }),
    Stream.runDrain
  )
  yield* Option.isSome(stoppedBy) && stoppedBy.value._tag === "LedgerError"
    ? Effect.void
    : ledger.placements.flush
  return { done, bytes, stale, stoppedBy } satisfies TransferResult
})

const breaker = (adapter: string) =>
  new MailError({
    adapter,
    operation: "append",
    side: "destination",
    reason: new Fatal({
      detail: `the destination refused ${unclassifiedInARow} messages in a row for no reason it would name`,
      advice: "Run again later; if it goes on, append one message by hand with another program to see why."
    })
  })
