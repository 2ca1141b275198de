import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"

import { ledgerErrorOf } from "./LedgerError.ts"

/** A message that did not arrive, with everything a person needs to find it and mend it. */
export interface QuarantineRow {
  readonly message: number
  readonly subject: Option.Option<string>
  readonly why: string
  /** The server's words. */
  readonly detail: string
  readonly advice: Option.Option<string>
  /** The .eml beside the ledger that holds whatever octets could be read. */
  readonly file: Option.Option<string>
  readonly run: number
}

export interface QuarantinedMessage extends QuarantineRow {
  /** X-Pm-Internal-Id, or the key that core gave it. */
  readonly key: string
  readonly messageId: Option.Option<string>
  readonly size: number
}

/** A message, or a label of one, that a run could not carry over though nobody refused it for good. */
export interface FailedMessage {
  /** X-Pm-Internal-Id, or the key that core gave it. */
  readonly key: string
  readonly messageId: Option.Option<string>
  readonly subject: Option.Option<string>
  readonly why: string
  /** The server's words. */
  readonly detail: string
}

/** Something that could not be carried over exactly, or that changed at the source and was left alone. */
export interface LossRow {
  readonly message: number
  readonly kind: string
  readonly detail: string
  readonly run: number
}

interface QuarantineRecord {
  readonly message: number
  readonly subject: string | null
  readonly why: string
  readonly detail: string
  readonly advice: string | null
  readonly file: string | null
  readonly run: number
  readonly stable_id: string
  readonly message_id: string | null
  readonly size: number
}

/** One finished or unfinished run. */
export interface RunRow {
  readonly id: number
  readonly started: number
  readonly ended: number | null
  readonly outcome: string | null
  readonly result: string | null
}

/** What the ledger tells people: runs, quarantine, losses. */
export const makeLedgerReports = (sql: SqlClient.SqlClient) => {
  const mapError = Effect.mapError(ledgerErrorOf)

  const quarantine = (row: QuarantineRow) =>
    sql`INSERT INTO quarantine ${sql.insert({
      message: row.message,
      subject: Option.getOrNull(row.subject),
      why: row.why,
      detail: row.detail,
      advice: Option.getOrNull(row.advice),
      file: Option.getOrNull(row.file),
      run: row.run
    })} ON CONFLICT (message) DO UPDATE SET subject = excluded.subject, why = excluded.why, detail = excluded.detail,
        advice = excluded.advice, file = coalesce(excluded.file, quarantine.file), run = excluded.run`.pipe(
      Effect.asVoid,
      mapError
    )

  const quarantined = sql<QuarantineRecord>`
    SELECT quarantine.*, messages.stable_id, messages.message_id, messages.size
    FROM quarantine JOIN messages ON messages.id = quarantine.message ORDER BY quarantine.message`.pipe(
    Effect.map((records) =>
      records.map((record): QuarantinedMessage => ({
        message: record.message,
        subject: Option.fromNullOr(record.subject),
        why: record.why,
        detail: record.detail,
        advice: Option.fromNullOr(record.advice),
        file: Option.fromNullOr(record.file),
        run: record.run,
        key: record.stable_id,
        messageId: Option.fromNullOr(record.message_id),
        size: record.size
      }))
    ),
    mapError
  )

  /** Messages and labels that this run could not carry over, each with the server's words; the next run tries again. */
  const failures = sql<{
    readonly key: string
    readonly message_id: string | null
    readonly subject: string | null
    readonly kind: string
    readonly detail: string
  }>`
    SELECT messages.stable_id AS key, messages.message_id, messages.subject, losses.kind, losses.detail
    FROM losses JOIN messages ON messages.id = losses.message
    WHERE losses.kind IN ('mailbox-refused', 'retries-spent', 'not-given', 'label-refused', 'flag-refused')
    ORDER BY losses.message, losses.kind`.pipe(
    Effect.map((rows) =>
      rows.map((row): FailedMessage => ({
        key: row.key,
        messageId: Option.fromNullOr(row.message_id),
        subject: Option.fromNullOr(row.subject),
        why: row.kind,
        detail: row.detail
      }))
    ),
    mapError
  )

  /** Lets quarantined messages be tried again by the next run. */
  const release = Effect.gen(function* () {
    yield* sql`DELETE FROM placements WHERE state = 'rejected'`
    yield* sql`DELETE FROM quarantine`
  }).pipe(sql.withTransaction, mapError)

  const loss = (row: LossRow) =>
    sql`INSERT INTO losses ${sql.insert({ ...row })} ON CONFLICT DO NOTHING`.pipe(Effect.asVoid, mapError)

  /** Losses that a run met with, by kind: how many messages, or labels and flags of them. */
  const lossCounts = (run: number) =>
    sql<{ readonly kind: string; readonly n: number }>`
      SELECT kind, count(*) AS n FROM losses WHERE run = ${run} AND kind NOT LIKE '%-at-source' GROUP BY kind`.pipe(
      Effect.map((rows): Readonly<Record<string, number>> =>
        Object.fromEntries(rows.map(({ kind, n }) => [kind, n]))
      ),
      mapError
    )

  /** Whether this message met with this loss. */
  const hasLoss = (message: number, kind: string) =>
    sql`SELECT 1 FROM losses WHERE message = ${message} AND kind = ${kind} LIMIT 1`.pipe(
      Effect.map((rows) => rows.length > 0),
      mapError
    )

  const losses = sql<LossRow & { readonly key: string }>`
    SELECT losses.*, messages.stable_id AS key FROM losses JOIN messages ON messages.id = losses.message
    ORDER BY kind, message`.pipe(mapError)

  /** Losses of earlier rounds and runs that each finds anew, or that a person may have undone since. */
  const forgetChanges =
    sql`DELETE FROM losses WHERE kind LIKE '%-at-source' OR kind IN ('mailbox-refused', 'retries-spent', 'not-given', 'label-refused', 'flag-refused')`.pipe(
      Effect.asVoid,
      mapError
    )

  /** A row for each message we carried over that the source shows nowhere any more. */
  const noteDeleted = (run: number) =>
    sql`INSERT INTO losses SELECT DISTINCT message, 'deleted-at-source', '', ${run} FROM placements
        WHERE state IN ('appended', 'verified') AND message NOT IN (SELECT message FROM copies)
        ON CONFLICT DO NOTHING`.pipe(Effect.asVoid, mapError)

  const beginRun = Effect.gen(function* () {
    const started = yield* Clock.currentTimeMillis
    const rows = yield* sql<{ readonly id: number }>`
      INSERT INTO runs ${sql.insert({ started })} RETURNING id`
    return rows[0]?.id ?? 0
  }).pipe(mapError)

  const endRun = Effect.fnUntraced(function* (id: number, outcome: string, result: string) {
    const ended = yield* Clock.currentTimeMillis
    yield* sql`UPDATE runs SET ${sql.update({ ended, outcome, result })} WHERE id = ${id}`
  }, mapError)

  const lastRun = sql<RunRow>`SELECT * FROM runs ORDER BY id DESC LIMIT 1`.pipe(
    Effect.map((rows) => Option.fromUndefinedOr(rows[0])),
    mapError
  )

  /** Placements by state, for `status`. */
  const placementCounts = sql<{ readonly state: string; readonly step: string; readonly n: number }>`
    SELECT state, step, count(*) AS n FROM placements GROUP BY state, step ORDER BY step, state`.pipe(
    mapError
  )

  const messageCount = sql<{ readonly n: number }>`SELECT count(*) AS n FROM messages`.pipe(
    Effect.map((rows) => rows[0]?.n ?? 0),
    mapError
  )

  return {
    quarantine,
    quarantined,
    failures,
    release,
    loss,
    forgetChanges,
    noteDeleted,
    lossCounts,
    hasLoss,
    losses,
    beginRun,
    endRun,
    lastRun,
    placementCounts,
    messageCount
  }
}
