import type { MailError } from "@mailferry/core/MailError.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { Duration, Effect, Redacted } from "effect"

import type { AccessTokens } from "../../src/auth/MicrosoftTokens.ts"
import type { GraphFailure } from "../../src/graph/GraphFailure.ts"
import { makeGraphWire } from "../../src/graph/GraphWire.ts"

export const tokensOf = (first: string, renewed = first): AccessTokens => ({
  accessToken: Effect.succeed(Redacted.make(first)),
  refreshed: Effect.succeed(Redacted.make(renewed))
})

export const wireTo = (
  graphUrl: string,
  tokens: AccessTokens = tokensOf("token-1", "token-2"),
  timeout: Duration.Input = "1 minute"
) => makeGraphWire({ graphUrl, tokens, timeout: Duration.fromInputUnsafe(timeout) })

export const wireToExchange = (exchange: RehearsalGraph, token = exchange.token) =>
  wireTo(exchange.url, tokensOf(token))

/** The failure of a call, which is the wire's own. */
export const failureOf = <A>(call: Effect.Effect<A, GraphFailure | MailError>) =>
  Effect.flatMap(Effect.flip(call), (error) =>
    error._tag === "GraphFailure" ? Effect.succeed(error) : Effect.die(error)
  )
