import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

import { flagsOfText, flagsText } from "./FlagsText.ts"
import { type MailboxPath, pathKey, pathOfKey } from "./Mailbox.ts"
import { type Flags, type Identity, MessageLocator } from "./Message.ts"

/**
 * One APPEND or COPY: this message in this mailbox of the destination.
 *
 * `appending` is written before the bytes go out; a row still in it after a crash has an unknown outcome.
 * `appended` and `verified` are there; `rejected` the destination will never take; `failed` had its retries spent
 * and is tried again by the next run.
 */
export type PlacementState = "appending" | "appended" | "verified" | "rejected" | "failed"

export interface PlacementRow extends Flags {
  readonly message: number
  readonly mailbox: MailboxPath
  readonly step: "append" | "copy"
  /** `adopted`: it was there before us. `merged`: the provider joined it with a message it had. */
  readonly origin: "ours" | "adopted" | "merged"
  readonly state: PlacementState
  readonly locator: Option.Option<MessageLocator>
  readonly internalDate: DateTime.Utc
  /** Octets written. */
  readonly size: number
  /** SHA-256 of the octets written, in hexadecimal; none for what we did not write ourselves. */
  readonly fingerprint: Option.Option<string>
  /** The Message-ID in the octets written, where it is not the source's own but one that we added. */
  readonly addedId: Option.Option<string>
  /** By which the destination can be asked what became of it (see `recall`); none where it gives no tickets. */
  readonly ticket: Option.Option<string>
  readonly why: Option.Option<string>
  readonly detail: Option.Option<string>
  readonly advice: Option.Option<string>
  readonly run: number
}

/** Whether the destination holds it. */
export const isPlaced = ({ state }: PlacementRow): boolean => state === "appended" || state === "verified"

/** The row as SQLite holds it. */
export type PlacementRecord = {
  readonly message: number
  readonly mailbox: string
  readonly step: PlacementRow["step"]
  readonly origin: PlacementRow["origin"]
  readonly state: PlacementState
  readonly locator: string | null
  readonly flags: string
  readonly keywords: string
  readonly internal_date: number
  readonly size: number
  readonly fingerprint: string | null
  readonly added_id: string | null
  readonly ticket: string | null
  readonly why: string | null
  readonly detail: string | null
  readonly advice: string | null
  readonly run: number
}

export const recordOf = (row: PlacementRow): PlacementRecord => ({
  message: row.message,
  mailbox: pathKey(row.mailbox),
  step: row.step,
  origin: row.origin,
  state: row.state,
  locator: Option.getOrNull(row.locator),
  ...flagsText(row),
  internal_date: DateTime.toEpochMillis(row.internalDate),
  size: row.size,
  fingerprint: Option.getOrNull(row.fingerprint),
  added_id: Option.getOrNull(row.addedId),
  ticket: Option.getOrNull(row.ticket),
  why: Option.getOrNull(row.why),
  detail: Option.getOrNull(row.detail),
  advice: Option.getOrNull(row.advice),
  run: row.run
})

export const rowOf = (record: PlacementRecord): PlacementRow => ({
  message: record.message,
  mailbox: pathOfKey(record.mailbox),
  step: record.step,
  origin: record.origin,
  state: record.state,
  locator: Option.map(Option.fromNullOr(record.locator), (locator) => MessageLocator(locator)),
  ...flagsOfText(record),
  internalDate: DateTime.makeUnsafe(record.internal_date),
  size: record.size,
  fingerprint: Option.fromNullOr(record.fingerprint),
  addedId: Option.fromNullOr(record.added_id),
  ticket: Option.fromNullOr(record.ticket),
  why: Option.fromNullOr(record.why),
  detail: Option.fromNullOr(record.detail),
  advice: Option.fromNullOr(record.advice),
  run: record.run
})

/** The Message-ID in the octets that were sent. */
export const sentId = (
  { messageId }: Pick<Identity, "messageId">,
  { addedId }: Pick<PlacementRow, "addedId">
): Option.Option<string> => Option.orElse(addedId, () => messageId)
