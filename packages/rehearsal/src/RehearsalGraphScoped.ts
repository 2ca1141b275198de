import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import type { RehearsalGraphOptions } from "./graph/GraphOptions.ts"
import { RehearsalGraph } from "./RehearsalGraph.ts"

/** A rehearsal Exchange that lives as long as the scope. */
export const graphScoped = (
  options: RehearsalGraphOptions = {}
): Effect.Effect<RehearsalGraph, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => RehearsalGraph.start(options)),
    (server) => Effect.promise(() => server.stop())
  )
