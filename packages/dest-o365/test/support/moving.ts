import type { Destination } from "@mailferry/core/Destination.ts"
import * as Ledger from "@mailferry/core/Ledger.ts"
import { defaultRules, type Rules } from "@mailferry/core/Rules.ts"
import { runMigration, type RunOptions } from "@mailferry/core/Run.ts"
import { RunEvents } from "@mailferry/core/RunEvent.ts"
import { Source } from "@mailferry/core/Source.ts"
import { verifyMigration } from "@mailferry/core/Verify.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import type * as Account from "@mailferry/testkit/MemoryAccount.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { Clock, Effect, Layer, Option, Stream } from "effect"

import { hastyClock } from "./hastyClock.ts"
import { jobFor, type Job, jobLayer } from "./jobLayer.ts"

const options: RunOptions = {
  rules: defaultRules,
  planFile: Option.none(),
  pilot: "skip",
  stop: Effect.succeed(false),
  byteBudget: 16 << 20,
  quarantineDirectory: Option.none(),
  retryQuarantined: false
}

/** How many times faster core's clock goes here. */
const haste = 50

/** Runs and verifications from a source into a rehearsal Exchange, with one ledger. */
export const moving = Effect.fnUntraced(function* (
  server: RehearsalGraph,
  source: Account.MemoryAccount,
  { job = {}, rules = {} }: { readonly job?: Partial<Job>; readonly rules?: Partial<Rules> } = {}
) {
  const ledger = yield* Layer.build(
    Ledger.layer({ filename: ":memory:", sourceAccount: "a", destinationAccount: "b", exclusive: true })
  )
  const services = Layer.mergeAll(
    Layer.succeed(Source, MemorySource.make(source)),
    jobLayer(jobFor(server, job)),
    Layer.succeed(RunEvents, { emit: () => Effect.void, stream: Stream.empty }),
    Layer.succeedContext(ledger)
  )
  const process = <A, E>(program: Effect.Effect<A, E, Source | Destination | RunEvents | Ledger.Ledger>) =>
    Effect.provide(program, Layer.fresh(services)).pipe(
      // Of what core waits for until it looks again, nothing is lost but time.
      Effect.provideService(Clock.Clock, hastyClock(haste))
    )
  const all = { ...options, rules: { ...defaultRules, ...rules } }
  return {
    run: Effect.map(process(Effect.scoped(runMigration(all))), ({ result }) => result),
    verify: process(Effect.scoped(verifyMigration({ ...all, full: true, allowForeign: false })))
  }
})
