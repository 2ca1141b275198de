import * as Option from "effect/Option"

import type { PlacedRow } from "./LedgerPlaced.ts"
import type { MailboxPath } from "./Mailbox.ts"

/**
 * How source, ledger and destination can disagree about one message in one mailbox.
 *
 * `missing`: the ledger says we put it there, and it is not. `doubled`: more copies than the plan has. `altered`: there,
 * but not as we wrote it. `foreign`: neither ours nor there before us. `not-migrated`: in scope at the source, and no
 * row says it was carried over.
 */
export type DifferenceKind = "missing" | "doubled" | "altered" | "foreign" | "not-migrated"

export interface Difference {
  readonly kind: DifferenceKind
  readonly mailbox: MailboxPath
  /** X-Pm-Internal-Id, or the key core gave it; empty for a foreign message without one. */
  readonly key: string
  readonly messageId: string | undefined
  /** `size 1200 instead of 1210`, `flag \Seen set since`. */
  readonly detail: string
}

/** Differences kept with their details; beyond that they are only counted, so that memory stays bounded. */
const keptInDetail = 10_000

/** Counts every difference and keeps the first ones in full. */
export class Differences {
  readonly rows: Array<Difference> = []
  readonly counts: Record<DifferenceKind, number> = {
    missing: 0,
    doubled: 0,
    altered: 0,
    foreign: 0,
    "not-migrated": 0
  }

  add(difference: Difference): void {
    this.counts[difference.kind]++
    if (this.rows.length < keptInDetail) this.rows.push(difference)
  }

  /** What is wrong with something that the ledger says we put there. */
  ofPlaced(kind: DifferenceKind, { key, mailbox, messageId }: PlacedRow, detail: string): void {
    this.add({ kind, mailbox, key, messageId: Option.getOrUndefined(messageId), detail })
  }
}
