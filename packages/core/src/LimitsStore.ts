import { existsSync } from "node:fs"

import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type { RateLimiterError } from "effect/persistence/RateLimiter"
import * as Scope from "effect/Scope"

import { openLimitsFile } from "./LimitsFile.ts"
import type { Hold, LimitsKeeper } from "./LimitsKeeper.ts"
import { makeLimitsMemory } from "./LimitsMemory.ts"
import { RunEvents } from "./RunEvent.ts"

/**
 * The budgets of published limits: what is left of them, how fast they fill, and which accounts asked for a pause.
 * Shared by every job of this person, and kept when a run ends. Never fails: budgets are for the service's sake, and no
 * run stops for want of them.
 */
export class LimitsStore extends Context.Service<
  LimitsStore,
  Pick<LimitsKeeper<never>, "take" | "rate" | "changeRate"> & {
    /** Holds the account of this job, for every job. */
    readonly hold: (hold: Hold) => Effect.Effect<void>
    readonly held: Effect.Effect<Option.Option<Hold>>
    /** Whether other jobs may spend what this one cannot see: then rates stay where they are certain. */
    readonly alone: () => boolean
  }
>()("@mailferry/core/LimitsStore") {}

const wordsOf = ({ reason }: RateLimiterError): string => {
  const error = "cause" in reason ? reason.cause : undefined
  const cause = typeof error === "object" && error !== null && "reason" in error ? error.reason : undefined
  const inner = typeof cause === "object" && cause !== null && "cause" in cause ? cause.cause : undefined
  return inner instanceof Error ? inner.message : reason.message
}

/** Goes on in memory from the first failure on, with buckets that start empty: nobody knows what was just spent. */
const withMemory = (
  account: string,
  file: Effect.Effect<LimitsKeeper, RateLimiterError>,
  memory: LimitsKeeper<never>,
  lost: (error: RateLimiterError) => Effect.Effect<void>
): LimitsStore["Service"] => {
  let shared: typeof file | undefined = file
  const emptied = new Set<string>()
  const orMemory = <A>(
    ask: (keeper: LimitsKeeper) => Effect.Effect<A, RateLimiterError>,
    instead: Effect.Effect<A>
  ): Effect.Effect<A> =>
    Effect.suspend(() =>
      shared === undefined
        ? instead
        : Effect.catch(Effect.flatMap(shared, ask), (error) => {
            // Calls that failed together say it once.
            const first = shared !== undefined
            shared = undefined
            return Effect.andThen(first ? lost(error) : Effect.void, instead)
          })
    )

  return {
    alone: () => shared === undefined,
    take: (bucket) =>
      orMemory(
        (keeper) => keeper.take(bucket),
        Effect.suspend(() => {
          if (emptied.has(bucket.key)) return memory.take(bucket)
          emptied.add(bucket.key)
          return Effect.andThen(memory.take({ ...bucket, tokens: bucket.limit }), memory.take(bucket))
        })
      ),
    rate: (key) => orMemory((keeper) => keeper.rate(key), memory.rate(key)),
    changeRate: (key, change) =>
      orMemory(
        // What the file knew last is where memory goes on.
        (keeper) => Effect.tap(keeper.changeRate(key, change), (rate) => memory.changeRate(key, () => rate)),
        memory.changeRate(key, change)
      ),
    hold: (hold) => orMemory((keeper) => keeper.hold(account, hold), memory.hold(account, hold)),
    held: orMemory((keeper) => keeper.held(account), memory.held(account))
  }
}

/** Budgets of one job by itself, for as long as it lasts. */
export const makeLimitsAlone: Effect.Effect<LimitsStore["Service"]> = Effect.map(
  makeLimitsMemory,
  (memory) => ({
    ...memory,
    hold: (hold) => memory.hold("", hold),
    held: memory.held(""),
    alone: () => false
  })
)

/**
 * Budgets in `limits.sqlite`, opened when first asked for; in memory, and said so, from when it cannot be used. `account`
 * is the destination's, as its adapter's `accountId` has it: pauses are known by it before anybody connects.
 */
export const layer = (filename: string, account: string): Layer.Layer<LimitsStore, never, RunEvents> =>
  Layer.effect(
    LimitsStore,
    Effect.gen(function* () {
      const events = yield* RunEvents
      const scope = yield* Effect.scope
      const file = yield* Effect.cached(Scope.provide(openLimitsFile(filename), scope))
      // To look for what was never kept makes no file: most destinations publish no limits.
      const isThere = Effect.sync(() => existsSync(filename))
      const store = withMemory(account, file, yield* makeLimitsMemory, (error) =>
        events.emit({ _tag: "LimitsForgotten", file: filename, detail: wordsOf(error) })
      )
      const held = Effect.flatMap(isThere, (there) =>
        there || store.alone() ? store.held : Effect.succeedNone
      )
      return { ...store, held }
    })
  )
