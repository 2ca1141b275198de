import type { Destination } from "@mailferry/core/Destination.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import * as TrustStoreMemory from "@mailferry/testkit/TrustStoreMemory.ts"
import { Effect, Layer, Schema } from "effect"

import { ImapDestinationAdapter } from "../../src/ImapAdapter.ts"

/** What a job file says about the destination. */
export type Job = typeof ImapDestinationAdapter.Config.Encoded

/** The destination a job file describes, as the CLI would connect it. */
export const jobLayer = (job: Job): Layer.Layer<Destination, MailError> =>
  Layer.unwrap(
    Effect.map(
      Effect.orDie(Schema.decodeEffect(ImapDestinationAdapter.Config)(job)),
      ImapDestinationAdapter.layer
    )
  ).pipe(Layer.provide(TrustStoreMemory.layer))
