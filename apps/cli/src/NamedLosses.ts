import * as Ledger from "@mailferry/core/Ledger.ts"
import * as Effect from "effect/Effect"

import type { NamedLoss } from "./Fidelity.ts"
import { type JobFlags, openJob } from "./OpenJob.ts"

/** Every loss that the ledger of this job names, whatever run met with it. */
export const namedLosses = Effect.fnUntraced(function* (flags: JobFlags) {
  const { job, state } = yield* openJob(flags)
  const ledger = Ledger.layer({
    filename: state.ledger,
    sourceAccount: job.source.accountId,
    destinationAccount: job.destination.accountId,
    exclusive: false
  })
  const rows = yield* Effect.flatMap(Ledger.Ledger, ({ reports }) => reports.losses).pipe(
    Effect.provide(ledger)
  )
  return rows.map(({ key, kind }): NamedLoss => ({ id: key, kind }))
})
