import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"

import { ledgerErrorOf } from "./LedgerError.ts"
import { type MailboxPath, pathKey, pathOfKey } from "./Mailbox.ts"
import { Cursor } from "./MailboxReader.ts"
import type { MessageLocator } from "./Message.ts"
import { type PlacementRecord, type PlacementRow, rowOf } from "./PlacementRow.ts"

/** A mailbox of the destination that this ledger writes to. */
export interface DestinationMailboxRow {
  /** The name the plan asked for. */
  readonly wanted: MailboxPath
  /** The name it has. */
  readonly path: MailboxPath
  /** Why the two differ, for the plan. */
  readonly why: Option.Option<string>
  /** Where it ended before we wrote anything: what stands before this cursor was there first. */
  readonly origin: Option.Option<Cursor>
  /** Where it ended when the last run began to write; everything of unknown outcome stands behind it. */
  readonly cursor: Option.Option<Cursor>
  /** The run that set `cursor`. */
  readonly cursorRun: number
  /** Whether what was there before us has been looked through once. */
  readonly scanned: boolean
}

interface MailboxRecord {
  readonly wanted: string
  readonly path: string
  readonly why: string | null
  readonly origin: string | null
  readonly cursor: string | null
  readonly cursor_run: number | null
  readonly scanned: number
}

const cursorOf = (cursor: string | null) => Option.map(Option.fromNullOr(cursor), (text) => Cursor(text))

/** What the ledger knows of the destination's mailboxes and of what it put there. */
export const makeLedgerMailboxes = (sql: SqlClient.SqlClient) => {
  const mapError = Effect.mapError(ledgerErrorOf)

  const all = sql<MailboxRecord>`SELECT * FROM destination_mailboxes ORDER BY wanted`.pipe(
    Effect.map((records) =>
      records.map((record): DestinationMailboxRow => ({
        wanted: pathOfKey(record.wanted),
        path: pathOfKey(record.path),
        why: Option.fromNullOr(record.why),
        origin: cursorOf(record.origin),
        cursor: cursorOf(record.cursor),
        cursorRun: record.cursor_run ?? 0,
        scanned: record.scanned === 1
      }))
    ),
    mapError
  )

  const put = (row: DestinationMailboxRow) =>
    sql`INSERT INTO destination_mailboxes ${sql.insert({
      wanted: pathKey(row.wanted),
      path: pathKey(row.path),
      why: Option.getOrNull(row.why),
      origin: Option.getOrNull(row.origin),
      cursor: Option.getOrNull(row.cursor),
      cursor_run: row.cursorRun,
      scanned: row.scanned ? 1 : 0
    })} ON CONFLICT (wanted) DO UPDATE SET path = excluded.path, why = excluded.why, origin = excluded.origin,
        cursor = excluded.cursor, cursor_run = excluded.cursor_run, scanned = excluded.scanned`.pipe(
      Effect.asVoid,
      mapError
    )

  /** Which of these locators a placement holds already, one of this message apart. */
  const claimed = Effect.fnUntraced(function* (
    mailbox: MailboxPath,
    locators: ReadonlyArray<MessageLocator>,
    butFor?: number
  ) {
    const found = new Set<string>()
    for (let at = 0; at < locators.length; at += 500) {
      const rows = yield* sql<{ readonly locator: string }>`
        SELECT locator FROM placements WHERE mailbox = ${pathKey(mailbox)}
          AND message IS NOT ${butFor ?? null} AND locator IN ${sql.in(locators.slice(at, at + 500))}`
      for (const { locator } of rows) found.add(locator)
    }
    return found
  }, mapError)

  /** Copies of unknown outcome in this mailbox: what a killed run left behind. */
  const open = (mailbox: MailboxPath) =>
    sql<PlacementRecord>`
      SELECT * FROM placements WHERE mailbox = ${pathKey(mailbox)} AND state = 'appending' ORDER BY message`.pipe(
      Effect.map((records): ReadonlyArray<PlacementRow> => records.map(rowOf)),
      mapError
    )

  /** Mailboxes with copies of unknown outcome. */
  const withOpen = sql<{ readonly mailbox: string }>`
    SELECT DISTINCT mailbox FROM placements WHERE state = 'appending' ORDER BY mailbox`.pipe(
    Effect.map((rows): ReadonlyArray<MailboxPath> => rows.map(({ mailbox }) => pathOfKey(mailbox))),
    mapError
  )

  /**
   * How many copies with these octets we put into the mailbox since a run without learning where: a look-up must
   * not take one of them for the copy it looks for.
   */
  const unlocated = (mailbox: MailboxPath, fingerprint: string, sinceRun: number) =>
    sql<{ readonly n: number }>`
      SELECT count(*) AS n FROM placements WHERE mailbox = ${pathKey(mailbox)} AND fingerprint = ${fingerprint}
        AND locator IS NULL AND state IN ('appended', 'verified') AND run >= ${sinceRun}`.pipe(
      Effect.map((rows) => rows[0]?.n ?? 0),
      mapError
    )

  return { all, put, claimed, open, withOpen, unlocated }
}
