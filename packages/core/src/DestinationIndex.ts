import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"

import type { DestinationCapabilities } from "./Capabilities.ts"
import { describeAll } from "./Describe.ts"
import { flagsOfText, flagsText } from "./FlagsText.ts"
import { type LedgerError, ledgerErrorOf } from "./LedgerError.ts"
import { type MailboxPath, pathKey } from "./Mailbox.ts"
import type { Cursor, MailboxReader } from "./MailboxReader.ts"
import type { MailError } from "./MailError.ts"
import { type Flags, type Identity, MessageLocator, type MessageSummary } from "./Message.ts"

/** A message found at the destination that no placement has claimed yet. */
export interface Found extends Flags {
  readonly id: number
  readonly stableId: Option.Option<string>
  readonly locator: MessageLocator
  readonly migrationKey: Option.Option<string>
  readonly messageId: Option.Option<string>
  readonly size: number
  readonly internalDate: DateTime.Utc
}

interface FoundRecord {
  readonly id: number
  readonly locator: string
  readonly stable_id: string | null
  readonly message_id: string | null
  readonly size: number
  readonly internal_date: number
  readonly flags: string
  readonly keywords: string
  readonly migration_key: string | null
}

const foundOf = (record: FoundRecord): Found => ({
  id: record.id,
  locator: MessageLocator(record.locator),
  stableId: Option.fromNullOr(record.stable_id),
  migrationKey: Option.fromNullOr(record.migration_key),
  messageId: Option.fromNullOr(record.message_id),
  size: record.size,
  internalDate: DateTime.makeUnsafe(record.internal_date),
  ...flagsOfText(record)
})

/** Tells which of these locators need not be read. */
type Known = (locators: ReadonlyArray<MessageLocator>) => Effect.Effect<ReadonlySet<string>, LedgerError>

/**
 * What stands in mailboxes of the destination, for finding our messages among it: a temporary table, so that a
 * mailbox of any size needs no memory. Each message found can be claimed once.
 */
export const makeDestinationIndex = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  keeps: Pick<
    DestinationCapabilities,
    "keepsOctets" | "addsHeaders" | "keepsInternalDate" | "describesAtOnce"
  >
) {
  const mapError = Effect.mapError(ledgerErrorOf)
  yield* sql`CREATE TEMP TABLE IF NOT EXISTS there (
    id INTEGER PRIMARY KEY, mailbox TEXT NOT NULL, locator TEXT NOT NULL, stable_id TEXT, message_id TEXT,
    size INTEGER NOT NULL, internal_date INTEGER NOT NULL, flags TEXT NOT NULL, keywords TEXT NOT NULL,
    migration_key TEXT, claimed INTEGER NOT NULL DEFAULT 0)`.pipe(mapError)
  yield* sql`CREATE INDEX IF NOT EXISTS temp.there_stable ON there (mailbox, stable_id)`.pipe(mapError)
  yield* sql`CREATE INDEX IF NOT EXISTS temp.there_key ON there (mailbox, migration_key)`.pipe(mapError)
  yield* sql`CREATE INDEX IF NOT EXISTS temp.there_locator ON there (mailbox, locator)`.pipe(mapError)
  yield* sql`CREATE INDEX IF NOT EXISTS temp.there_message ON there (mailbox, message_id, size)`.pipe(
    mapError
  )

  const forget = (mailbox: MailboxPath) =>
    sql`DELETE FROM there WHERE mailbox = ${pathKey(mailbox)}`.pipe(Effect.asVoid, mapError)

  const put = Effect.fnUntraced(function* (mailbox: MailboxPath, summaries: ReadonlyArray<MessageSummary>) {
    const [first, ...rest] = summaries.map((summary) => ({
      mailbox: pathKey(mailbox),
      locator: summary.locator,
      stable_id: Option.getOrNull(summary.stableId),
      message_id: Option.getOrNull(summary.messageId),
      size: summary.size,
      internal_date: DateTime.toEpochMillis(summary.internalDate),
      ...flagsText(summary),
      migration_key: summary.migrationKey ?? null
    }))
    if (first !== undefined) yield* sql`INSERT INTO there ${sql.insert([first, ...rest])}`
  }, mapError)

  const readFrom = Effect.fnUntraced(function* (
    reader: MailboxReader,
    mailbox: MailboxPath,
    from: Option.Option<Cursor>,
    known: Known
  ): Effect.fn.Return<number, MailError | LedgerError> {
    yield* forget(mailbox)
    let next = from
    let count = 0
    while (true) {
      const page = yield* reader.list(mailbox, next)
      const locators = page.entries.map(({ locator }) => locator)
      const claimed = yield* known(locators)
      const unknown = page.entries.filter(({ locator }) => !claimed.has(locator))
      for (let at = 0; at < unknown.length; at += 500) {
        const fresh = unknown.slice(at, at + 500)
        const told = fresh.flatMap(({ summary }) => summary ?? [])
        const untold = fresh.flatMap(({ locator, summary }) => (summary === undefined ? [locator] : []))
        const { summaries } = yield* describeAll(reader, mailbox, untold, keeps.describesAtOnce)
        yield* put(mailbox, [...told, ...summaries])
        count += told.length + summaries.length
      }
      if (Option.isNone(page.next)) return count
      next = page.next
    }
  })

  /**
   * Reads a mailbox, from a cursor or whole, leaving out the locators that are `known`. Returns how many were read.
   * A cursor of an earlier life of the mailbox is void: then all of it is read.
   */
  const read = (reader: MailboxReader, mailbox: MailboxPath, from: Option.Option<Cursor>, known: Known) =>
    readFrom(reader, mailbox, from, known).pipe(
      Effect.catchIf(isVoid, () =>
        Effect.retry(readFrom(reader, mailbox, Option.none(), known), { times: 3, while: isVoid })
      )
    )

  /**
   * Candidates for a message, exact ones only: by the key they were stored with, by stable id, else by Message-ID, size and INTERNALDATE to the second,
   * as far as the destination keeps these. What carries another stable id is another message; a message of a source
   * without ids may carry one all the same, from an earlier move.
   */
  const candidates = Effect.fnUntraced(function* (mailbox: MailboxPath, identity: Identity) {
    const unclaimedHere = sql`mailbox = ${pathKey(mailbox)} AND claimed = 0`
    if (identity.migrationKey !== undefined) {
      const rows = yield* sql<FoundRecord>`
        SELECT * FROM there WHERE ${unclaimedHere} AND migration_key = ${identity.migrationKey} ORDER BY id`
      if (rows.length > 0) return rows.map(foundOf)
    }
    if (Option.isSome(identity.stableId)) {
      const rows = yield* sql<FoundRecord>`
        SELECT * FROM there WHERE ${unclaimedHere} AND stable_id = ${identity.stableId.value} ORDER BY id`
      if (rows.length > 0) return rows.map(foundOf)
    }
    // Where messages are rebuilt, one without a Message-ID cannot be told from any other.
    if (Option.isNone(identity.messageId) && !keeps.keepsOctets) return []
    const second = Math.floor(DateTime.toEpochMillis(identity.internalDate) / 1000)
    const alike = sql.and([
      unclaimedHere,
      sql`message_id IS ${Option.getOrNull(identity.messageId)}`,
      // One with another key is another message of ours.
      ...(identity.migrationKey === undefined ? [] : [sql`migration_key IS NULL`]),
      ...(Option.isSome(identity.stableId) ? [sql`stable_id IS NULL`] : []),
      ...(keeps.keepsOctets && !keeps.addsHeaders ? [sql`size = ${identity.size}`] : []),
      ...(keeps.keepsInternalDate
        ? [sql`internal_date >= ${second * 1000} AND internal_date < ${(second + 1) * 1000}`]
        : [])
    ])
    const rows = yield* sql<FoundRecord>`SELECT * FROM there WHERE ${alike} ORDER BY id`
    return rows.map(foundOf)
  }, mapError)

  const claim = (id: number) =>
    sql`UPDATE there SET claimed = 1 WHERE id = ${id}`.pipe(Effect.asVoid, mapError)

  const at = (mailbox: MailboxPath, locator: MessageLocator) =>
    sql<FoundRecord>`
      SELECT * FROM there WHERE mailbox = ${pathKey(mailbox)} AND locator = ${locator} AND claimed = 0`.pipe(
      Effect.map((rows) => Option.map(Option.fromUndefinedOr(rows[0]), foundOf)),
      mapError
    )

  /** Whether a look has seen it, claimed or not. */
  const isListed = (mailbox: MailboxPath, locator: MessageLocator) =>
    sql`SELECT 1 FROM there WHERE mailbox = ${pathKey(mailbox)} AND locator = ${locator} LIMIT 1`.pipe(
      Effect.map((rows) => rows.length > 0),
      mapError
    )

  /** What nobody has claimed. */
  const unclaimed = (mailbox: MailboxPath) =>
    sql<FoundRecord>`SELECT * FROM there WHERE mailbox = ${pathKey(mailbox)} AND claimed = 0 ORDER BY id`.pipe(
      Effect.map((rows) => rows.map(foundOf)),
      mapError
    )

  /** The locator of a claimed message that is the same as this one: the one it is a second copy of. */
  const twin = (mailbox: MailboxPath, found: Found) =>
    sql<{ readonly locator: string }>`
      SELECT locator FROM there WHERE mailbox = ${pathKey(mailbox)} AND claimed = 1
        AND ((migration_key IS NOT NULL AND migration_key = ${Option.getOrNull(found.migrationKey)})
          OR (stable_id IS NOT NULL AND stable_id = ${Option.getOrNull(found.stableId)})
          OR (stable_id IS ${Option.getOrNull(found.stableId)} AND message_id IS ${Option.getOrNull(found.messageId)}
            AND size = ${found.size})) LIMIT 1`.pipe(
      Effect.map((rows) => Option.fromUndefinedOr(rows[0]?.locator)),
      mapError
    )

  /** The locators listed from a cursor on; undefined when the cursor is void and nothing can be told by it. */
  const since = (reader: MailboxReader, mailbox: MailboxPath, cursor: Cursor) => {
    const pages = Effect.fnUntraced(function* () {
      const locators = new Set<string>()
      for (let next = Option.some(cursor); Option.isSome(next);) {
        const page = yield* reader.list(mailbox, next)
        for (const { locator } of page.entries) locators.add(locator)
        next = page.next
      }
      return locators
    })
    return pages().pipe(Effect.catchIf(isVoidCursor, () => Effect.succeed(undefined)))
  }

  const columns = sql.literal(
    "mailbox, locator, stable_id, message_id, size, internal_date, flags, keywords, migration_key"
  )

  /** Keeps what nobody has claimed in this mailbox, for messages that the source shows only later. */
  const keepUnclaimed = (mailbox: MailboxPath) =>
    sql`INSERT OR REPLACE INTO there_before (${columns})
        SELECT ${columns} FROM there WHERE mailbox = ${pathKey(mailbox)} AND claimed = 0`.pipe(
      Effect.asVoid,
      mapError
    )

  /**
   * Lays out again what earlier runs kept, but for what a placement has claimed since. Returns the keys of the
   * mailboxes it is in.
   */
  const restoreKept = Effect.gen(function* () {
    yield* sql`DELETE FROM there_before WHERE EXISTS (SELECT 1 FROM placements
      WHERE placements.mailbox = there_before.mailbox AND placements.locator = there_before.locator)`
    yield* sql`INSERT INTO there (${columns}) SELECT ${columns} FROM there_before
      WHERE mailbox NOT IN (SELECT DISTINCT mailbox FROM there)`
    const rows = yield* sql<{ readonly mailbox: string }>`SELECT DISTINCT mailbox FROM there_before`
    return new Set(rows.map(({ mailbox }) => mailbox))
  }).pipe(mapError)

  /** Of a mailbox that was looked through before we wrote to it: what stood there then. */
  const before = (mailbox: MailboxPath) =>
    sql<{
      readonly locator: string
    }>`SELECT locator FROM there_before WHERE mailbox = ${pathKey(mailbox)}`.pipe(
      Effect.map((rows) => new Set(rows.map(({ locator }) => locator))),
      mapError
    )

  /** No longer waits for a message that is gone. */
  const dropKept = (mailbox: MailboxPath, locator: MessageLocator) =>
    sql`DELETE FROM there_before WHERE mailbox = ${pathKey(mailbox)} AND locator = ${locator}`.pipe(
      Effect.asVoid,
      mapError
    )

  return {
    read,
    candidates,
    claim,
    forget,
    keepUnclaimed,
    restoreKept,
    dropKept,
    before,
    at,
    isListed,
    unclaimed,
    twin,
    since
  }
})

const isVoidCursor = ({ reason }: MailError) =>
  reason._tag === "MailboxRejected" && reason.why === "uidvalidity-changed"

const isVoid = (error: MailError | LedgerError): boolean => error._tag === "MailError" && isVoidCursor(error)
