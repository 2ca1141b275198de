import { MailError, type Operation } from "@mailferry/core/MailError.ts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

import type { FailureContext } from "../FailureContext.ts"
import { graphReason } from "../GraphErrors.ts"
import type { GraphFailure } from "./GraphFailure.ts"

/** What of a call the classifier cannot see in its answer. */
export type Circumstance = Pick<FailureContext, "notRepeatable" | "missing">

/** What a failure of the wire means, as the error that leaves the adapter. */
export type Told = <A>(
  operation: Operation,
  call: Effect.Effect<A, GraphFailure | MailError>,
  circumstance?: Circumstance
) => Effect.Effect<A, MailError>

export const toldOf =
  (owner: Pick<FailureContext, "consentUrl" | "isApplication" | "user">): Told =>
  (operation, call, circumstance) =>
    Effect.catchTag(call, "GraphFailure", (failure) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const context = { ...owner, operation, now, ...circumstance }
        return Effect.fail(
          new MailError({ adapter: "o365", operation, reason: graphReason(failure, context) })
        )
      })
    )
