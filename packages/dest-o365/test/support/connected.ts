import { Destination, type DestinationService } from "@mailferry/core/Destination.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { Context, Effect, Layer, type Scope } from "effect"

import { jobFor, type Job, jobLayer } from "./jobLayer.ts"

/** A connection to an account of a rehearsal server, as long as the scope lasts. */
export const connected = (
  server: RehearsalGraph,
  more: Partial<Job> = {}
): Effect.Effect<DestinationService, MailError, Scope.Scope> =>
  Effect.map(Layer.build(jobLayer(jobFor(server, more))), Context.get(Destination))
