import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"

import { ledgerErrorOf } from "./LedgerError.ts"
import type { MessageLocator } from "./Message.ts"

/** A message that the destination joined with another of ours, since both have one Message-ID. */
export interface JoinedMessage {
  /** X-Pm-Internal-Id, or the key that core gave it. */
  readonly key: string
  readonly messageId: string | undefined
  readonly subject: string | undefined
  /** The message it was joined with. */
  readonly joinedWith: string
}

/** Rows of one statement, far below SQLite's 32,766 parameters. */
const locatorsPerInsert = 5000

/** What the ledger knows for destinations that join messages: who holds a locator, and which were there before us. */
export const makeLedgerJoined = (sql: SqlClient.SqlClient) => {
  const mapError = Effect.mapError(ledgerErrorOf)

  /** Notes what the destination holds before we write anything. */
  const noteFirst = Effect.fnUntraced(function* (locators: ReadonlyArray<MessageLocator>) {
    for (let at = 0; at < locators.length; at += locatorsPerInsert) {
      const rows = locators.slice(at, at + locatorsPerInsert).map((locator) => ({ locator }))
      const [first, ...rest] = rows
      if (first !== undefined) {
        yield* sql`INSERT INTO there_first ${sql.insert([first, ...rest])} ON CONFLICT DO NOTHING`
      }
    }
  }, mapError)

  const forgetFirst = sql`DELETE FROM there_first`.pipe(Effect.asVoid, mapError)

  const exists = (rows: ReadonlyArray<unknown>) => rows.length > 0

  /** Whether the destination held it before us. */
  const wasFirst = (locator: MessageLocator) =>
    sql`SELECT 1 FROM there_first WHERE locator = ${locator}`.pipe(Effect.map(exists), mapError)

  /** Whether anything was ever sent to the destination. */
  const hasPlacements = sql`SELECT 1 FROM placements LIMIT 1`.pipe(Effect.map(exists), mapError)

  /** The key of the message with this row id. */
  const keyOf = (message: number) =>
    sql<{ readonly key: string }>`SELECT stable_id AS key FROM messages WHERE id = ${message}`.pipe(
      Effect.map((rows) => Option.fromUndefinedOr(rows[0]?.key)),
      mapError
    )

  /** The key of another message that this locator stands for. */
  const holder = (locator: MessageLocator, message: number) =>
    sql<{ readonly key: string }>`
      SELECT messages.stable_id AS key FROM placements JOIN messages ON messages.id = placements.message
      WHERE placements.locator = ${locator} AND placements.message <> ${message}
        AND placements.state IN ('appended', 'verified') LIMIT 1`.pipe(
      Effect.map((rows) => Option.fromUndefinedOr(rows[0]?.key)),
      mapError
    )

  /** Whether another message of ours with this Message-ID stands in a mailbox that is none of these, given by their keys. */
  const isElsewhere = (messageId: string, message: number, mailboxes: ReadonlySet<string>) =>
    sql`SELECT 1 FROM placements JOIN messages ON messages.id = placements.message
      WHERE messages.message_id = ${messageId} AND messages.id <> ${message}
        AND placements.state IN ('appended', 'verified') AND placements.mailbox NOT IN ${sql.in([...mailboxes])}
      LIMIT 1`.pipe(Effect.map(exists), mapError)

  /** How many messages a run brought that came to be one with mail of ours, or with mail that was there before. */
  const counts = (run: number) =>
    sql<{ readonly origin: string; readonly n: number }>`
      SELECT origin, count(DISTINCT message) AS n FROM placements
      WHERE run = ${run} AND step = 'append' AND state IN ('appended', 'verified') AND origin <> 'ours'
      GROUP BY origin`.pipe(
      Effect.map((rows) => ({
        merged: rows.find(({ origin }) => origin === "merged")?.n ?? 0,
        adopted: rows.find(({ origin }) => origin === "adopted")?.n ?? 0
      })),
      mapError
    )

  /** Every message that was joined with another of ours, by name. */
  const merged = sql<{
    readonly key: string
    readonly message_id: string | null
    readonly subject: string | null
    readonly joined_with: string | null
  }>`
    SELECT messages.stable_id AS key, messages.message_id, messages.subject,
      (SELECT other.stable_id FROM placements AS held JOIN messages AS other ON other.id = held.message
        WHERE held.locator = placements.locator AND held.message <> placements.message AND held.origin <> 'merged'
        LIMIT 1) AS joined_with
    FROM placements JOIN messages ON messages.id = placements.message
    WHERE placements.origin = 'merged' AND placements.step = 'append'
      AND placements.state IN ('appended', 'verified') ORDER BY placements.message`.pipe(
    Effect.map((rows) =>
      rows.map((row): JoinedMessage => ({
        key: row.key,
        messageId: row.message_id ?? undefined,
        subject: row.subject ?? undefined,
        joinedWith: row.joined_with ?? ""
      }))
    ),
    mapError
  )

  return { noteFirst, forgetFirst, wasFirst, hasPlacements, keyOf, holder, isElsewhere, counts, merged }
}
