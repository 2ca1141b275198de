import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import type { Arrivals } from "../Arrivals.ts"
import type { NamedLoss } from "../Fidelity.ts"
import type { JsonObject } from "../Provider.ts"

/** A server in this process to rehearse a move to, and what a job has to say to get there. */
export interface RehearsalDestination {
  /** Its end of the job file, without the kind. What is secret in it lies in the rehearsal's directory. */
  readonly config: JsonObject
  /** Rules for the sample mailbox: with them everything in it arrives there. */
  readonly rules: JsonObject
  /** How many times faster than other clocks the rehearsal's go; 1 where nothing is waited for. */
  readonly timesFaster: number
  /** What a person should know of it before it begins. */
  readonly note: string | undefined
  /** How to reach it by hand, for programs. */
  readonly facts: Readonly<Record<string, string | number>>
  /** The same for people: a title and what stands behind it. */
  readonly lines: ReadonlyArray<readonly [title: string, text: string]>
  /** What the server itself holds of the account; `losses` are all that mailferry says it could not keep. */
  readonly arrivals: (account: ProtonAccount, losses: ReadonlyArray<NamedLoss>) => Arrivals
}

interface RehearsalOptions {
  /** The rehearsal's own, for files the job points to; gone with the rehearsal. */
  readonly directory: string
  /** Whether commands of other processes are to come, whose clocks are nobody's to set. */
  readonly serve: boolean
}

/** What there is of each kind of destination that can be rehearsed with. */
export interface Rehearsal {
  /** The sample mailbox. */
  readonly account: () => ProtonAccount
  readonly open: (options: RehearsalOptions) => Effect.Effect<RehearsalDestination, never, Scope.Scope>
}
