import * as Schema from "effect/Schema"
import type { SqlError } from "effect/sql/SqlError"

/**
 * The ledger cannot be read or written. Always stops a run: what cannot be recorded must not be appended.
 * `locked` is another process at work on the same pair of accounts; `foreign` is a file that is no ledger of this pair.
 */
export class LedgerError extends Schema.TaggedError<LedgerError>("mailferry/LedgerError")("LedgerError", {
  why: Schema.Literals(["disk-full", "read-only", "locked", "damaged", "foreign", "unclassified"]),
  detail: Schema.String,
  advice: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    return this.detail
  }
}

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html */
const resultCodes: Readonly<Record<number, readonly [LedgerError["why"], string]>> = {
  5: ["locked", "Wait until the other program has closed the ledger, then run again."],
  8: ["read-only", "Make the state directory writable (or choose another with --state), then run again."],
  10: [
    "disk-full",
    "Check the disk that holds the state directory, then run again: nothing that was recorded is lost."
  ],
  11: [
    "damaged",
    "Restore the ledger from a backup, or move it away: mailferry then looks at the destination first."
  ],
  13: [
    "disk-full",
    "Free some space on the disk that holds the state directory, then run again: it goes on from here."
  ],
  14: [
    "read-only",
    "Make the state directory readable and writable (or choose another with --state), then run again."
  ],
  26: ["damaged", "The file is not a ledger. Move it away or choose another directory with --state."]
}

/** What Node says before SQLite gets to see the file (errno(3)), as the SQLite code of the same meaning. */
const systemCodes: Readonly<Record<string, number>> = {
  EACCES: 8,
  EPERM: 8,
  EROFS: 8,
  EDQUOT: 13,
  ENOSPC: 13,
  EIO: 10,
  EISDIR: 14,
  ENOENT: 14,
  ENOTDIR: 14
}

const systemCode = (cause: unknown): number | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? systemCodes[cause.code]
    : undefined

const sqliteCode = (cause: unknown): number | undefined =>
  typeof cause === "object" && cause !== null && "errcode" in cause && typeof cause.errcode === "number"
    ? cause.errcode & 0xff
    : undefined

/** What a SQLite failure means for the person whose disk it is. */
export const ledgerErrorOf = (error: SqlError): LedgerError => {
  const cause = error.reason.cause
  const [why, advice] = resultCodes[sqliteCode(cause) ?? systemCode(cause) ?? -1] ?? [
    "unclassified",
    "Run again; if it fails the same way, report this text."
  ]
  const words = cause instanceof Error ? cause.message : error.message
  return new LedgerError({ why, detail: `The ledger could not be used: ${words}.`, advice, cause })
}
