import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"

import type { Forecast } from "./Forecast.ts"
import type { MailboxPath } from "./Mailbox.ts"
import type { Operation, Side } from "./MailError.ts"

/**
 * Everything a run says while it runs, as plain data: progress, logs, JSON lines and metrics all read this.
 * No event holds a secret or mail content; subjects appear only where a message has to be named to its owner.
 */
export type RunEvent =
  | { readonly _tag: "Connected"; readonly side: Side; readonly kind: string; readonly account: string }
  | {
      readonly _tag: "MailboxListed"
      readonly mailbox: MailboxPath
      readonly messages: number
      readonly fresh: number
    }
  | { readonly _tag: "SourceGrew"; readonly mailbox: MailboxPath }
  | {
      readonly _tag: "MailboxRenamed"
      readonly wanted: MailboxPath
      readonly path: MailboxPath
      readonly why: string
    }
  | { readonly _tag: "MailboxScanned"; readonly mailbox: MailboxPath; readonly messages: number }
  | { readonly _tag: "Adopted"; readonly mailbox: MailboxPath; readonly messages: number }
  | {
      readonly _tag: "Settled"
      readonly mailbox: MailboxPath
      readonly found: number
      readonly missing: number
    }
  | { readonly _tag: "Planned"; readonly messages: number; readonly toDo: number; readonly bytes: number }
  /** How long the published limits make it, said once after the plan; not where nothing is published. */
  | { readonly _tag: "Forecast"; readonly forecast: Forecast }
  | {
      readonly _tag: "PilotStep"
      readonly step: PilotStepName
      readonly ok: boolean
      readonly evidence: string
    }
  | { readonly _tag: "MessageDone"; readonly mailbox: MailboxPath; readonly bytes: number }
  | { readonly _tag: "LabelDone"; readonly mailbox: MailboxPath }
  | {
      readonly _tag: "Quarantined"
      readonly key: string
      readonly subject: string | undefined
      readonly why: string
      readonly detail: string
    }
  | { readonly _tag: "MailboxSkipped"; readonly mailbox: MailboxPath; readonly detail: string }
  | {
      readonly _tag: "Retrying"
      readonly side: Side
      readonly operation: Operation
      readonly attempt: number
      readonly inMillis: number
      readonly detail: string
    }
  | { readonly _tag: "Paused"; readonly side: Side; readonly forMillis: number; readonly detail: string }
  | { readonly _tag: "Resumed"; readonly side: Side }
  /** We wait by ourselves: a published limit, counted in `of`, is used up for now. */
  | { readonly _tag: "Pacing"; readonly side: Side; readonly forMillis: number; readonly of: string }
  /** The file of budgets cannot be used; they are kept in memory from now on. */
  | { readonly _tag: "LimitsForgotten"; readonly file: string; readonly detail: string }
  | { readonly _tag: "Stopping"; readonly detail: string }
  | { readonly _tag: "Verifying"; readonly mailbox: MailboxPath; readonly messages: number }

/** The links of the chain that a pilot proves. */
export type PilotStepName = "decrypted" | "delivered" | "read" | "stored"

/** Where stages say what happens; whoever listens sees everything said after it began to. */
export class RunEvents extends Context.Service<
  RunEvents,
  {
    readonly emit: (event: RunEvent) => Effect.Effect<void>
    readonly stream: Stream.Stream<RunEvent>
  }
>()("@mailferry/core/RunEvents") {}

/** A listener this far behind slows the run down instead of losing events. */
const capacity = 4096

export const layer: Layer.Layer<RunEvents> = Layer.effect(
  RunEvents,
  Effect.gen(function* () {
    const events = yield* PubSub.bounded<RunEvent>(capacity)
    return {
      emit: (event) => Effect.asVoid(PubSub.publish(events, event)),
      stream: Stream.fromPubSub(events)
    }
  })
)
