import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import { RehearsalImapServer, type RehearsalImapServerOptions } from "./RehearsalImapServer.ts"

/** A server that lives as long as the scope. */
export const imapServerScoped = (
  options: RehearsalImapServerOptions = {}
): Effect.Effect<RehearsalImapServer, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => RehearsalImapServer.start(options)),
    (server) => Effect.promise(() => server.stop())
  )
