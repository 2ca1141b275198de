import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

import type { DestinationService } from "./Destination.ts"
import { Ledger } from "./Ledger.ts"
import { pathKey } from "./Mailbox.ts"
import { mapMailboxes, type MappedMailbox } from "./MailboxName.ts"
import { isDeletedAtSource, messagePlanOf } from "./MessagePlan.ts"
import type { PlacementContext } from "./Placement.ts"
import { PlanDrift } from "./PlanDrift.ts"
import { driftOf, namesOfPlan, type PlanFile, skippedByPlan } from "./PlanFile.ts"
import { PlanTally } from "./PlanSummary.ts"
import { admits, labelRule, type Rules } from "./Rules.ts"

export interface PlanInput {
  readonly rules: Rules
  readonly planFile: Option.Option<PlanFile>
}

/**
 * Joins what the pure parts of the plan need: the source's mailboxes from the ledger, the destination's as they are
 * now, the rules or the reviewed plan file. Fails with {@link PlanDrift} when that file no longer fits the source.
 */
export const makePlanner = Effect.fn("Planner")(function* (
  destination: DestinationService,
  input: PlanInput
) {
  const ledger = yield* Ledger
  const source = yield* ledger.source.mailboxes
  const rules = Option.match(input.planFile, { onNone: () => input.rules, onSome: (plan) => plan.rules })
  if (Option.isSome(input.planFile)) {
    const changes = driftOf(input.planFile.value, source)
    if (changes.length > 0) return yield* new PlanDrift({ changes })
  }

  const computed = mapMailboxes(
    source,
    yield* destination.listMailboxes,
    destination.capabilities.names,
    rules,
    new Map(
      source.flatMap((mailbox) =>
        Option.match(mailbox.destination, {
          onNone: () => [],
          onSome: (path) => [[pathKey(mailbox.path), path] as const]
        })
      )
    )
  )
  const asked = Option.match(input.planFile, {
    onNone: () => computed,
    onSome: (plan) => namesOfPlan(plan, computed)
  })
  // A name that the server refused before has had another since.
  const rows = yield* ledger.mailboxes.all
  const given = new Map([
    ...rows.map((row) => [pathKey(row.path), row] as const),
    ...rows.map((row) => [pathKey(row.wanted), row] as const)
  ])
  const names = new Map(
    [...asked].map(([key, name]): readonly [string, MappedMailbox] => {
      const row = given.get(pathKey(name.path))
      return [
        key,
        row === undefined || Option.isNone(row.why) ? name : { ...name, path: row.path, why: row.why }
      ]
    })
  )

  const context: PlacementContext = {
    mailboxes: new Map(source.map((mailbox) => [mailbox.id, mailbox])),
    names,
    rules,
    skipped: new Set(
      Option.match(input.planFile, { onNone: () => [], onSome: (plan) => skippedByPlan(plan).map(pathKey) })
    ),
    aliases: new Map(
      rows
        .filter((row) => Option.isSome(row.why) && pathKey(row.wanted) !== pathKey(row.path))
        .map((row) => [pathKey(row.wanted), pathKey(row.path)])
    ),
    capabilities: destination.capabilities
  }

  /** Every message in scope with what is left to do for it, from the ledger as it is when the stream gets there. */
  const plans = ledger.messages.all.pipe(
    Stream.map((message) => messagePlanOf(message, context)),
    Stream.filter(Option.isSome),
    Stream.map(({ value }) => value)
  )

  const summary = Effect.gen(function* () {
    const tally = new PlanTally(destination.capabilities, rules)
    yield* Stream.runForEach(ledger.messages.all, (message) =>
      Effect.sync(() => {
        const plan = messagePlanOf(message, context)
        if (Option.isSome(plan)) tally.add(plan.value)
        else if (isDeletedAtSource(message)) tally.deleted()
      })
    )
    return tally.summary(source, names)
  })

  const labelsBecome = labelRule(rules, destination.capabilities)

  /** Mailboxes of the owner's making that the rules carry over, those without mail included. */
  const targets = source.flatMap((mailbox) => {
    const isMailbox = mailbox.role === "home" || (mailbox.role === "label" && labelsBecome === "copy")
    const name = names.get(pathKey(mailbox.path))
    const wanted = isMailbox && admits(rules, mailbox) && !context.skipped.has(pathKey(mailbox.path))
    return wanted && name !== undefined ? [name.path] : []
  })

  return { context, names, source, plans, targets, summary }
})

export type Planner = Effect.Success<ReturnType<typeof makePlanner>>
