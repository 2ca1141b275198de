import type { Destination } from "@mailferry/core/Destination.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"
import * as TrustStoreMemory from "@mailferry/testkit/TrustStoreMemory.ts"
import { Effect, Layer, Schema } from "effect"

import { GmailDestination } from "../../src/GmailAdapter.ts"

/** What a job file says about the destination. */
export type Job = typeof GmailDestination.Config.Encoded

/** The destination a job file describes, as the CLI would connect it. */
export const jobLayer = (job: Job): Layer.Layer<Destination, MailError> =>
  Layer.unwrap(
    Effect.map(Effect.orDie(Schema.decodeEffect(GmailDestination.Config)(job)), GmailDestination.layer)
  ).pipe(Layer.provide(TrustStoreMemory.layer))

/** The job for an account of a rehearsal server: by a token, unless it names its credentials. */
export const jobFor = (server: RehearsalGmail, more: Partial<Job> = {}): Job => ({
  user: server.user,
  ...(more.credentials === undefined ? { token: server.token } : {}),
  endpoint: { api: server.url, token: `${server.url}/token` },
  ...more
})
