import { resolve } from "node:path"

import * as Ledger from "@mailferry/core/Ledger.ts"
import * as LimitsStore from "@mailferry/core/LimitsStore.ts"
import { connectWhenFree } from "@mailferry/core/PaceConnect.ts"
import { PlanFile } from "@mailferry/core/PlanFile.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

import { accountOf, type Job, readJob, readText } from "./JobFile.ts"
import { decodePlan } from "./PlanText.ts"
import { loadKinds } from "./Registry.ts"
import * as RunTelling from "./RunTelling.ts"
import type { Telling } from "./RunTelling.ts"
import { secretsOf } from "./Secrets.ts"
import { defaultDirectory, keepDirectory, pairState, type PairState } from "./State.ts"
import * as TrustStoreFile from "./TrustStoreFile.ts"

/** Flags of every command that works on a job. */
export interface JobFlags {
  readonly job: string
  readonly state: Option.Option<string>
}

export interface OpenJob {
  readonly job: Job
  readonly state: PairState
  /** Whether a person named the state directory. */
  readonly stateChosen: boolean
}

/** Reads the job file and finds its state. Touches neither account and no secret. */
export const openJob = Effect.fnUntraced(function* (flags: JobFlags) {
  const job = yield* readJob(flags.job, yield* loadKinds)
  const directory = resolve(Option.getOrElse(flags.state, () => defaultDirectory(process.env)))
  const state = pairState(directory, job.source.accountId, job.destination.accountId)
  return { job, state, stateChosen: Option.isSome(flags.state) } satisfies OpenJob
})

/** A reviewed plan file for this job; one of other accounts is refused. */
export const openPlan = Effect.fnUntraced(function* (file: Option.Option<string>, { job }: OpenJob) {
  if (Option.isNone(file)) return Option.none<PlanFile>()
  const text = yield* readText("plan file", file.value)
  return Option.some(yield* Effect.fromResult(decodePlan(file.value, text, job)))
})

/**
 * Both accounts, connected, and the ledger of their pair, locked. The lock comes first: a second run is told so before
 * it logs in anywhere. Then the source, then the destination, so that of two dead ends the same one is always named.
 */
export const connected = (open: OpenJob, telling: Telling) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { job, state } = open
      yield* keepDirectory(state.directory, open.stateChosen)
      const source = yield* Effect.fromResult(accountOf(job.source, yield* secretsOf(job.file, job.source)))
      const destination = yield* Effect.fromResult(
        accountOf(job.destination, yield* secretsOf(job.file, job.destination))
      )
      const ledger = Ledger.layer({
        filename: state.ledger,
        sourceAccount: source.accountId,
        destinationAccount: destination.accountId,
        exclusive: true
      })
      return connectWhenFree(job.destination.provider.kind, destination.layer).pipe(
        Layer.provideMerge(source.layer),
        Layer.provideMerge(
          Layer.mergeAll(
            ledger,
            TrustStoreFile.layer(state.knownCertificates),
            LimitsStore.layer(state.limits, destination.accountId)
          )
        ),
        Layer.provideMerge(RunTelling.layer(telling))
      )
    })
  )
