import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

import type { DestinationService } from "./Destination.ts"
import type { Found } from "./DestinationIndex.ts"
import { fingerprintOf } from "./Fingerprint.ts"
import { fitInternalDate } from "./InternalDate.ts"
import { Ledger } from "./Ledger.ts"
import { type MailboxPath, pathKey, pathOfKey } from "./Mailbox.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import type { MailError } from "./MailError.ts"
import type { MessagePlan } from "./MessagePlan.ts"
import type { Planner } from "./Planner.ts"
import { RunEvents } from "./RunEvent.ts"
import { hasOctets } from "./SameOctets.ts"
import type { Settle } from "./Settle.ts"

/** The source cannot give this message now: whether it is there already stays open, and it is planned like any other. */
const isUnreachable = ({ reason }: MailError): boolean =>
  reason._tag === "MessageRejected" || reason._tag === "MailboxRejected"

/** Mailboxes the plan writes to that exist already and were never looked through for this ledger. */
const unscanned = Effect.fnUntraced(function* (destination: DestinationService, planner: Planner) {
  const ledger = yield* Ledger
  const present = new Set((yield* destination.listMailboxes).map(({ path }) => pathKey(path)))
  const rows = new Map((yield* ledger.mailboxes.all).map((row) => [pathKey(row.path), row]))
  const targets = new Map([...planner.names.values()].map(({ path }) => [pathKey(path), path]))
  return [...targets.values()].flatMap((path) => {
    const row = rows.get(pathKey(path))
    return present.has(pathKey(path)) && row?.scanned !== true ? [{ path, row }] : []
  })
})

/**
 * The first look into mailboxes that already hold mail: a message that is there is entered in the ledger and never
 * copied again. Each mailbox is looked through once per ledger; what matched nothing is kept for messages that come
 * into scope later: Bridge may still be syncing, or the rules be widened. Nothing at the destination is changed.
 */
export const adopt = Effect.fn("Adopt")(function* (
  source: MailboxReader,
  destination: DestinationService,
  planner: Planner,
  { index }: Settle,
  run: number
) {
  if (destination.capabilities.adoption !== "by-header") return 0
  const ledger = yield* Ledger
  const events = yield* RunEvents

  const filled: Array<MailboxPath> = []
  for (const { path, row } of yield* unscanned(destination, planner)) {
    const end = yield* destination.end(path)
    const messages = yield* index.read(destination, path, Option.none(), (locators) =>
      ledger.mailboxes.claimed(path, locators)
    )
    yield* events.emit({ _tag: "MailboxScanned", mailbox: path, messages })
    if (messages > 0) filled.push(path)
    yield* ledger.mailboxes.put({
      wanted: row?.wanted ?? path,
      path,
      why: row?.why ?? Option.none(),
      origin: row === undefined ? end : row.origin,
      cursor: row === undefined ? end : row.cursor,
      cursorRun: row?.cursorRun ?? run,
      scanned: false
    })
  }

  const kept = yield* index.restoreKept

  /** Whether what an earlier run saw is still there. */
  const isStillThere = (path: MailboxPath, { locator }: Found) =>
    filled.some((fresh) => pathKey(fresh) === pathKey(path))
      ? Effect.succeed(true)
      : destination.describe(path, [locator]).pipe(
          Effect.map((found) => found.length > 0),
          Effect.catchIf(isUnreachable, () => Effect.succeed(false))
        )

  /** A match without any id says too little: then the octets decide. */
  const isSame = Effect.fnUntraced(function* ({ message }: MessagePlan, path: MailboxPath, found: Found) {
    const isNamed = Option.isSome(message.stableId) && Option.isSome(found.stableId)
    if (isNamed || Option.isSome(message.messageId)) return true
    const copy = message.memberships[0]
    const mailbox = copy === undefined ? undefined : planner.context.mailboxes.get(copy.mailbox)
    if (copy === undefined || mailbox === undefined) return false
    const octets = yield* source.fetch(mailbox.path, copy.locator).pipe(
      Effect.map(Option.some),
      Effect.catchIf(isUnreachable, () => Effect.succeed(Option.none<Uint8Array>()))
    )
    return Option.isSome(octets)
      ? yield* hasOctets(destination, path, found.locator, fingerprintOf(octets.value))
      : false
  })

  const match = Effect.fnUntraced(function* (plan: MessagePlan, path: MailboxPath, step: "append" | "copy") {
    // As we would have written it, which may be with another date than the source's.
    const internalDate = fitInternalDate(
      plan.message.internalDate,
      destination.capabilities,
      yield* DateTime.now
    )
    for (const found of yield* index.candidates(path, { ...plan.message, internalDate })) {
      if (!(yield* isSame(plan, path, found))) continue
      yield* index.claim(found.id)
      if (!(yield* isStillThere(path, found))) {
        yield* index.dropKept(path, found.locator)
        continue
      }
      yield* ledger.placements.putLater({
        message: plan.message.id,
        mailbox: path,
        step,
        origin: "adopted",
        state: "appended",
        locator: Option.some(found.locator),
        flags: found.flags,
        keywords: found.keywords,
        internalDate: found.internalDate,
        size: found.size,
        fingerprint: Option.none(),
        addedId: Option.none(),
        ticket: Option.none(),
        why: Option.none(),
        detail: Option.none(),
        advice: Option.none(),
        run
      })
      return true
    }
    return false
  })

  const adopted = new Map<string, number>()
  const keys = new Set([...filled.map(pathKey), ...kept])
  if (keys.size > 0) {
    yield* Stream.runForEach(
      planner.plans,
      Effect.fnUntraced(function* (plan) {
        const targets = [
          ...(plan.append ? [{ path: plan.placement.home, step: "append" as const }] : []),
          ...plan.copies.map((path) => ({ path, step: "copy" as const }))
        ]
        for (const { path, step } of targets) {
          if (!keys.has(pathKey(path)) || !(yield* match(plan, path, step))) continue
          adopted.set(pathKey(path), (adopted.get(pathKey(path)) ?? 0) + 1)
        }
      })
    )
  }
  for (const key of kept) yield* index.forget(pathOfKey(key))
  for (const path of filled) {
    yield* index.keepUnclaimed(path)
    yield* index.forget(path)
    yield* events.emit({ _tag: "Adopted", mailbox: path, messages: adopted.get(pathKey(path)) ?? 0 })
  }
  yield* ledger.placements.flush
  for (const row of yield* ledger.mailboxes.all) {
    if (!row.scanned) yield* ledger.mailboxes.put({ ...row, scanned: true })
  }
  return [...adopted.values()].reduce((sum, n) => sum + n, 0)
})
