import type { AppendReceipt } from "@mailferry/core/Destination.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"

/** A message as it goes onto the wire: its size is within the server's limit, its flags are those the server keeps. */
export interface WireAppend {
  /** Before modified UTF-7. */
  readonly wireName: string
  /** System flags and keywords; each an atom that is safe in a command. */
  readonly flags: ReadonlyArray<string>
  /** Within what every server takes, see `clampDate`. */
  readonly internalDate: Date
  readonly bytes: Uint8Array
  /** From the request: not to share a command with others. */
  readonly alone: boolean
}

/**
 * Puts messages into mailboxes. Behind this seam one writer may send a command for each message, another many in
 * one; calls may run concurrently. Each message is stored once, or fails with an error that says whether it was.
 */
export interface AppendWriter {
  readonly append: (message: WireAppend) => Effect.Effect<AppendReceipt, MailError>
}

/** Cyrus answers BAD to dates before 1970, and 32-bit servers end in 2038. */
export const storedDates = {
  from: DateTime.makeUnsafe("1970-01-02T00:00:00Z"),
  to: DateTime.makeUnsafe("2037-12-31T00:00:00Z"),
  // Dovecot stores the present moment instead.
  future: false
}

/** A last guard: core keeps to `storedDates`, and a BAD would let the server read the message as commands. */
export const clampDate = (milliseconds: number): Date =>
  new Date(
    Math.min(
      Math.max(milliseconds, DateTime.toEpochMillis(storedDates.from)),
      DateTime.toEpochMillis(storedDates.to)
    )
  )
