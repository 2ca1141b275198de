import type { Pace } from "@mailferry/core/Capabilities.ts"
import type { AppendReceipt, AppendRequest, DestinationService } from "@mailferry/core/Destination.ts"
import { guardDestination } from "@mailferry/core/Guard.ts"
import { LimitsStore, makeLimitsAlone } from "@mailferry/core/LimitsStore.ts"
import { type MailErrorReason, Throttled, Transient } from "@mailferry/core/MailError.ts"
import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import { Clock, DateTime, Duration, Effect, Option } from "effect"

import { units } from "./PaceLimits.ts"
import { recordedEvents } from "./RecordedEvents.ts"
import { capabilities, mailError, stubDestination } from "./Stubs.ts"

export const request: AppendRequest = {
  mailbox: ["INBOX"],
  labels: [],
  flags: new Set(),
  keywords: new Set(),
  internalDate: DateTime.makeUnsafe(0),
  messageId: Option.none(),
  bytes: new Uint8Array(1000),
  ticket: Effect.succeedNone,
  migrationKey: "0".repeat(64),
  lose: () => Effect.void,
  spend: () => Effect.void,
  note: () => Effect.void
}
export const receipt: AppendReceipt = { locator: Option.none() }
export const throttled = (fields: Omit<ConstructorParameters<typeof Throttled>[0], "detail">) =>
  new Throttled({ detail: "slow down", ...fields })
export const lost = new Transient({ detail: "connection lost", applied: "no" })

export const start = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.forkChild(effect, { startImmediately: true })

/** An append that answers in this order, the last for ever, and when it was called; `undefined` is success. */
export const scripted = (...reasons: ReadonlyArray<MailErrorReason | undefined>) => {
  const at: Array<number> = []
  const append = () =>
    Effect.gen(function* () {
      const reason = reasons[Math.min(at.length, reasons.length - 1)]
      at.push(yield* Clock.currentTimeMillis)
      return reason === undefined ? receipt : yield* mailError(reason)
    })
  return { at, append }
}

interface Paced {
  readonly backoff?: Pace["backoff"]
  readonly concurrentAtFirst?: number
  readonly limits?: ReadonlyArray<PaceLimit>
  readonly concurrentCalls?: number
  readonly store?: LimitsStore["Service"]
}

export const paced = Effect.fnUntraced(function* (
  destination: Partial<DestinationService>,
  { backoff, concurrentAtFirst = 8, concurrentCalls = 8, limits = [units], store }: Paced = {}
) {
  const { events, layer, tags } = recordedEvents()
  const attemptTimeout = Duration.hours(1)
  const pace = {
    concurrentAtFirst,
    concurrentCalls,
    attemptTimeout,
    limits,
    ...(backoff === undefined ? {} : { backoff })
  }
  const kept = store ?? (yield* makeLimitsAlone)
  const guard = yield* guardDestination(
    stubDestination({ ...destination, capabilities: { ...capabilities, pace } })
  ).pipe(Effect.provide(layer), Effect.provideService(LimitsStore, kept))
  return { guard, events, tags, store: kept }
})
