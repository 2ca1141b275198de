import type { MailError, Operation } from "@mailferry/core/MailError.ts"
import { makeOneAtATime } from "@mailferry/core/OneAtATime.ts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"

import type { GraphFailure } from "../graph/GraphFailure.ts"
import type { GraphWire, Spend } from "../graph/GraphWire.ts"
import { listAll, readAs } from "../graph/Paged.ts"
import type { Told } from "../graph/Told.ts"
import { nearestPreset } from "../message/CategoryColours.ts"

/** The mailbox's master list of categories: what gives them a colour, and a place in Outlook's menus. */
export interface CategoryBook {
  /**
   * Puts the names into the list that are not in it, in any case; each once, however many ask at one time. The list is
   * asked for once. A name that Exchange does not take for its list stays out of it: a message carries it all the same,
   * without a colour. `operation`: what it is done for, `append` unless said.
   */
  readonly ensure: (
    names: Iterable<string>,
    spend?: Spend,
    operation?: Operation
  ) => Effect.Effect<void, MailError>
}

export interface CategoryBookOptions {
  readonly wire: GraphWire
  readonly told: Told
  /** `/me`, or `/users/{address}`. */
  readonly mailboxPath: string
  /** The colour a category is to have, `#rgb` or `#rrggbb`; the nearest of the 25 is taken. None for no colour. */
  readonly colourOf?: (name: string) => string | undefined
}

const Categories = Schema.Array(Schema.Struct({ displayName: Schema.NullOr(Schema.String) }))

/** Names that differ in case only are one category. */
const fold = (name: string): string => name.normalize("NFC").trim().toLowerCase()

/** It exists, or can be in no list: asking again for each message would change nothing. */
const isSettled = (error: GraphFailure | MailError): boolean =>
  error._tag === "GraphFailure" && (error.status === 409 || error.status === 400) && error.isPage !== true

/** Doing it twice makes no second one, and it is no folder or message that could be gone. */
const repeatable = { notRepeatable: false } as const

/** Nothing is asked before the first name. */
export const makeCategoryBook = ({
  colourOf,
  mailboxPath,
  told,
  wire
}: CategoryBookOptions): CategoryBook => {
  const path = `${mailboxPath}/outlook/masterCategories`
  const pages = listAll(wire, told)
  const read = readAs(Categories)
  const oneAtATime = makeOneAtATime()
  const listing = Semaphore.makeUnsafe(1)
  let known: Set<string> | undefined

  const list = Effect.fnUntraced(function* (operation: Operation, spend: Spend | undefined) {
    const all = yield* read(operation, yield* pages(operation, path, spend))
    known = new Set(all.map(({ displayName }) => fold(displayName ?? "")))
    return known
  })

  const listed = (operation: Operation, spend: Spend | undefined) =>
    Effect.suspend(() => (known === undefined ? list(operation, spend) : Effect.succeed(known))).pipe(
      listing.withPermits(1)
    )

  const create = (operation: Operation, name: string, spend: Spend | undefined) => {
    const hex = colourOf?.(name)
    const color = hex === undefined ? "none" : nearestPreset(hex)
    const call = wire
      .call(operation, {
        method: "POST",
        path,
        json: { displayName: name, color },
        ...(spend === undefined ? {} : { spend })
      })
      .pipe(
        Effect.asVoid,
        Effect.catchIf(isSettled, () => Effect.void)
      )
    return told(operation, call, repeatable)
  }

  return {
    ensure: Effect.fn("CategoryBook.ensure")(function* (names, spend, operation = "append") {
      for (const name of names) {
        const there = yield* listed(operation, spend)
        const key = fold(name)
        if (key === "" || there.has(key)) continue
        yield* oneAtATime(key)(
          Effect.suspend(() =>
            there.has(key)
              ? Effect.void
              : Effect.andThen(
                  create(operation, name, spend),
                  Effect.sync(() => there.add(key))
                )
          )
        )
      }
    })
  }
}
