import { type ProtonMessage, SystemLabel } from "../ProtonAccount.ts"

/** A message in gluon's database: one literal, however many mailboxes show it. */
export interface StoredMessage {
  /** Proton's id; for a recovered message, which Proton does not know, the Gluon id. */
  readonly id: string
  /** A UUID of this database; a resync gives another. */
  readonly gluonId: string
  /** Milliseconds since 1970. */
  readonly internalDate: number
  /** What Proton holds; `undefined` for a recovered message. */
  message: ProtonMessage | undefined
  /** What a client tried to append and Proton refused. */
  readonly recovered: Uint8Array | undefined
  /** As of the last event: Proton's own state may be ahead. */
  flags: ReadonlyArray<string>
  /** The labels it was filed under at the last event. */
  labelIds: ReadonlySet<string>
}

/** The flags Bridge derives from a message, sorted as gluon writes them. Forwarding shows twice. */
export const flagsOf = (message: ProtonMessage): ReadonlyArray<string> => [
  ...(message.forwarded ? ["$Forwarded", "Forwarded"] : []),
  ...(message.answered ? ["\\Answered"] : []),
  ...(message.labelIds.has(SystemLabel.drafts) ? ["\\Draft"] : []),
  ...(message.labelIds.has(SystemLabel.starred) ? ["\\Flagged"] : []),
  ...(message.unread ? [] : ["\\Seen"])
]
