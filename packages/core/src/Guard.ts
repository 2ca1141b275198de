import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import type { Pace } from "./Capabilities.ts"
import { makeConcurrency } from "./Concurrency.ts"
import type { DestinationService } from "./Destination.ts"
import { dispositionOf } from "./Disposition.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import {
  MailError,
  type MailErrorReason,
  MessageRejected,
  type Operation,
  type Side,
  Throttled,
  Transient
} from "./MailError.ts"
import { makePaceAccount } from "./PaceAccount.ts"
import { type Patience, patienceWith, steady } from "./PaceBackoff.ts"
import { type Load, meteredPrices, type Prices, pricesOf } from "./PacePrice.ts"
import { RunEvents } from "./RunEvent.ts"

export interface GuardLimits extends Omit<Pace, "backoff" | "otherWays"> {
  readonly patience: Patience
}

/**
 * Bridge may sit on a command while it downloads a message whose file is missing (bridge.md section 6), hence the long
 * attempt.
 */
const sourceLimits: GuardLimits = {
  concurrentCalls: 32,
  attemptTimeout: Duration.minutes(5),
  limits: [],
  patience: steady
}

interface CallOptions {
  /** Whether a second call after one of unknown outcome changes nothing. */
  readonly repeatable?: boolean
  readonly retries?: number
  readonly load?: Load
}

/**
 * Tries of a call that reads messages of the source beyond the first: enough for a connection that was cut, few enough
 * to notice soon that one message cuts it each time. Whoever asked then asks a cheap question, with all patience, to
 * tell that message from a service that is away.
 */
const readingRetries = { retries: 2 }

/** Tries of a question about one upload beyond the first: a service may be unable to answer for this one alone. */
const recallRetries = { retries: 4 }

/** Steps that a service refuses for one message's sake, so that its last word can set that message aside. */
const steps: ReadonlySet<Operation> = new Set<Operation>(["append", "copy", "addFlags"])

/** What a service has said so often that it means it. */
const lastWord = (error: MailError, { advice, detail }: Transient): MailError =>
  steps.has(error.operation)
    ? new MailError({
        adapter: error.adapter,
        operation: error.operation,
        ...(error.side === undefined ? {} : { side: error.side }),
        reason: new MessageRejected({
          why: "unclassified",
          detail,
          ...(advice === undefined ? {} : { advice })
        })
      })
    : error

/** What the account asks for by a failure, whatever else it says. */
const throttledBy = (reason: MailErrorReason): Throttled | undefined => {
  if (reason._tag === "Throttled") return reason
  if (reason._tag !== "Transient" || reason.retryAfter === undefined) return undefined
  return new Throttled({ detail: reason.detail, retryAfter: reason.retryAfter })
}

/**
 * The one place where calls wait, are limited and are tried again.
 *
 * Order, outermost first: retry, permit, account gate, budget, attempt timeout, adapter. Retry is outermost so a call
 * that waits for its next try holds no permit; the gate is shared so one Throttled pauses every worker of the account,
 * and stands within the permit, closed before a refused call gives its permit back, so that whoever gets it sees the
 * pause. A call that waits for its budget keeps its permit: nobody else could send anything before it, and so what is
 * taken in advance is never more than what may be in flight. The timeout is innermost so it measures an attempt and not
 * a wait. A pause uses up no retries. `repeatable: false` (append, copy) is tried again only while it is certain that
 * nothing was stored; an unknown outcome is its caller's to settle.
 */
const makeGuard = Effect.fnUntraced(function* (side: Side, kind: string, limits: GuardLimits) {
  const events = yield* RunEvents
  const concurrency = yield* makeConcurrency(limits)
  const pace = yield* makePaceAccount(side, limits.limits)

  const refused = Effect.fnUntraced(function* (reason: Throttled, prices: Prices, sentAt: number) {
    yield* reason.over === "concurrency" ? concurrency.tooMany(sentAt) : Effect.void
    yield* concurrency.disturbed
    yield* pace.refused(reason, prices, sentAt)
  })

  const once = <A>(operation: Operation, attempt: Effect.Effect<A, MailError>, prices: Prices) =>
    Effect.flatMap(Clock.currentTimeMillis, (sentAt) =>
      attempt.pipe(
        Effect.timeoutOrElse({
          duration: limits.attemptTimeout,
          orElse: () =>
            Effect.fail(
              new MailError({
                adapter: kind,
                operation,
                reason: new Transient({ detail: "no reply in time", applied: "unknown" })
              })
            )
        }),
        Effect.tapError(({ reason }) => {
          const throttled = throttledBy(reason)
          if (throttled === undefined) return Effect.void
          const all = operation === "append" ? [...prices, ...meteredPrices(limits.limits, 1)] : prices
          return refused(throttled, all, sentAt)
        })
      )
    ).pipe(
      pace.whenAdmitted(prices),
      concurrency.withPermit,
      Effect.mapError((error) =>
        error._tag === "MailError" && error.side === undefined
          ? new MailError({ adapter: error.adapter, operation: error.operation, side, reason: error.reason })
          : error
      )
    )

  /** Waits until the account may be sent one more request of an append that is several. */
  const spend = (octets: number): Effect.Effect<void, MailError> =>
    Effect.void.pipe(
      pace.whenAdmitted(meteredPrices(limits.limits, octets)),
      Effect.mapError(({ reason }) => new MailError({ adapter: kind, operation: "append", side, reason }))
    )

  const call = <A>(
    operation: Operation,
    attempt: Effect.Effect<A, MailError>,
    { load, repeatable = true, retries = limits.patience.retries }: CallOptions = {}
  ): Effect.Effect<A, MailError> =>
    Effect.gen(function* () {
      const prices = pricesOf(limits.limits, operation, load)
      let sameWord = 0
      let troubledSince: number | undefined
      for (let attempts = 0; ;) {
        const result = yield* Effect.result(once(operation, attempt, prices))
        if (Result.isSuccess(result)) {
          yield* pace.answered
          yield* concurrency.answered
          return result.success
        }
        const error = result.failure
        if (error._tag === "PauseTooLong") {
          return yield* new MailError({ adapter: kind, operation, side, reason: error.reason })
        }
        const { reason } = error
        const disposition = dispositionOf(reason)
        if (disposition._tag === "PauseAccount") {
          troubledSince = undefined
          continue
        }
        if (reason._tag === "Transient" && reason.atMost !== undefined && ++sameWord >= reason.atMost) {
          return yield* lastWord(error, reason)
        }
        const now = yield* Clock.currentTimeMillis
        troubledSince ??= now
        const again = disposition._tag === "Retry" && (repeatable || !disposition.lookFirst)
        const isSpent =
          attempts >= retries || now - troubledSince >= Duration.toMillis(limits.patience.within)
        if (!again || isSpent) return yield* error
        const inMillis = yield* limits.patience.wait(attempts)
        attempts++
        yield* events.emit({
          _tag: "Retrying",
          side,
          operation,
          attempt: attempts,
          inMillis,
          detail: error.reason.detail
        })
        yield* Effect.sleep(Duration.millis(inMillis))
      }
    })

  return { call, spend }
})

type Call = Effect.Success<ReturnType<typeof makeGuard>>["call"]

const guardedReader = (inner: MailboxReader, call: Call, reading: CallOptions): MailboxReader => ({
  kind: inner.kind,
  account: inner.account,
  listMailboxes: call("listMailboxes", inner.listMailboxes),
  list: (mailbox, from) => call("list", inner.list(mailbox, from)),
  end: (mailbox) => call("end", inner.end(mailbox)),
  describe: (mailbox, locators) =>
    call("describe", inner.describe(mailbox, locators), { ...reading, load: { messages: locators.length } }),
  glimpse: (mailbox, locator) => call("glimpse", inner.glimpse(mailbox, locator), reading),
  fetch: (mailbox, locator) => call("fetch", inner.fetch(mailbox, locator), reading)
})

/** The source, patient. Takes a reader and gives back a reader, so nothing above knows it is there. */
export const guardSource = (inner: MailboxReader, limits: Partial<GuardLimits> = {}) =>
  Effect.map(makeGuard("source", inner.kind, { ...sourceLimits, ...limits }), ({ call }) =>
    guardedReader(inner, call, readingRetries)
  )

/** The destination, patient and within its pace. */
export const guardDestination = (inner: DestinationService, limits: Partial<GuardLimits> = {}) => {
  const { pace } = inner.capabilities
  const isPaced = pace.limits.length > 0
  return Effect.map(
    makeGuard("destination", inner.kind, { patience: patienceWith(pace), ...pace, ...limits }),
    ({ call, spend }): DestinationService => ({
      ...guardedReader(inner, call, isPaced ? {} : readingRetries),
      capabilities: inner.capabilities,
      ensureMailbox: (path, specialUse) => call("ensureMailbox", inner.ensureMailbox(path, specialUse)),
      append: (request) =>
        Effect.suspend(() => {
          let alone = false
          const attempt = Effect.suspend(() =>
            inner.append({ ...request, spend, ...(alone ? { alone } : {}) })
          ).pipe(
            Effect.tapError(({ reason }) =>
              Effect.sync(() => {
                alone ||= reason._tag === "Transient" && reason.alone === true
              })
            )
          )
          return call("append", attempt, { repeatable: false, load: { octets: request.bytes.length } })
        }),
      copy: (message, into) => call("copy", inner.copy(message, into), { repeatable: false }),
      recall: (ticket) => call("recall", inner.recall(ticket), recallRetries),
      discard: (ticket) => call("discard", inner.discard(ticket)),
      addFlags: (message, flags) => call("addFlags", inner.addFlags(message, flags)),
      find: (mailbox, identity) => call("find", inner.find(mailbox, identity))
    })
  )
}
