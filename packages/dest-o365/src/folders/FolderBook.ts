import { type MailboxPath, showPath, type SpecialUse } from "@mailferry/core/Mailbox.ts"
import { MailboxRejected, MailError, type Operation } from "@mailferry/core/MailError.ts"
import { makeOneAtATime } from "@mailferry/core/OneAtATime.ts"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"

import type { GraphFailure } from "../graph/GraphFailure.ts"
import type { GraphWire } from "../graph/GraphWire.ts"
import { readAs } from "../graph/Paged.ts"
import type { Told } from "../graph/Told.ts"
import {
  childrenOf,
  type Folder,
  folderOf,
  foldName,
  GraphFolder,
  keyOf,
  type WellKnown,
  wellKnownIds
} from "./FolderTree.ts"

/** The mailbox's folders by name. Asked for once, kept up to date by what is made here. */
export interface FolderBook {
  /** All folders as they are now, without what lies below those that are no targets. Asks each time. */
  readonly list: Effect.Effect<ReadonlyArray<Folder>, MailError>
  /** Fails with `MailboxRejected(missing)` where there is no such folder. */
  readonly at: (operation: Operation, path: MailboxPath) => Effect.Effect<Folder, MailError>
  /** The id of {@link at}. */
  readonly idOf: (operation: Operation, path: MailboxPath) => Effect.Effect<string, MailError>
  /**
   * Makes the folder unless it exists in any spelling, parents first. Each is made once, however many ask at one time;
   * one that somebody else made meanwhile is adopted. Fails with `MailboxRejected(name)` where Exchange will not have
   * it, or has a folder of that name to which no mail is to go; `instead` names what to try next then.
   */
  readonly ensure: (
    path: MailboxPath,
    specialUse: Option.Option<SpecialUse>
  ) => Effect.Effect<void, MailError>
  /** Graph says that it has no such folder any more: it and what was below it is made again when it is needed. */
  readonly forget: (path: MailboxPath) => void
}

export interface FolderBookOptions {
  readonly wire: GraphWire
  readonly told: Told
  /** `/me`, or `/users/{address}`. */
  readonly mailboxPath: string
}

/** Requests at once for one list: others of this mailbox are under way, and Exchange takes four of all. */
const listedAtOnce = 2

const parentOf = ([first, ...rest]: MailboxPath): MailboxPath | undefined =>
  rest.length === 0 ? undefined : [first, ...rest.slice(0, -1)]

/** Another name for the level that is refused, the last. */
const insteadOf = (path: MailboxPath): MailboxPath => {
  const above = parentOf(path)
  const name = `_${path.at(-1)}`
  return above === undefined ? [name] : [...above, name]
}

/** What was refused may be a level above; what is to be used in its place is the whole. */
const ofWhole = (path: MailboxPath) => (error: MailError) => {
  const { reason } = error
  if (reason._tag !== "MailboxRejected" || reason.instead === undefined) return error
  const [first, ...rest] = reason.instead
  return refusedName(reason.detail, [first, ...rest, ...path.slice(reason.instead.length)])
}

const rejected = (operation: Operation, reason: MailboxRejected) =>
  new MailError({ adapter: "o365", operation, reason })

const missing = (operation: Operation, path: MailboxPath) =>
  rejected(
    operation,
    new MailboxRejected({ why: "missing", detail: `there is no folder ${showPath(path)}`, mailbox: path })
  )

const refusedName = (detail: string, instead: MailboxPath) =>
  rejected("ensureMailbox", new MailboxRejected({ why: "name", detail, instead }))

const isExisting = (error: GraphFailure | MailError): boolean =>
  error._tag === "GraphFailure" && error.status === 409 && !/conflict|stale/iu.test(error.code)

/** Nothing is asked before the first call. */
export const makeFolderBook = ({ mailboxPath, told, wire }: FolderBookOptions): FolderBook => {
  const children = childrenOf(wire, told, mailboxPath)
  const readFolder = readAs(GraphFolder)
  const oneAtATime = makeOneAtATime()
  const listing = Semaphore.makeUnsafe(1)
  let wellKnown: WellKnown | undefined
  let known: Map<string, Folder> | undefined

  const names = Effect.suspend(() =>
    wellKnown === undefined
      ? Effect.tap(wellKnownIds(wire, told, mailboxPath), (found) =>
          Effect.sync(() => {
            wellKnown = found
          })
        )
      : Effect.succeed(wellKnown)
  )

  /** A folder and all below it, but for what is below a folder that is no target. */
  const walk = (
    operation: Operation,
    found: WellKnown,
    parent?: Folder
  ): Effect.Effect<ReadonlyArray<Folder>, MailError> =>
    Effect.gen(function* () {
      const direct = yield* children(operation, parent?.id)
      const below = yield* Effect.forEach(
        direct,
        (child) => {
          const folder = folderOf(child, parent, found)
          return folder.hidden || child.childFolderCount === 0
            ? Effect.succeed([folder])
            : Effect.map(walk(operation, found, folder), (deeper) => [folder, ...deeper])
        },
        { concurrency: parent === undefined ? listedAtOnce : 1 }
      )
      return below.flat()
    })

  const listNow = Effect.gen(function* () {
    const before = new Set(known?.keys())
    const folders = yield* walk("listMailboxes", yield* names)
    // A folder made while the list was on its way may not be in it.
    const since = [...(known ?? [])].filter(([key]) => !before.has(key))
    known = new Map([...folders.map((folder) => [keyOf(folder.path), folder] as const), ...since])
    return folders
  })

  const folders = Effect.suspend(() => (known === undefined ? Effect.asVoid(listNow) : Effect.void)).pipe(
    listing.withPermits(1),
    Effect.map(() => known ?? new Map<string, Folder>())
  )

  /** The folder that is called so, if mail may go there. */
  const usable = (folder: Folder, path: MailboxPath): Effect.Effect<Folder, MailError> =>
    folder.hidden
      ? refusedName(
          `Exchange keeps a folder ${showPath(folder.path)} for itself or hides it`,
          insteadOf(path)
        )
      : Effect.succeed(folder)

  /** One folder that Exchange says exists: in a spelling that we do not know yet, hidden, or made by somebody else just now. */
  const adopt = Effect.fnUntraced(function* (parent: Folder | undefined, path: MailboxPath, detail: string) {
    const found = yield* names
    const name = foldName(path.at(-1) ?? "")
    const there = (yield* children("ensureMailbox", parent?.id)).find(
      ({ displayName }) => foldName(displayName) === name
    )
    return there === undefined
      ? yield* refusedName(`Exchange has something else called ${showPath(path)}: ${detail}`, insteadOf(path))
      : yield* usable(folderOf(there, parent, found), path)
  })

  const create = (parent: Folder | undefined, path: MailboxPath) => {
    const below = parent === undefined ? "" : `/${encodeURIComponent(parent.id)}/childFolders`
    const call = wire
      .call("ensureMailbox", {
        method: "POST",
        path: `${mailboxPath}/mailFolders${below}`,
        json: { displayName: path.at(-1) },
        expects: 201
      })
      .pipe(
        Effect.map(({ json }) => ({ json, exists: undefined })),
        Effect.catchIf(isExisting, (error) =>
          Effect.succeed({
            json: undefined,
            exists: error._tag === "GraphFailure" ? `${error.code}: ${error.text}` : ""
          })
        )
      )
    return told("ensureMailbox", call)
  }

  const make = (path: MailboxPath): Effect.Effect<Folder, MailError> =>
    Effect.gen(function* () {
      const key = keyOf(path)
      const there = (yield* folders).get(key)
      if (there !== undefined) return yield* usable(there, path)
      const above = parentOf(path)
      const parent = above === undefined ? undefined : yield* make(above)
      if (parent?.specialUse._tag === "Some" && parent.specialUse.value === "trash") {
        const [first, ...rest] = path
        return yield* refusedName(`what lies below ${showPath(parent.path)} is deleted before long`, [
          `_${first}`,
          ...rest
        ])
      }
      return yield* oneAtATime(key)(
        Effect.gen(function* () {
          const since = known?.get(key)
          if (since !== undefined) return since
          const { exists, json } = yield* create(parent, path)
          const folder =
            exists === undefined
              ? folderOf(yield* readFolder("ensureMailbox", json), parent, yield* names)
              : yield* adopt(parent, path, exists)
          known?.set(key, folder)
          return folder
        })
      )
    })

  const at: FolderBook["at"] = (operation, path) =>
    Effect.flatMap(folders, (all) => {
      const folder = all.get(keyOf(path))
      return folder === undefined || folder.hidden ? missing(operation, path) : Effect.succeed(folder)
    })

  return {
    list: listing.withPermits(1)(listNow),
    at,
    idOf: (operation, path) => Effect.map(at(operation, path), ({ id }) => id),
    ensure: Effect.fn("FolderBook.ensure")(function* (path: MailboxPath) {
      yield* Effect.mapError(make(path), ofWhole(path))
    }),
    forget: (path) => {
      const key = keyOf(path)
      const below = `${key.slice(0, -1)},`
      for (const each of known?.keys() ?? []) {
        if (each === key || each.startsWith(below)) known?.delete(each)
      }
    }
  }
}
