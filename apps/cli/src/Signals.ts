import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/**
 * What a person asks by Ctrl-C, and a service manager by SIGTERM. The first ends most commands at once; one that has
 * mail in flight says it will stop by itself, and then only the second ends it.
 */
export class Signals extends Context.Service<
  Signals,
  {
    /** Whether a signal has come. */
    readonly asked: Effect.Effect<boolean>
    /** Waits for the first signal. */
    readonly first: Effect.Effect<void>
    /** While this effect runs, the first signal does not end it. */
    readonly graceful: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>()("mailferry/Signals") {}
