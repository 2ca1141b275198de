import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

import type { Ending } from "./ExitCode.ts"

/** Where a command that ended without a failure leaves how it ended: a partial run and a full one both succeed as effects. */
export class Conclusion extends Context.Service<
  Conclusion,
  { readonly reach: (ending: Ending) => Effect.Effect<void> }
>()("mailferry/Conclusion") {}
