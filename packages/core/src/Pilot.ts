import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

import { Ledger } from "./Ledger.ts"
import { makeLocate } from "./Locate.ts"
import { type MailboxPath, pathKey, showPath } from "./Mailbox.ts"
import type { MailError } from "./MailError.ts"
import type { MessagePlan } from "./MessagePlan.ts"
import type { TransferParts } from "./MessageTransfer.ts"
import { isPlaced } from "./PlacementRow.ts"
import type { Planner } from "./Planner.ts"
import { type Comparison, comparisonOf, makeReturned } from "./Returned.ts"
import { type PilotStepName, RunEvents } from "./RunEvent.ts"
import { SourceFlaws } from "./SourceFlaws.ts"
import { type StoppedBy, transfer } from "./Transfer.ts"

/** Messages a pilot carries over at the most: enough to prove the chain, few enough to look at by hand. */
const pilotMessages = 10

export interface PilotResult {
  readonly mailbox: MailboxPath
  readonly messages: number
  /** Octets appended by it. */
  readonly bytes: number
  readonly passed: boolean
  readonly stoppedBy: Option.Option<StoppedBy>
}

/** An account without mail in scope: there is no chain to prove. */
const nothingToProve: PilotResult = {
  mailbox: ["INBOX"],
  messages: 0,
  bytes: 0,
  passed: true,
  stoppedBy: Option.none()
}

const isOfThisMessage = ({ reason }: MailError) =>
  reason._tag === "MessageRejected" || reason._tag === "MailboxRejected"

const sameness: Readonly<Record<Comparison, string>> = {
  octets: "octet for octet",
  content: "in text and files, which is what is kept there",
  nothing: "as far as can be told"
}

/** Sent when it holds mail, since its owner knows it best; else the smallest mailbox that does. */
const choose = Effect.fnUntraced(function* (planner: Planner) {
  const { mailboxes } = yield* planner.summary
  const candidates = mailboxes.filter(({ homes, role }) => homes > 0 && role === "home")
  const isSent = (from: MailboxPath) =>
    planner.source.some(
      (m) => pathKey(m.path) === pathKey(from) && Option.getOrUndefined(m.specialUse) === "sent"
    )
  const [smallest] = candidates.toSorted((a, b) => a.homes - b.homes)
  return Option.fromUndefinedOr(candidates.find(({ from }) => isSent(from)) ?? smallest)
})

/**
 * Carries a few messages of one small mailbox over and proves each link of the chain with evidence: Bridge decrypted
 * them, IMAP delivered them, we read them, the destination stored them and gives the same octets back.
 */
export const pilot = Effect.fn("Pilot")(function* (
  planner: Planner,
  parts: TransferParts,
  stop: Effect.Effect<boolean>
) {
  const ledger = yield* Ledger
  const events = yield* RunEvents
  const flawsOf = yield* SourceFlaws
  const chosen = yield* choose(planner)
  if (Option.isNone(chosen)) return nothingToProve
  const { from } = chosen.value
  const isCarried = ({ status }: MessagePlan) => status !== "unreadable" && status !== "quarantined"
  const isPilot = (plan: MessagePlan) => isCarried(plan) && pathKey(plan.placement.homeFrom) === pathKey(from)
  /** Its octets; none for a message the source cannot give, which proves nothing either way: the run sets it aside. */
  const octetsOf = Effect.fnUntraced(function* ({ message }: MessagePlan) {
    const copy = message.memberships[0]
    const path = copy === undefined ? undefined : parts.sourceMailboxes.get(copy.mailbox)?.path
    if (copy === undefined || path === undefined) return Option.none<Uint8Array>()
    return yield* parts.source.fetch(path, copy.locator).pipe(
      Effect.map(Option.some),
      Effect.catchIf(isOfThisMessage, () => Effect.succeedNone)
    )
  })

  const chosenPlans: Array<MessagePlan> = []
  let octets = 0
  let armoured = 0
  // Where the chosen mailbox gives nothing at all, any other mail proves the chain as well.
  for (const isCandidate of [isPilot, isCarried]) {
    const candidates = yield* planner.plans.pipe(
      Stream.filter(isCandidate),
      Stream.take(5 * pilotMessages),
      Stream.runCollect
    )
    for (const plan of chosenPlans.length > 0 ? [] : candidates) {
      if (chosenPlans.length >= pilotMessages) break
      const bytes = yield* octetsOf(plan)
      if (Option.isNone(bytes)) continue
      chosenPlans.push(plan)
      octets += bytes.value.length
      if (flawsOf(bytes.value).some(({ kind }) => kind === "undecryptable-message")) armoured++
    }
  }
  const say = (step: PilotStepName, ok: boolean, evidence: string) =>
    Effect.as(events.emit({ _tag: "PilotStep", step, ok, evidence }), ok)

  const count = chosenPlans.length
  const mail = `${count} message${count === 1 ? "" : "s"}`
  const decrypted = yield* say(
    "decrypted",
    armoured < count || count === 0,
    `${count - armoured} of ${mail} in ${showPath(from)} are in clear`
  )
  const delivered = yield* say("delivered", octets > 0, `${octets} octets came over IMAP`)

  const result = yield* transfer(Stream.fromIterable(chosenPlans), parts, stop)
  const { bytes, stoppedBy } = result
  if (Option.isSome(stoppedBy)) {
    return { mailbox: from, messages: count, bytes, passed: false, stoppedBy } satisfies PilotResult
  }
  const wanted = new Set(chosenPlans.map(({ message }) => message.id))
  const after = yield* planner.plans.pipe(
    Stream.filter(({ message }) => wanted.has(message.id)),
    Stream.take(wanted.size),
    Stream.runCollect
  )
  const carried = after.filter(isCarried)
  const rows = carried.flatMap(({ message }) => {
    const placed = message.placements.filter(isPlaced)
    const row = placed.find(({ step }) => step === "append") ?? placed[0]
    return row === undefined ? [] : [{ message, row }]
  })
  const aside = count - carried.length
  const read = yield* say(
    "read",
    rows.length > 0 && rows.length === carried.length,
    `${rows.length} of ${mail} are in the ledger (${ledger.filename})${aside === 0 ? "" : `, ${aside} set aside`}`
  )

  const locate = yield* makeLocate(parts.destination)
  const { capabilities } = parts.destination
  const returned = yield* makeReturned(parts.source, capabilities, parts.sourceMailboxes)
  let same = 0
  let compared = 0
  for (const { message, row } of rows) {
    // What it was joined with is another's, and need not have its octets.
    if (Option.isNone(row.fingerprint) || row.origin !== "ours") continue
    const compare = yield* locate
      .reach(row, message, ({ locator, mailbox }) =>
        Effect.map(parts.destination.fetch(mailbox, locator), returned)
      )
      .pipe(
        Effect.catchIf(
          (error) => error._tag === "MailError" && isOfThisMessage(error),
          // Nothing comes back: it is none of what was written.
          () => Effect.succeed(Option.some(returned(new Uint8Array())))
        )
      )
    // None: its owner has moved or deleted it since an earlier pilot, which is no fault of the chain.
    if (Option.isNone(compare)) continue
    const differs = yield* compare.value(row)
    if (Option.isNone(differs)) continue
    compared++
    if (differs.value.length === 0) same++
  }
  const stored = yield* say(
    "stored",
    same === compared && rows.length > 0,
    `${same} of ${compared} read back from ${showPath(chosen.value.to)} are the same ${sameness[comparisonOf(capabilities)]}`
  )
  const passed = decrypted && delivered && read && stored
  if (passed) yield* ledger.note("pilot", "passed")
  return { mailbox: from, messages: count, bytes, passed, stoppedBy } satisfies PilotResult
})
