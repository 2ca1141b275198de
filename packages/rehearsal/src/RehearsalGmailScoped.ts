import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import type { RehearsalGmailOptions } from "./gmail/GmailOptions.ts"
import { RehearsalGmail } from "./RehearsalGmail.ts"

/** A rehearsal Gmail that lives as long as the scope. */
export const gmailScoped = (
  options: RehearsalGmailOptions = {}
): Effect.Effect<RehearsalGmail, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => RehearsalGmail.start(options)),
    (server) => Effect.promise(() => server.stop())
  )
