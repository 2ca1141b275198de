import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"

import { type LedgerError, ledgerErrorOf } from "./LedgerError.ts"
import { type MailboxPath, pathKey, pathOfKey } from "./Mailbox.ts"
import { type PlacementRecord, type PlacementRow, rowOf } from "./PlacementRow.ts"

/** A placement that should be at the destination, with the name of its message. */
export interface PlacedRow extends PlacementRow {
  readonly key: string
  readonly stableId: Option.Option<string>
  readonly messageId: Option.Option<string>
}

type PlacedRecord = PlacementRecord & {
  readonly stable_id: string
  readonly from_source: number
  readonly message_id: string | null
}

const rowsPerPage = 500

const placedOf = (record: PlacedRecord): PlacedRow => ({
  ...rowOf(record),
  key: record.stable_id,
  stableId: record.from_source === 1 ? Option.some(record.stable_id) : Option.none(),
  messageId: Option.fromNullOr(record.added_id ?? record.message_id)
})

/** What the ledger says stands at the destination, for `verify`. */
export const makeLedgerPlaced = (sql: SqlClient.SqlClient) => {
  const mapError = Effect.mapError(ledgerErrorOf)

  const mailboxes = sql<{ readonly mailbox: string }>`
    SELECT DISTINCT mailbox FROM placements WHERE state IN ('appended', 'verified') ORDER BY mailbox`.pipe(
    Effect.map((rows): ReadonlyArray<MailboxPath> => rows.map(({ mailbox }) => pathOfKey(mailbox))),
    mapError
  )

  const within = (mailbox: MailboxPath): Stream.Stream<PlacedRow, LedgerError> =>
    Stream.paginate(0, (after) =>
      sql<PlacedRecord>`
        SELECT placements.*, messages.stable_id, messages.from_source, messages.message_id
        FROM placements JOIN messages ON messages.id = placements.message
        WHERE placements.mailbox = ${pathKey(mailbox)} AND placements.state IN ('appended', 'verified')
          AND placements.message > ${after} ORDER BY placements.message LIMIT ${rowsPerPage}`.pipe(
        Effect.map((records) => {
          const last = records.length < rowsPerPage ? undefined : records.at(-1)?.message
          return [records.map(placedOf), Option.fromUndefinedOr(last)] as const
        }),
        mapError
      )
    )

  /** Where one message stands under many labels, its octets are there once. */
  const written = (once: boolean) =>
    sql`state IN ('appended', 'verified') AND fingerprint IS NOT NULL AND origin = 'ours'
      AND (step = 'append' OR ${once ? 1 : 0} = 0)`

  /** A random sample of what we wrote ourselves and know the octets of. */
  const sample = (size: number, once: boolean) =>
    sql<PlacedRecord>`
      SELECT placements.*, messages.stable_id, messages.from_source, messages.message_id
      FROM placements JOIN messages ON messages.id = placements.message
      WHERE ${written(once)} ORDER BY random() LIMIT ${size}`.pipe(
      Effect.map((records): ReadonlyArray<PlacedRow> => records.map(placedOf)),
      mapError
    )

  const comparable = (once: boolean) =>
    sql<{ readonly n: number }>`SELECT count(*) AS n FROM placements WHERE ${written(once)}`.pipe(
      Effect.map((rows) => rows[0]?.n ?? 0),
      mapError
    )

  const markVerified = (mailbox: MailboxPath, messages: ReadonlyArray<number>) =>
    messages.length === 0
      ? Effect.void
      : sql`UPDATE placements SET state = 'verified' WHERE mailbox = ${pathKey(mailbox)} AND state = 'appended'
            AND message IN ${sql.in(messages)}`.pipe(Effect.asVoid, mapError)

  return { mailboxes, within, sample, comparable, markVerified }
}
