import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import { Destination } from "@mailferry/core/Destination.ts"
import * as Ledger from "@mailferry/core/Ledger.ts"
import type { LedgerError } from "@mailferry/core/LedgerError.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { Glimpse } from "@mailferry/core/Message.ts"
import type { PlanDrift } from "@mailferry/core/PlanDrift.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { planMigration, runMigration, type RunOptions } from "@mailferry/core/Run.ts"
import { type RunEvent, RunEvents } from "@mailferry/core/RunEvent.ts"
import type { RunResult } from "@mailferry/core/RunResult.ts"
import { Source } from "@mailferry/core/Source.ts"
import { verifyMigration } from "@mailferry/core/Verify.ts"
import type { Call, Script } from "@mailferry/testkit/Fault.ts"
import * as FaultyDestination from "@mailferry/testkit/FaultyDestination.ts"
import * as FaultySource from "@mailferry/testkit/FaultySource.ts"
import type { MemoryAccount } from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import type { MemoryReaderOptions } from "@mailferry/testkit/MemoryReader.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import {
  type DateTime,
  Deferred,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Option,
  type Scope,
  Stream
} from "effect"
import { TestClock } from "effect/testing"

import { type Moment, mortal } from "./Mortal.ts"

export interface WorldOptions {
  readonly source: MemoryAccount
  readonly destination: MemoryAccount
  readonly capabilities?: Partial<DestinationCapabilities>
  readonly quota?: number
  /** Whether the destination gives tickets for its appends. */
  readonly tickets?: boolean
  /** What cuts an append short when part of the message is there. */
  readonly cut?: () => MailError | undefined
  /** Whether the destination cannot tell where new mail begins. */
  readonly cursorless?: boolean
  /** The date that the destination gives every message. */
  readonly dating?: DateTime.Utc
  readonly sourceOptions?: Partial<MemoryReaderOptions>
  /** Entries on one page of the destination's listings. */
  readonly destinationPageSize?: number
}

export interface LifeOptions extends Partial<RunOptions> {
  readonly sourceScript?: Script
  readonly destinationScript?: Script
  /** When true for a call, the process is killed at that moment: nothing of it happens any more, on either end. */
  readonly killAt?: (moment: Moment) => boolean
  /** How long the moment takes: an answer that is long under way. */
  readonly lag?: (moment: Moment) => Duration.Duration
  /** What a glimpse of a message shows in place of the truth. */
  readonly blind?: Partial<Glimpse>
  /** The ledger's disk is read-only once so many appends have been asked for. */
  readonly ledgerReadOnlyAfter?: number
}

/** What one process came to. */
interface Life<A> {
  /** None when it was killed. */
  readonly exit: Option.Option<Exit.Exit<A, MailError | LedgerError | PlanDrift>>
  readonly events: ReadonlyArray<RunEvent>
  readonly sourceCalls: ReadonlyArray<Call>
  readonly destinationCalls: ReadonlyArray<Call>
  /** Every call to either end, before and after it, in order. */
  readonly moments: ReadonlyArray<Moment>
}

const appendsOf = (calls: ReadonlyArray<Call>) =>
  calls.filter(({ operation }) => operation === "append").length

const silent: Script = () => undefined

/** Lets all work run that can, then time pass, until the fiber has ended or the process was killed. */
const untilOver = Effect.fnUntraced(function* <A, E>(
  fiber: Fiber.Fiber<A, E>,
  killed: Deferred.Deferred<void>
) {
  for (let second = 0; second < 100_000; second++) {
    for (let turn = 0; turn < 25; turn++) yield* Effect.yieldNow
    if (fiber.pollUnsafe() !== undefined || Deferred.isDoneUnsafe(killed)) return
    yield* TestClock.adjust("1 seconds")
  }
  return yield* Effect.die("the run does not come to an end")
})

/** Two accounts in memory and one ledger on the disk, on which processes can be started, and killed, one after another. */
export const makeWorld = Effect.fnUntraced(function* (options: WorldOptions) {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "mailferry-world-"))),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
  )
  let life = 0
  const filename = () => join(directory, `ledger-${life}.sqlite`)

  /** The ledger as it lies on the disk at this moment is all that the next process gets. */
  const keepLedger = () => {
    const before = filename()
    life++
    for (const part of ["", "-wal"]) {
      if (existsSync(`${before}${part}`)) copyFileSync(`${before}${part}`, `${filename()}${part}`)
    }
  }

  const ledgerLayer = Layer.unwrap(
    Effect.sync(() =>
      Ledger.layer({ filename: filename(), sourceAccount: "a", destinationAccount: "b", exclusive: true })
    )
  )

  const live = Effect.fnUntraced(function* <A>(
    program: Effect.Effect<
      A,
      MailError | LedgerError | PlanDrift,
      Source | Destination | Ledger.Ledger | RunEvents | Scope.Scope
    >,
    {
      blind = {},
      destinationScript = silent,
      killAt = () => false,
      lag = () => Duration.zero,
      ledgerReadOnlyAfter,
      sourceScript = silent
    }: LifeOptions
  ) {
    const killed = yield* Deferred.make<void>()
    const process = mortal((moment) => {
      if (!killAt(moment)) return false
      keepLedger()
      Deferred.doneUnsafe(killed, Exit.void)
      return true
    }, lag)
    const seeing = MemorySource.make(options.source, options.sourceOptions)
    const blinded: MailboxReader = {
      ...seeing,
      glimpse: (path, locator) => Effect.map(seeing.glimpse(path, locator), (seen) => ({ ...seen, ...blind }))
    }
    const source = FaultySource.make(blinded, sourceScript)
    const destination = FaultyDestination.make(
      MemoryDestination.make(options.destination, {
        ...(options.capabilities === undefined ? {} : { capabilities: options.capabilities }),
        pageSize: options.destinationPageSize ?? 100,
        tickets: options.tickets ?? false,
        cursorless: options.cursorless ?? false,
        ...(options.dating === undefined ? {} : { dating: options.dating }),
        ...(options.cut === undefined ? {} : { cut: options.cut }),
        ...(options.quota === undefined ? {} : { quota: options.quota })
      }),
      destinationScript
    )
    const freezingDisk = Effect.flatMap(Ledger.Ledger, ({ sql }) =>
      ledgerReadOnlyAfter === undefined
        ? Effect.void
        : Effect.forkScoped(
            Effect.gen(function* () {
              while (appendsOf(destination.calls) < ledgerReadOnlyAfter) yield* Effect.yieldNow
              yield* Effect.orDie(sql`PRAGMA query_only = ON`)
            })
          )
    )
    const events: Array<RunEvent> = []
    const services = Layer.mergeAll(
      Layer.succeed(Source, process.reader("source", source.service)),
      Layer.succeed(Destination, process.destination(destination.service)),
      Layer.succeed(RunEvents, {
        emit: (event) => Effect.sync(() => void events.push(event)),
        stream: Stream.empty
      }),
      ledgerLayer
    )
    const fiber = yield* Effect.forkChild(
      Effect.scoped(Effect.andThen(freezingDisk, program)).pipe(Effect.provide(services))
    )
    yield* untilOver(fiber, killed)
    const over = fiber.pollUnsafe()
    if (over === undefined) yield* Fiber.interrupt(fiber)
    const result: Life<A> = {
      exit: Option.fromUndefinedOr(over),
      events,
      sourceCalls: source.calls,
      destinationCalls: destination.calls,
      moments: process.moments
    }
    return result
  })

  const defaults: RunOptions = {
    rules: defaultRules,
    planFile: Option.none(),
    pilot: "skip",
    stop: Effect.succeed(false),
    byteBudget: 1 << 20,
    quarantineDirectory: Option.some(join(directory, "quarantine")),
    retryQuarantined: false
  }

  /** One process from its start to its end, or to its death. */
  const start = (life: LifeOptions = {}) => live(runMigration({ ...defaults, ...life }), life)

  /** One run that has to come to a result. */
  const run = (life: LifeOptions = {}) =>
    Effect.flatMap(start(life), (lived) => {
      const exit = Option.getOrElse(lived.exit, () => Exit.die("killed"))
      return Effect.map(exit, ({ pilot, result }) => ({ ...lived, pilot, result }))
    })

  return {
    ...options,
    directory,
    start,
    run,
    plan: (life: LifeOptions = {}) =>
      Effect.flatMap(live(planMigration({ ...defaults, ...life }), life), ({ exit }) =>
        Option.getOrElse(exit, () => Exit.die("killed"))
      ),
    verify: (life: LifeOptions & { readonly full?: boolean } = {}) =>
      Effect.flatMap(
        live(verifyMigration({ ...defaults, full: life.full ?? false, allowForeign: false, ...life }), life),
        ({ exit }) => Option.getOrElse(exit, () => Exit.die("killed"))
      ),
    /** Looks into the ledger between two processes. */
    ledger: <A, E>(look: (ledger: Ledger.Ledger["Service"]) => Effect.Effect<A, E>) =>
      Effect.scoped(Effect.flatMap(Ledger.Ledger, look).pipe(Effect.provide(ledgerLayer)))
  }
})

export type World = Effect.Success<ReturnType<typeof makeWorld>>

/** What the counters leave unaccounted for: nothing, unless the run was stopped. */
export const unaccounted = (result: RunResult): number =>
  result.planned - result.migrated - result.alreadyThere - result.merged - result.quarantined - result.failed
