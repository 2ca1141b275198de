import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import type { ProtonAccount } from "./ProtonAccount.ts"
import { RehearsalBridge, type RehearsalBridgeOptions } from "./RehearsalBridge.ts"

/** A rehearsal Bridge for as long as the scope lasts. That it cannot start, or that a session of it broke, is a defect. */
export const bridgeScoped = (
  account: ProtonAccount,
  options: RehearsalBridgeOptions = {}
): Effect.Effect<RehearsalBridge, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => RehearsalBridge.start(account, options)),
    (bridge) => Effect.promise(() => bridge.stop())
  )
