import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

import { makeAccountGate, type PauseTooLong } from "./AccountGate.ts"
import { LimitsStore } from "./LimitsStore.ts"
import { MailError, type Throttled } from "./MailError.ts"
import { heedHold } from "./PaceAccount.ts"
import { pauseLength } from "./PacePause.ts"
import { RunEvents } from "./RunEvent.ts"

/** A refused connection is kept for the next start, which begins with one. */
const noteHold = Effect.fnUntraced(function* (store: LimitsStore["Service"], reason: Throttled) {
  const since = yield* Clock.currentTimeMillis
  const { stated } = pauseLength(reason, since)
  if (stated === undefined) return
  yield* store.hold({ since, until: since + Duration.toMillis(stated), detail: reason.detail })
})

/**
 * Connects to the destination once it may be called: to connect is to call, and an account that asked for a pause makes
 * it longer when it is called within (gmail.md section 2).
 */
export const connectWhenFree = <A, R>(
  kind: string,
  connect: Layer.Layer<A, MailError, R>
): Layer.Layer<A, MailError, R | LimitsStore | RunEvents> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const store = yield* LimitsStore
      const gate = makeAccountGate("destination", yield* RunEvents)
      const told = ({ reason }: PauseTooLong) =>
        new MailError({ adapter: kind, operation: "connect", side: "destination", reason })
      yield* heedHold(store, gate)
      yield* Effect.mapError(gate.open, told)
      return connect.pipe(
        Layer.tapError(({ reason }) => (reason._tag === "Throttled" ? noteHold(store, reason) : Effect.void))
      )
    })
  )
