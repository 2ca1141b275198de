import { MailError, type MailErrorReason, type Operation } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"

import type { ImapAccess } from "./ImapAccess.ts"
import { type ImapSession, openImapSession } from "./ImapSession.ts"

export interface PoolOptions {
  /** Connections at most. */
  readonly connections: number
  /** Opens mailboxes by EXAMINE only; a SELECT dies as a defect. */
  readonly readOnly: boolean
  /** Asked before each login where the server is now, for one that moves. It stays at the pool's access when absent. */
  readonly locate?: Effect.Effect<ImapAccess, MailError>
}

/** Which session a call would rather have. */
export type Wish =
  /** One that has this mailbox open, so that it need not be opened again. */
  | { readonly mailbox: string }
  /** One with no mailbox open: see `AppendWriter`. */
  | "nothing-open"
  | "any"

export interface ImapPool {
  readonly access: ImapAccess
  readonly readOnly: boolean
  /**
   * Gives the call a session to itself, logging in where none is free. A session that died is dropped, and the
   * next call opens another. Interrupting the call closes its session: an answer may still be on its way.
   */
  readonly use: <A>(
    operation: Operation,
    wish: Wish,
    body: (session: ImapSession) => Effect.Effect<A, MailError>
  ) => Effect.Effect<A, MailError>
  /** Logs in once more after a refusal: the person has changed something. */
  readonly retryLogin: Effect.Effect<void>
}

interface Held {
  readonly session: ImapSession
  readonly scope: Scope.Closeable
}

const suits = (wish: Wish, { session }: Held): boolean => {
  if (wish === "any") return true
  const opened = session.opened()
  return wish === "nothing-open" ? opened === undefined : opened?.wireName === wish.mailbox
}

/** Whether a session that does not suit would rather be left to others while a further one may be opened. */
const isOfOtherUse = (wish: Wish, { session }: Held): boolean =>
  wish !== "any" && (wish === "nothing-open") !== (session.opened() === undefined)

/** A pool of sessions, opened as calls need them. Nothing connects before the first call. */
export const makeImapPool = Effect.fnUntraced(function* (
  access: ImapAccess,
  { connections, locate = Effect.succeed(access), readOnly }: PoolOptions
): Effect.fn.Return<ImapPool, never, Scope.Scope> {
  const poolScope = yield* Effect.scope
  const permits = yield* Semaphore.make(connections)
  // One login at a time: with a wrong password, four at once would be four refusals, and servers count them.
  const login = yield* Semaphore.make(1)
  let limit = connections
  let refused: MailErrorReason | undefined
  const idle: Array<Held> = []
  let held = 0

  const drop = ({ scope }: Held) =>
    Effect.suspend(() => {
      held--
      return Scope.close(scope, Exit.void)
    })

  const connect = Effect.gen(function* () {
    if (refused !== undefined) {
      return yield* new MailError({ adapter: access.kind, operation: "connect", reason: refused })
    }
    const scope = yield* Scope.fork(poolScope)
    const session = yield* Effect.interruptible(
      Scope.provide(
        Effect.flatMap(locate, (found) => openImapSession(found, { readOnly })),
        scope
      )
    ).pipe(
      Effect.tapError(({ reason }) =>
        Effect.sync(() => {
          if (reason._tag === "AuthFailed") refused = reason
        })
      ),
      Effect.onError(() => Scope.close(scope, Exit.void))
    )
    return { session, scope } satisfies Held
  })

  const connectAlone = Effect.interruptible(login.take(1)).pipe(
    Effect.andThen(Effect.ensuring(connect, login.release(1))),
    Effect.onError(() => Effect.sync(() => held--))
  )

  /**
   * Removes and returns the idle session that suits best; a dead one never does. None: the caller is to connect, and
   * is counted at once, so that calls which wait for their turn to log in do not exceed the limit together.
   */
  const takeIdle = Effect.fnUntraced(function* (wish: Wish) {
    for (const dead of idle.filter(({ session }) => !session.isAlive())) {
      idle.splice(idle.indexOf(dead), 1)
      yield* drop(dead)
    }
    const best =
      idle.find((each) => suits(wish, each)) ?? idle.find((each) => readOnly || !isOfOtherUse(wish, each))
    const chosen = best ?? (held < limit ? undefined : idle[0])
    if (chosen === undefined) held++
    else idle.splice(idle.indexOf(chosen), 1)
    return chosen
  })

  /** A server that allows fewer connections than configured: the pool makes do with those it has. */
  const shrink = Effect.fnUntraced(function* (error: MailError) {
    if (error.reason._tag !== "Throttled" || held === 0) return yield* error
    limit = held
    yield* permits.resize(limit)
    return "again" as const
  })

  const acquire = (wish: Wish): Effect.Effect<Held | "again", MailError> =>
    Effect.flatMap(takeIdle(wish), (found) =>
      found === undefined ? Effect.catch(connectAlone, shrink) : Effect.succeed(found)
    )

  const release = (each: Held) =>
    Effect.suspend(() => {
      if (!each.session.isAlive()) return drop(each)
      idle.push(each)
      return Effect.void
    })

  const attempt = <A>(
    wish: Wish,
    body: (session: ImapSession) => Effect.Effect<A, MailError>
  ): Effect.Effect<"again" | { readonly value: A }, MailError> =>
    Effect.acquireUseRelease(
      acquire(wish),
      (each): Effect.Effect<"again" | { readonly value: A }, MailError> =>
        each === "again" ? Effect.succeed(each) : Effect.map(body(each.session), (value) => ({ value })),
      (each, exit) => {
        if (each === "again") return Effect.void
        if (Exit.isFailure(exit) && Exit.hasInterrupts(exit)) each.session.close()
        return release(each)
      }
    ).pipe(permits.withPermit)

  const use: ImapPool["use"] = (operation, wish, body) =>
    Effect.gen(function* () {
      for (;;) {
        const outcome = yield* attempt(wish, body)
        if (outcome !== "again") return outcome.value
      }
    }).pipe(
      Effect.mapError((error) =>
        error.operation === operation || error.operation === "connect"
          ? error
          : new MailError({ adapter: error.adapter, operation, reason: error.reason })
      )
    )

  return {
    access,
    readOnly,
    use,
    retryLogin: Effect.sync(() => {
      refused = undefined
    })
  }
})
