import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"

import { adopt } from "./Adopt.ts"
import { noteThereFirst } from "./AdoptByJoining.ts"
import { makeByteBudget } from "./ByteBudget.ts"
import { Destination } from "./Destination.ts"
import { type DestinationMailboxes, makeDestinationMailboxes, stretchOf } from "./DestinationMailboxes.ts"
import { tellForecast } from "./ForecastNow.ts"
import { guardDestination, guardSource } from "./Guard.ts"
import { Ledger } from "./Ledger.ts"
import { discardLeftovers } from "./Leftovers.ts"
import { pathKey } from "./Mailbox.ts"
import { MailError } from "./MailError.ts"
import { pilot, type PilotResult } from "./Pilot.ts"
import type { PlanDrift } from "./PlanDrift.ts"
import { makePlanner, type PlanInput, type Planner } from "./Planner.ts"
import type { PlanSummary } from "./PlanSummary.ts"
import { makeQuarantine } from "./Quarantine.ts"
import { RunEvents } from "./RunEvent.ts"
import { type RunResult, runResultOf } from "./RunResult.ts"
import { makeSettle } from "./Settle.ts"
import { Source } from "./Source.ts"
import { listSource } from "./SourceListing.ts"
import { type StoppedBy, transfer } from "./Transfer.ts"

export interface RunOptions extends PlanInput {
  /** `first`: unless an earlier pilot of this ledger passed. `only`: the pilot and nothing after it. */
  readonly pilot: "first" | "only" | "skip"
  /** Answers true once a person has asked to stop: what is in flight is finished, nothing more is begun. */
  readonly stop: Effect.Effect<boolean>
  /** Octets of mail in memory at one time. */
  readonly byteBudget: number
  /** Where octets of messages that did not arrive are kept. */
  readonly quarantineDirectory: Option.Option<string>
  /** Whether messages in quarantine are tried again. */
  readonly retryQuarantined: boolean
}

/** Listings of the source in one run: the first, one after the transfer for what came meanwhile, and some for resyncs. */
const rounds = 5

/** Before looking for what a killed run left behind: a server may still be storing what it got (see StoreOnce). */
const afterCrash = Duration.seconds(3)

/** In the place of a run's number where there is no run. */
const planOnly = 0

const connect = Effect.gen(function* () {
  const events = yield* RunEvents
  const source = yield* guardSource(yield* Source)
  const destination = yield* guardDestination(yield* Destination)
  yield* events.emit({ _tag: "Connected", side: "source", kind: source.kind, account: source.account })
  yield* events.emit({
    _tag: "Connected",
    side: "destination",
    kind: destination.kind,
    account: destination.account
  })
  const settle = yield* makeSettle(destination)
  return { source, destination, settle }
})

type Ends = Effect.Success<typeof connect>

/** Settles what an earlier run, or an earlier round of this one, left of unknown outcome: nothing is sent before. */
const settleOpen = Effect.fnUntraced(function* ({ destination, settle }: Ends) {
  const ledger = yield* Ledger
  yield* ledger.placements.flush
  const open = yield* ledger.mailboxes.withOpen
  if (open.length === 0) return
  const rows = new Map((yield* ledger.mailboxes.all).map((row) => [pathKey(row.path), row]))
  const { foundWithin, joinsByMessageId } = destination.capabilities
  yield* Effect.sleep(joinsByMessageId ? afterCrash : Duration.max(afterCrash, foundWithin))
  for (const mailbox of open) {
    const row = rows.get(pathKey(mailbox))
    const stretch = row === undefined ? { mailbox, from: Option.none(), sinceRun: 0 } : stretchOf(row)
    yield* settle.mailbox(stretch, ({ message }) => ledger.messages.identity(message))
  }
})

/** What `plan` and each round of `run` do before anything is written: list the source, settle, map the names, adopt. */
const survey = Effect.fnUntraced(function* (ends: Ends, options: PlanInput, run: number) {
  const ledger = yield* Ledger
  const { destination, settle, source } = ends
  const { stillGrowing, unlisted } = yield* listSource(source)
  if (run > planOnly) {
    yield* ledger.reports.forgetChanges
    yield* ledger.reports.noteDeleted(run)
  }
  yield* settleOpen(ends)
  const planner = yield* makePlanner(destination, options)
  if (run > planOnly) yield* ledger.source.keepDestinations(planner.names)
  if (destination.capabilities.adoption !== "by-joining")
    yield* adopt(source, destination, planner, settle, run)
  // A plan sends nothing that could be joined, and the run after it looks for itself.
  else if (run > planOnly) yield* noteThereFirst(destination)
  return { stillGrowing, unlisted: unlisted.length, planner }
})

/** What a run would do. Reads both accounts, writes to neither; what is found there already is noted in the ledger. */
export const planMigration = Effect.fn("Plan")(function* (options: PlanInput) {
  const { planner, stillGrowing } = yield* survey(yield* connect, options, planOnly)
  return {
    summary: yield* planner.summary,
    names: planner.names,
    source: planner.source,
    listing: { stillGrowing }
  }
})

/** The owner's mailboxes that hold no mail, so that the whole tree arrives; each once per ledger. */
const makeEmptyMailboxes = Effect.fnUntraced(function* (planner: Planner, mailboxes: DestinationMailboxes) {
  const ledger = yield* Ledger
  const events = yield* RunEvents
  const known = new Set(
    (yield* ledger.mailboxes.all).flatMap(({ path, wanted }) => [pathKey(path), pathKey(wanted)])
  )
  const missing = planner.targets.filter((path) => !known.has(pathKey(path)))
  yield* Effect.forEach(
    missing,
    (path) =>
      mailboxes.open(path).pipe(
        Effect.catchIf(
          (error) => error._tag === "MailError" && error.reason._tag === "MailboxRejected",
          (error) => events.emit({ _tag: "MailboxSkipped", mailbox: path, detail: error.message })
        )
      ),
    { discard: true }
  )
})

const isAccountTrouble = (error: MailError | PlanDrift): error is MailError => error._tag === "MailError"

/** The migration: plan, pilot, transfer, and once more for what came meanwhile. Always ends with a result that adds up. */
export const runMigration = Effect.fn("Run")(function* (options: RunOptions) {
  const ledger = yield* Ledger
  const events = yield* RunEvents
  const started = yield* Clock.currentTimeMillis
  const run = yield* ledger.reports.beginRun
  if (options.retryQuarantined) yield* ledger.reports.release

  const latest = yield* Ref.make(Option.none<Planner>())
  const facts = yield* Ref.make({
    settledBefore: 0,
    adoptedBefore: 0,
    bytes: 0,
    stillGrowing: false,
    unlisted: 0
  })
  const pilotResult = yield* Ref.make(Option.none<PilotResult>())

  const work = Effect.gen(function* () {
    const ends = yield* connect
    const quarantine = yield* makeQuarantine(options.quarantineDirectory, run)
    const budget = makeByteBudget(options.byteBudget)
    for (let round = 0; round < rounds; round++) {
      const { planner, stillGrowing, unlisted } = yield* survey(ends, options, run)
      yield* Ref.set(latest, Option.some(planner))
      yield* Ref.update(facts, (sofar) => ({ ...sofar, stillGrowing, unlisted }))
      if (round === 0) {
        const first = yield* planner.summary
        const { alreadyThere, bytes, planned, toDo } = first
        const { adopted } = yield* ledger.joined.counts(run)
        yield* Ref.update(facts, (sofar) => ({
          ...sofar,
          settledBefore: alreadyThere,
          adoptedBefore: adopted
        }))
        yield* events.emit({ _tag: "Planned", messages: planned, toDo, bytes })
        yield* tellForecast(first, ends.destination.capabilities.pace)
      }

      const mailboxes = yield* makeDestinationMailboxes(ends.destination, planner.names, run)
      const sourceMailboxes = planner.context.mailboxes
      const kept = { quarantineDirectory: options.quarantineDirectory, rules: planner.context.rules }
      const parts = { ...ends, mailboxes, budget, sourceMailboxes, quarantine, run, ...kept }
      const carried = (bytes: number) =>
        Ref.update(facts, (sofar) => ({ ...sofar, bytes: sofar.bytes + bytes }))
      const wantsPilot =
        options.pilot === "only" ||
        (options.pilot === "first" && round === 0 && Option.isNone(yield* ledger.noted("pilot")))
      if (wantsPilot) {
        const piloted = yield* pilot(planner, parts, options.stop)
        yield* carried(piloted.bytes)
        yield* Ref.set(pilotResult, Option.some(piloted))
        if (Option.isSome(piloted.stoppedBy)) return piloted.stoppedBy
        if (!piloted.passed || options.pilot === "only") return Option.none<StoppedBy>()
      }
      const result = yield* transfer(planner.plans, parts, options.stop)
      yield* carried(result.bytes)
      yield* ledger.messages.noteCarried
      if (Option.isSome(result.stoppedBy)) return result.stoppedBy
      yield* makeEmptyMailboxes(planner, mailboxes)
      if (result.done === 0 && result.stale === 0) break
    }
    yield* discardLeftovers(ends.destination, run)
    return Option.none<StoppedBy>()
  })

  const stoppedBy = yield* work.pipe(
    Effect.catchIf(
      (error) => error._tag !== "LedgerError" && isAccountTrouble(error),
      (error) => Effect.succeed(Option.some<StoppedBy>(error))
    )
  )
  if (Option.isSome(stoppedBy) && stoppedBy.value._tag === "LedgerError") return yield* stoppedBy.value

  const { adoptedBefore, bytes, settledBefore, stillGrowing, unlisted } = yield* Ref.get(facts)
  const planner = yield* Ref.get(latest)
  const summary = Option.isSome(planner) ? yield* planner.value.summary : emptySummary
  const met = yield* ledger.reports.lossCounts(run)
  const joined = yield* ledger.joined.counts(run)
  const result = runResultOf({
    summary: { ...summary, losses: { ...met, ...summary.losses } },
    settledBefore,
    merged: joined.merged,
    adopted: joined.adopted - adoptedBefore,
    bytes,
    seconds: ((yield* Clock.currentTimeMillis) - started) / 1000,
    sourceStillGrowing: stillGrowing,
    unlisted,
    stoppedBy
  })
  const { outcome } = result
  yield* ledger.reports.endRun(run, outcome, JSON.stringify({ ...result, stoppedBy: undefined }))
  return { result: result satisfies RunResult, pilot: yield* Ref.get(pilotResult) }
})

const emptySummary: PlanSummary = {
  mailboxes: [],
  planned: 0,
  toDo: 0,
  appends: 0,
  alreadyThere: 0,
  quarantined: 0,
  unreadable: 0,
  tooLarge: 0,
  bytes: 0,
  labelRule: "copy",
  labels: 0,
  flagChanges: 0,
  losses: {},
  changes: {}
}
