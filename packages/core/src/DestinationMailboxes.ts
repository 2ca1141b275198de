import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"

import type { DestinationService } from "./Destination.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { DestinationMailboxRow } from "./LedgerMailboxes.ts"
import { type MailboxPath, pathKey, showPath } from "./Mailbox.ts"
import { conservativeName, type MappedMailbox } from "./MailboxName.ts"
import type { MailError } from "./MailError.ts"
import { RunEvents } from "./RunEvent.ts"
import type { Stretch } from "./Settle.ts"

/**
 * Makes the mailboxes a run writes to, each once however many workers ask: created under the planned name, or under
 * the plainest one when the server refuses that; its end noted before the first message goes in.
 */
export const makeDestinationMailboxes = Effect.fnUntraced(function* (
  destination: DestinationService,
  names: ReadonlyMap<string, MappedMailbox>,
  run: number
) {
  const ledger = yield* Ledger
  const events = yield* RunEvents
  // By the name asked for and by the name it got: later plans ask for the latter.
  const known = yield* ledger.mailboxes.all
  const rows = new Map([
    ...known.map((row) => [pathKey(row.path), row] as const),
    ...known.map((row) => [pathKey(row.wanted), row] as const)
  ])
  const specialUses = new Map([...names.values()].map(({ path, specialUse }) => [pathKey(path), specialUse]))
  const opened = new Map<string, Deferred.Deferred<DestinationMailboxRow, MailError | LedgerError>>()

  const fold = (path: MailboxPath) =>
    destination.capabilities.names.caseInsensitive ? pathKey(path).toLowerCase() : pathKey(path)
  const taken = new Set([...rows.values(), ...names.values()].map(({ path }) => fold(path)))

  /** The plainest name that is neither planned for another mailbox nor there already, with somebody's mail in it. */
  const plainName = Effect.fnUntraced(function* (refused: MailboxPath) {
    const present = new Set((yield* destination.listMailboxes).map(({ path }) => fold(path)))
    const conservative = conservativeName(refused)
    // A name this plain can only be one that the service keeps for itself, in whatever language.
    const plain = pathKey(conservative) === pathKey(refused) ? underscored(refused) : conservative
    for (let n = 1; ; n++) {
      const name = n === 1 ? plain : numberedPlainly(plain, n)
      if (taken.has(fold(name)) || present.has(fold(name))) continue
      taken.add(fold(name))
      return name
    }
  })

  const create = Effect.fnUntraced(function* (
    wanted: MailboxPath,
    path: MailboxPath,
    why: Option.Option<string>
  ) {
    const specialUse = specialUses.get(pathKey(wanted)) ?? Option.none()
    return yield* destination.ensureMailbox(path, specialUse).pipe(
      Effect.as({ path, why }),
      Effect.catchIf(
        ({ reason }) => reason._tag === "MailboxRejected" && reason.why === "name",
        Effect.fnUntraced(function* (error: MailError) {
          const { instead } = error.reason._tag === "MailboxRejected" ? error.reason : {}
          const plain = instead === undefined || taken.has(fold(instead)) ? yield* plainName(path) : instead
          yield* destination.ensureMailbox(plain, specialUse)
          const words = `the server refused the name: ${error.reason.detail}`
          yield* events.emit({ _tag: "MailboxRenamed", wanted, path: plain, why: words })
          return { path: plain, why: Option.some(words) }
        })
      )
    )
  })

  const openOnce = Effect.fnUntraced(function* (
    wanted: MailboxPath
  ): Effect.fn.Return<DestinationMailboxRow, MailError | LedgerError> {
    const before = rows.get(pathKey(wanted))
    const { path, why } = yield* create(wanted, before?.path ?? wanted, before?.why ?? Option.none())
    const end = yield* destination.end(path)
    const row: DestinationMailboxRow = {
      wanted: before?.wanted ?? wanted,
      path,
      why,
      origin: before === undefined || Option.isNone(before.origin) ? end : before.origin,
      // A later round of one run, or a mailbox made anew: what was sent since the first opening stands behind that.
      cursor: before?.cursorRun === run && Option.isSome(before.cursor) ? before.cursor : end,
      cursorRun: run,
      // Without a row it did not exist when the run looked around: nothing of anybody's can be in it.
      scanned: before?.scanned ?? true
    }
    yield* ledger.mailboxes.put(row)
    for (const name of [path, row.wanted]) rows.set(pathKey(name), row)
    return row
  })

  /** The mailbox ready to be written to, under the name it really has. */
  const open = (wanted: MailboxPath): Effect.Effect<DestinationMailboxRow, MailError | LedgerError> =>
    Effect.suspend(() => {
      const key = pathKey(wanted)
      const pending = opened.get(key)
      if (pending !== undefined) return Deferred.await(pending)
      const mine = Deferred.makeUnsafe<DestinationMailboxRow, MailError | LedgerError>()
      opened.set(key, mine)
      return openOnce(wanted).pipe(
        Effect.onExit((exit) => {
          if (Exit.isFailure(exit) && !isRefused(exit)) opened.delete(key)
          return Deferred.done(mine, exit)
        })
      )
    })

  /** Forgets that a mailbox was opened: the server says it is no longer there. */
  const reopen = (wanted: MailboxPath) =>
    Effect.suspend(() => {
      opened.delete(pathKey(wanted))
      return open(wanted)
    })

  /** From now on, and in later runs, mail for this mailbox goes to another: the service keeps it for itself. */
  const redirect = Effect.fnUntraced(function* (from: MailboxPath, to: MailboxPath, why: string) {
    const before = rows.get(pathKey(from))
    // Several messages were refused at once: the first one has seen to it.
    if (before !== undefined && pathKey(before.path) === pathKey(to)) return
    const wanted = before?.wanted ?? from
    const words = `the service keeps ${showPath(from)} for itself: ${why}`
    const row: DestinationMailboxRow = {
      wanted,
      path: to,
      why: Option.some(words),
      origin: Option.none(),
      cursor: Option.none(),
      cursorRun: run,
      scanned: true
    }
    yield* ledger.mailboxes.put(row)
    for (const name of [from, to, wanted]) {
      rows.set(pathKey(name), row)
      opened.delete(pathKey(name))
    }
    yield* events.emit({ _tag: "MailboxRenamed", wanted, path: to, why: words })
  })

  return { open, reopen, redirect }
})

export type DestinationMailboxes = Effect.Success<ReturnType<typeof makeDestinationMailboxes>>

const underscored = ([first, ...rest]: MailboxPath): MailboxPath => [`_${first}`, ...rest]

const numberedPlainly = ([first, ...rest]: MailboxPath, n: number): MailboxPath => {
  const last = rest.pop()
  return last === undefined ? [`${first} ${n}`] : [first, ...rest, `${last} ${n}`]
}

/** The server's last word on a mailbox, which it need not be asked for again for every message. */
const isRefused = (exit: Exit.Exit<unknown, MailError | LedgerError>): boolean =>
  Option.exists(
    Exit.findErrorOption(exit),
    (error) =>
      error._tag === "MailError" &&
      error.reason._tag === "MailboxRejected" &&
      (error.reason.why === "name" || error.reason.why === "permission")
  )

/** Where copies of unknown outcome can stand in a mailbox this ledger writes to. */
export const stretchOf = ({ cursor, cursorRun, path }: DestinationMailboxRow): Stretch => ({
  mailbox: path,
  from: cursor,
  sinceRun: cursorRun
})
