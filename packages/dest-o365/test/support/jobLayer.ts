import type { Destination } from "@mailferry/core/Destination.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import * as TrustStoreMemory from "@mailferry/testkit/TrustStoreMemory.ts"
import { Effect, Layer, Schema } from "effect"

import { O365Destination } from "../../src/O365Adapter.ts"

/** What a job file says about the destination. */
export type Job = typeof O365Destination.Config.Encoded

/** The destination a job file describes, as the CLI would connect it. */
export const jobLayer = (job: Job): Layer.Layer<Destination, MailError> =>
  Layer.unwrap(
    Effect.map(Effect.orDie(Schema.decodeEffect(O365Destination.Config)(job)), O365Destination.layer)
  ).pipe(Layer.provide(TrustStoreMemory.layer))

/** The job for an account of a rehearsal server: by a token, unless it names its credentials. */
export const jobFor = (server: RehearsalGraph, more: Partial<Job> = {}): Job => ({
  user: server.user,
  ...(more.credentials === undefined ? { token: server.token } : {}),
  endpoint: { graph: server.url, authority: server.url },
  ...more
})
