import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { AppendReceipt, DestinationService } from "./Destination.ts"
import { type DestinationMailboxes, stretchOf } from "./DestinationMailboxes.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { DestinationMailboxRow } from "./LedgerMailboxes.ts"
import { type MailboxPath, pathKey } from "./Mailbox.ts"
import { Fatal, MailError } from "./MailError.ts"
import type { MessagePlan } from "./MessagePlan.ts"
import { isMissingMailbox } from "./MissingMailbox.ts"
import type { PlacementRow } from "./PlacementRow.ts"
import type { Settle } from "./Settle.ts"
import { looksBeforeRepeating, looksWithin, receiptOfFound, storeOnce, Unsettled } from "./StoreOnce.ts"

/** What is told to the destination while one placement is made. */
export interface Placing {
  /** Writes down by which ticket the outcome can be asked for. */
  readonly note: (ticket: string) => Effect.Effect<void, MailError>
  readonly ticket: Effect.Effect<Option.Option<string>>
}

const isMissing = (error: MailError | Unsettled | LedgerError): boolean =>
  isMissingMailbox(error._tag === "Unsettled" ? error.error : error)

/** The ledger's trouble as the adapter has to see it: a session whose ticket is not written down must not be used. */
export const unwritten = ({ kind }: Pick<DestinationService, "kind">, error: LedgerError) =>
  new MailError({
    adapter: kind,
    operation: "append",
    side: "destination",
    reason: new Fatal({ detail: error.message, cause: error })
  })

/** The row of a placement about to be made: its intent, before anything leaves. */
export const intentOf = (
  plan: MessagePlan,
  mailbox: MailboxPath,
  step: PlacementRow["step"],
  written: Pick<PlacementRow, "size" | "fingerprint" | "internalDate" | "addedId">,
  run: number
): PlacementRow => ({
  message: plan.message.id,
  mailbox,
  step,
  origin: "ours",
  state: "appending",
  locator: Option.none(),
  flags: plan.placement.flags,
  keywords: plan.placement.keywords,
  internalDate: written.internalDate,
  size: written.size,
  fingerprint: written.fingerprint,
  addedId: written.addedId,
  ticket: Option.none(),
  why: Option.none(),
  detail: Option.none(),
  advice: Option.none(),
  run
})

/** Makes placements: writes the intent, acts, writes the outcome, whatever happens in between. */
export const makeMessagePlace = Effect.fnUntraced(function* (
  destination: DestinationService,
  mailboxes: DestinationMailboxes,
  settle: Settle
) {
  const ledger = yield* Ledger
  const { capabilities } = destination

  const noteFailure = (row: PlacementRow, { reason }: MailError) =>
    ledger.placements.put({
      ...row,
      state: reason._tag === "MessageRejected" ? "rejected" : "failed",
      why: Option.some(reason._tag === "MessageRejected" ? reason.why : reason._tag),
      detail: Option.some(reason.detail),
      advice: Option.fromUndefinedOr(reason.advice)
    })

  /** A mailbox that vanished meanwhile, home or label, is made once more. */
  return Effect.fnUntraced(function* (
    plan: MessagePlan,
    intent: PlacementRow,
    opened: DestinationMailboxRow,
    labels: ReadonlyArray<MailboxPath>,
    act: (placing: Placing) => Effect.Effect<AppendReceipt, MailError>
  ) {
    // A row that is open already has an unknown outcome of its own, from the pilot or a call before: look, then send.
    const before = plan.message.placements.find(
      ({ mailbox, state }) => state === "appending" && pathKey(mailbox) === pathKey(intent.mailbox)
    )
    // What an earlier run left unfinished is gone on with.
    const unfinished = capabilities.leavesUnfinished
      ? plan.message.placements.find(({ mailbox }) => pathKey(mailbox) === pathKey(intent.mailbox))
      : before
    let row: PlacementRow = { ...intent, ticket: unfinished?.ticket ?? Option.none() }
    yield* ledger.placements.put(row)
    const note = (ticket: string) =>
      Effect.suspend(() => {
        row = { ...row, ticket: Option.some(ticket) }
        return Effect.mapError(ledger.placements.put(row), (error) => unwritten(destination, error))
      })
    const lookFor = Effect.suspend(() => settle.one(stretchOf(opened), { ...plan.message, ...row }))
    // One message with many labels: a label given twice is one label.
    const isRepeatable =
      row.step === "copy" ? capabilities.placement === "labels" : settle.isRepeatable(plan.message, row)
    const looks = isRepeatable ? looksBeforeRepeating : looksWithin(capabilities.foundWithin)
    const ticket = Effect.sync(() => row.ticket)
    const storing = Effect.suspend(() => storeOnce(act({ note, ticket }), lookFor, looks))
    const looked =
      before === undefined
        ? Effect.succeedNone
        : Effect.mapError(lookFor, (error) => (error._tag === "MailError" ? new Unsettled({ error }) : error))
    const receipt = yield* Effect.flatMap(looked, (found) =>
      Option.isSome(found) ? Effect.succeed(receiptOfFound(found.value)) : storing
    ).pipe(
      Effect.catchIf(isMissing, () =>
        Effect.andThen(Effect.forEach([opened.path, ...labels], mailboxes.reopen, { discard: true }), storing)
      ),
      Effect.tapError((error) => (error._tag === "MailError" ? noteFailure(row, error) : Effect.void)),
      // The row stays `appending`: whoever comes next looks before it sends.
      Effect.catchTag("Unsettled", ({ error }) => Effect.fail(error))
    )
    return { ...row, state: "appended", ...receipt } satisfies PlacementRow
  })
})
