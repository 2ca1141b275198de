import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"

import { makeAccountGate } from "./AccountGate.ts"
import type { DestinationService } from "./Destination.ts"
import { dispositionOf } from "./Disposition.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import { MailError, type Operation, type Side, Transient } from "./MailError.ts"
import { RunEvents } from "./RunEvent.ts"

export interface GuardLimits {
  /** Tries of one call beyond the first. Pauses that the service asked for do not count. */
  readonly retries: number
  /** Calls in flight. */
  readonly concurrentCalls: number
  readonly attemptTimeout: Duration.Duration
}

/**
 * Eight tries with waits of 0.5 to 30 s ride out about a minute and a half. Bridge may sit on a command while it
 * downloads a message whose file is missing (bridge.md section 6), hence the long attempt.
 */
const sourceLimits: GuardLimits = { retries: 8, concurrentCalls: 32, attemptTimeout: Duration.minutes(5) }

interface CallOptions {
  /** Whether a second call after one of unknown outcome changes nothing. */
  readonly repeatable?: boolean
  readonly retries?: number
}

/**
 * Tries of a call that reads messages beyond the first: enough for a connection that was cut, few enough to notice
 * soon that one message cuts it each time. Whoever asked then asks a cheap question, with all patience, to tell
 * that message from a service that is away.
 */
const readingRetries = { retries: 2 }

/** 0.5 s doubled up to 30 s, each between half and all of that, so that workers cut off together do not return together. */
const backoff = (attempt: number) =>
  Effect.map(Random.nextBetween(0.5, 1), (share) => Math.round(Math.min(500 * 2 ** attempt, 30_000) * share))

/**
 * The one place where calls wait, are limited and are tried again.
 *
 * Order, outermost first: retry, permit, account gate, attempt timeout, adapter. Retry is outermost so a call that
 * waits for its next try holds no permit; the gate is shared so one Throttled pauses every worker of the account, and
 * stands within the permit, closed before a refused call gives its permit back, so that whoever gets it sees the pause;
 * the timeout is innermost so it measures an attempt and not a wait. A pause uses up no retries. `repeatable: false`
 * (append, copy) is tried again only while it is certain that nothing was stored; an unknown outcome is its caller's
 * to settle.
 */
const makeGuard = Effect.fnUntraced(function* (side: Side, adapter: string, limits: GuardLimits) {
  const events = yield* RunEvents
  const permits = yield* Semaphore.make(limits.concurrentCalls)
  const gate = makeAccountGate(side, events)

  const once = <A>(operation: Operation, attempt: Effect.Effect<A, MailError>) =>
    attempt.pipe(
      Effect.timeoutOrElse({
        duration: limits.attemptTimeout,
        orElse: () =>
          Effect.fail(
            new MailError({
              adapter,
              operation,
              reason: new Transient({ detail: "no reply in time", applied: "unknown" })
            })
          )
      }),
      Effect.tapError(({ reason }) => {
        const disposition = dispositionOf(reason)
        return disposition._tag === "PauseAccount" ? gate.close(disposition.for, reason.detail) : Effect.void
      }),
      gate.whenOpen,
      permits.withPermit,
      Effect.mapError((error) =>
        error.side === undefined
          ? new MailError({ adapter: error.adapter, operation: error.operation, side, reason: error.reason })
          : error
      )
    )

  return <A>(
    operation: Operation,
    attempt: Effect.Effect<A, MailError>,
    { repeatable = true, retries = limits.retries }: CallOptions = {}
  ): Effect.Effect<A, MailError> =>
    Effect.gen(function* () {
      for (let attempts = 0; ;) {
        const result = yield* Effect.result(once(operation, attempt))
        if (Result.isSuccess(result)) {
          yield* gate.answered
          return result.success
        }
        const error = result.failure
        const disposition = dispositionOf(error.reason)
        if (disposition._tag === "PauseAccount") continue
        const again = disposition._tag === "Retry" && (repeatable || !disposition.lookFirst)
        if (!again || attempts >= retries) return yield* error
        const inMillis = yield* backoff(attempts)
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
})

type Call = Effect.Success<ReturnType<typeof makeGuard>>

const guardedReader = (inner: MailboxReader, call: Call): MailboxReader => ({
  kind: inner.kind,
  account: inner.account,
  listMailboxes: call("listMailboxes", inner.listMailboxes),
  list: (mailbox, from) => call("list", inner.list(mailbox, from)),
  end: (mailbox) => call("end", inner.end(mailbox)),
  describe: (mailbox, locators) => call("describe", inner.describe(mailbox, locators), readingRetries),
  glimpse: (mailbox, locator) => call("glimpse", inner.glimpse(mailbox, locator), readingRetries),
  fetch: (mailbox, locator) => call("fetch", inner.fetch(mailbox, locator), readingRetries)
})

/** The source, patient. Takes a reader and gives back a reader, so nothing above knows it is there. */
export const guardSource = (inner: MailboxReader, limits: Partial<GuardLimits> = {}) =>
  Effect.map(makeGuard("source", inner.kind, { ...sourceLimits, ...limits }), (call) =>
    guardedReader(inner, call)
  )

/** The destination, patient and within its pace. */
export const guardDestination = (inner: DestinationService, limits: Partial<GuardLimits> = {}) =>
  Effect.map(
    makeGuard("destination", inner.kind, {
      retries: sourceLimits.retries,
      ...inner.capabilities.pace,
      ...limits
    }),
    (call): DestinationService => ({
      ...guardedReader(inner, call),
      capabilities: inner.capabilities,
      ensureMailbox: (path, specialUse) => call("ensureMailbox", inner.ensureMailbox(path, specialUse)),
      append: (request) =>
        Effect.suspend(() => {
          let alone = false
          const attempt = Effect.suspend(() => inner.append(alone ? { ...request, alone } : request)).pipe(
            Effect.tapError(({ reason }) =>
              Effect.sync(() => {
                alone ||= reason._tag === "Transient" && reason.alone === true
              })
            )
          )
          return call("append", attempt, { repeatable: false })
        }),
      copy: (message, into) => call("copy", inner.copy(message, into), { repeatable: false }),
      recall: (ticket) => call("recall", inner.recall(ticket)),
      addFlags: (message, flags) => call("addFlags", inner.addFlags(message, flags)),
      find: (mailbox, identity) => call("find", inner.find(mailbox, identity))
    })
  )
