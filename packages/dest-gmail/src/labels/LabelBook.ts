import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { MailboxRejected, MailError, type Operation } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"

import { systemLabelIds } from "./GmailMailboxes.ts"
import { nameOfPath, objectionTo, pathOfName } from "./GmailNames.ts"
import { nearestColour } from "./LabelColours.ts"
import type { GmailLabel, LabelPort, LabelRefused } from "./LabelPort.ts"
import { foldLabel } from "./ReservedLabels.ts"

/** Labels in one account, at the most: the description of `labels.create` in Gmail's discovery document. */
const mostLabels = 10_000

export interface LabelBookOptions {
  /** The colour that a label is to have, `#rrggbb`; none for Gmail's own grey. */
  readonly colourOf?: (path: MailboxPath) => string | undefined
}

/** The account's labels by name. Asked for once, kept up to date by what is made here. */
export interface LabelBook {
  /** All labels as they are now. Asks each time. */
  readonly list: Effect.Effect<ReadonlyArray<GmailLabel>, MailError>
  /** The labels that put a message into a mailbox: none at all for All Mail. None where there is no such mailbox. */
  readonly labelIds: (path: MailboxPath) => Effect.Effect<Option.Option<ReadonlyArray<string>>, MailError>
  /**
   * Makes the label unless it exists in any spelling, parents first, since the web interface shows it below them only
   * then. Each is made once, however many ask at one time. Fails with `MailboxRejected(name)` where Gmail will not have
   * it; `instead` names what to try next when a name of Gmail's own seems to be in the way.
   */
  readonly ensure: (path: MailboxPath) => Effect.Effect<void, MailError>
  /** Gmail says that it has no such label any more: forgets it, so that it is made again, and fails with `MailboxRejected(missing)`. */
  readonly deleted: (operation: Operation, id: string, detail: string) => Effect.Effect<never, MailError>
}

const parentOf = ([first, ...rest]: MailboxPath): MailboxPath | undefined =>
  rest.length === 0 ? undefined : [first, ...rest.slice(0, -1)]

const rejected = (detail: string, instead?: MailboxPath) =>
  new MailError({
    adapter: "gmail",
    operation: "ensureMailbox",
    reason: new MailboxRejected({ why: "name", detail, ...(instead === undefined ? {} : { instead }) })
  })

/** A name in which there is nothing to object to, but that it may be one of Gmail's own in some language. */
const isPlain = (level: string): boolean => /^(?!_)[\p{L}\p{M}\p{N} _.,()&-]+$/u.test(level)

/**
 * What to call a label that is refused at the first level: some accounts are said to take no apostrophe, and names of
 * Gmail's own are reserved in no other spelling.
 */
const insteadOf = ([first, ...rest]: MailboxPath): MailboxPath | undefined => {
  if (first.includes("'")) return [first.replaceAll("'", "\u2019"), ...rest]
  return isPlain(first) ? [`_${first}`, ...rest] : undefined
}

/** Nothing is asked before the first call. */
export const makeLabelBook = (port: LabelPort, { colourOf }: LabelBookOptions = {}): LabelBook => {
  let known: Map<string, GmailLabel> | undefined
  const listing = Semaphore.makeUnsafe(1)
  const makings = new Map<string, Semaphore.Semaphore>()

  const keyOf = (path: MailboxPath) => foldLabel(nameOfPath(path))
  const keyed = (label: GmailLabel) => [foldLabel(label.name), label] as const

  const list = Effect.suspend(() => {
    const before = new Set(Array.from(known?.values() ?? [], ({ id }) => id))
    return Effect.map(port.list, (labels) => {
      // A label made while the list was on its way may not be in it.
      const since = [...(known?.values() ?? [])].filter(({ id }) => !before.has(id))
      known = new Map([...labels.filter(({ type }) => type === "user"), ...since].map(keyed))
      return labels
    })
  })

  const labels = Effect.suspend(() => (known === undefined ? Effect.as(list, undefined) : Effect.void)).pipe(
    listing.withPermits(1),
    Effect.map(() => known ?? new Map<string, GmailLabel>())
  )

  const create = Effect.fnUntraced(function* (name: string, path: MailboxPath) {
    const plain = { name, labelListVisibility: "labelShow", messageListVisibility: "show" } as const
    const wanted = colourOf?.(path)
    const color = wanted === undefined ? undefined : nearestColour(wanted)
    const answer = yield* port.create(color === undefined ? plain : { ...plain, color })
    const isColour = color !== undefined && "_tag" in answer && answer.why === "colour"
    return isColour ? yield* port.create(plain) : answer
  })

  const isOfFirst = (path: MailboxPath, { why }: LabelRefused) =>
    path.length === 1 && (why === "exists" || why === "name")

  /** Makes one label below a parent that exists, in the spelling that the parent has. */
  const makeBelow = Effect.fnUntraced(function* (
    parent: GmailLabel | undefined,
    path: MailboxPath
  ): Effect.fn.Return<GmailLabel, MailError> {
    const key = keyOf(path)
    const before = (yield* labels).get(key)
    if (before !== undefined) return before
    const name = parent === undefined ? nameOfPath(path) : nameOfPath([parent.name, path.at(-1) ?? ""])
    if ((yield* labels).size >= mostLabels) {
      return yield* rejected(
        `the account has ${mostLabels} labels, which is all that Gmail holds: "${name}" is one too many`
      )
    }
    const answer = yield* create(name, path)
    if (!("_tag" in answer)) {
      known?.set(key, answer)
      return answer
    }
    if (answer.why === "exists") {
      yield* list
      const there = known?.get(key)
      if (there !== undefined) return there
    }
    const detail = `Gmail does not make the label "${name}": ${answer.detail}`
    return yield* rejected(detail, isOfFirst(path, answer) ? insteadOf(path) : undefined)
  })

  const make = (path: MailboxPath): Effect.Effect<GmailLabel, MailError> =>
    Effect.gen(function* () {
      const key = keyOf(path)
      const there = (yield* labels).get(key)
      if (there !== undefined) return there
      const above = parentOf(path)
      const parent = above === undefined ? undefined : yield* make(above)
      const making = makings.get(key) ?? Semaphore.makeUnsafe(1)
      makings.set(key, making)
      return yield* making.withPermits(1)(makeBelow(parent, path))
    })

  return {
    list,
    labelIds: (path) =>
      Option.match(systemLabelIds(path), {
        onSome: (ids) => Effect.succeedSome(ids),
        onNone: () =>
          Effect.map(labels, (all) =>
            Option.map(Option.fromUndefinedOr(all.get(keyOf(path))), ({ id }) => [id])
          )
      }),
    ensure: Effect.fn("LabelBook.ensure")(function* (path: MailboxPath) {
      if (Option.isSome(systemLabelIds(path))) return
      const objection = objectionTo(path)
      if (objection !== undefined) return yield* rejected(`"${nameOfPath(path)}": ${objection}`)
      yield* make(path).pipe(
        // What was refused is its first level; what is to be used in its place is the whole.
        Effect.mapError((error) =>
          error.reason._tag === "MailboxRejected" && error.reason.instead !== undefined
            ? rejected(error.reason.detail, insteadOf(path))
            : error
        )
      )
    }),
    deleted: (operation, id, detail) =>
      Effect.suspend(() => {
        const [key, label] = [...(known ?? [])].find(([, { id: its }]) => its === id) ?? []
        if (key !== undefined) known?.delete(key)
        const mailbox = label === undefined ? {} : { mailbox: pathOfName(label.name) }
        const reason = new MailboxRejected({ why: "missing", detail, ...mailbox })
        return Effect.fail(new MailError({ adapter: "gmail", operation, reason }))
      })
  }
}
