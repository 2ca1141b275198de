import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"
import * as SqlError from "effect/sql/SqlError"

import { flagsOfText, flagsText } from "./FlagsText.ts"
import { ledgerErrorOf } from "./LedgerError.ts"
import {
  type Mailbox,
  type MailboxPath,
  type MailboxRole,
  pathKey,
  pathOfKey,
  type SpecialUse
} from "./Mailbox.ts"
import { Cursor } from "./MailboxReader.ts"
import type { Flags, Identity, MessageLocator, MessageSummary } from "./Message.ts"

/** A mailbox of the source as the ledger knows it from earlier listings. */
export interface SourceMailboxRow extends Mailbox {
  readonly id: number
  readonly epoch: Option.Option<string>
  /** Where the last complete listing ended. */
  readonly cursor: Option.Option<Cursor>
  /** The mailbox of the destination that its mail goes to since an earlier run. */
  readonly destination: Option.Option<MailboxPath>
}

/** A copy the ledger has seen before. */
export interface KnownCopy extends Flags {
  readonly id: number
  readonly message: number
  readonly locator: string
  readonly unreadable: boolean
}

export interface NewMessage extends Flags, Identity {
  /** Unique in the ledger. The service's own id, or one that core made from the first locator. */
  readonly key: string
  readonly fromSource: boolean
  readonly unreadable: Option.Option<string>
  readonly subject: Option.Option<string>
}

interface MailboxRecord {
  readonly id: number
  readonly path: string
  readonly role: MailboxRole
  readonly special_use: SpecialUse | null
  readonly proposed: string
  readonly epoch: string | null
  readonly cursor: string | null
  readonly destination: string | null
}

interface CopyRecord {
  readonly id: number
  readonly message: number
  readonly locator: string
  readonly flags: string
  readonly keywords: string
  readonly unreadable: string | null
}

const mailboxOf = (record: MailboxRecord): SourceMailboxRow => ({
  id: record.id,
  path: pathOfKey(record.path),
  role: record.role,
  specialUse: Option.fromNullOr(record.special_use),
  proposed: pathOfKey(record.proposed),
  epoch: Option.fromNullOr(record.epoch),
  cursor: Option.map(Option.fromNullOr(record.cursor), (cursor) => Cursor(cursor)),
  destination: Option.map(Option.fromNullOr(record.destination), pathOfKey)
})

/** What the ledger remembers of the source: a cache of where it showed what, and one row per message. */
export const makeLedgerSource = (sql: SqlClient.SqlClient) => {
  const mapError = Effect.mapError(ledgerErrorOf)

  /** Remembers the mailboxes of this listing; those no longer listed are kept, marked absent. */
  const putMailboxes = Effect.fnUntraced(
    function* (mailboxes: ReadonlyArray<Mailbox>) {
      yield* sql`UPDATE source_mailboxes SET present = 0`
      yield* Effect.forEach(
        mailboxes,
        ({ path, proposed, role, specialUse }) =>
          sql`INSERT INTO source_mailboxes ${sql.insert({
            path: pathKey(path),
            role,
            special_use: Option.getOrNull(specialUse),
            proposed: pathKey(proposed),
            present: 1
          })} ON CONFLICT (path) DO UPDATE SET role = excluded.role, special_use = excluded.special_use,
            proposed = excluded.proposed, present = 1`,
        { discard: true }
      )
    },
    sql.withTransaction,
    mapError
  )

  const mailboxes = sql<MailboxRecord>`SELECT * FROM source_mailboxes WHERE present = 1 ORDER BY id`.pipe(
    Effect.map((records) => records.map(mailboxOf)),
    mapError
  )

  /** Keeps where each mailbox's mail goes, by the key of its path: later runs do not decide that anew. */
  const keepDestinations = Effect.fnUntraced(
    function* (names: Iterable<readonly [string, { readonly path: MailboxPath }]>) {
      for (const [source, { path }] of names) {
        yield* sql`UPDATE source_mailboxes SET destination = ${pathKey(path)}
        WHERE path = ${source} AND destination IS NOT ${pathKey(path)}`
      }
    },
    sql.withTransaction,
    mapError
  )

  const knownCopies = Effect.fnUntraced(function* (
    mailbox: number,
    epoch: string,
    locators: ReadonlyArray<MessageLocator>
  ) {
    if (locators.length === 0) return []
    const records = yield* sql<CopyRecord>`
      SELECT copies.id, copies.message, copies.locator, messages.flags, messages.keywords, messages.unreadable
      FROM copies JOIN messages ON messages.id = copies.message
      WHERE copies.mailbox = ${mailbox} AND copies.epoch = ${epoch} AND copies.locator IN ${sql.in(locators)}`
    return records.map((record): KnownCopy => ({
      id: record.id,
      message: record.message,
      locator: record.locator,
      unreadable: record.unreadable !== null,
      ...flagsOfText(record)
    }))
  }, mapError)

  /**
   * Copies of an earlier epoch that look the same: what a message without an id of its own is re-matched against
   * when all UIDs of a mailbox changed. With fingerprints where we placed it.
   */
  const formerCopies = Effect.fnUntraced(function* (mailbox: number, epoch: string, message: MessageSummary) {
    const marks = flagsText(message)
    // Of several that look the same, the one with the same marks: else the flags of twins would be swapped.
    return yield* sql<{ readonly id: number; readonly message: number; readonly fingerprint: string | null }>`
      SELECT copies.id, copies.message,
        (SELECT fingerprint FROM placements WHERE placements.message = copies.message AND fingerprint IS NOT NULL LIMIT 1)
          AS fingerprint
      FROM copies JOIN messages ON messages.id = copies.message
      WHERE copies.mailbox = ${mailbox} AND copies.epoch <> ${epoch} AND messages.from_source = 0
        AND messages.size = ${message.size} AND messages.internal_date = ${DateTime.toEpochMillis(message.internalDate)}
        AND messages.message_id IS ${Option.getOrNull(message.messageId)}
      ORDER BY messages.flags <> ${marks.flags}, messages.keywords <> ${marks.keywords}, copies.id`
  }, mapError)

  const inViewsOnly = sql.literal(`messages.id IN (SELECT message FROM copies)
    AND NOT EXISTS (SELECT 1 FROM copies JOIN source_mailboxes ON source_mailboxes.id = copies.mailbox
      WHERE copies.message = messages.id AND source_mailboxes.role <> 'everything')`)

  /** A message without an id of its own that looks the same and that only views of all mail show so far. */
  const shownInViewsOnly = Effect.fnUntraced(function* (message: MessageSummary) {
    const rows = yield* sql<{ readonly id: number }>`
      SELECT id FROM messages WHERE from_source = 0 AND unreadable IS NULL AND size = ${message.size}
        AND internal_date = ${DateTime.toEpochMillis(message.internalDate)}
        AND message_id IS ${Option.getOrNull(message.messageId)} AND ${inViewsOnly} ORDER BY id LIMIT 1`
    return Option.fromUndefinedOr(rows[0]?.id)
  }, mapError)

  /** Messages that only views of all mail show, and that no run has placed yet. */
  const countNewOrphans = sql<{ readonly n: number }>`
    SELECT count(*) AS n FROM messages
    WHERE ${inViewsOnly} AND id NOT IN (SELECT message FROM placements)`.pipe(
    Effect.map((rows) => rows[0]?.n ?? 0),
    mapError
  )

  /** The row id of the message, made or brought up to date. */
  const putMessage = Effect.fnUntraced(function* (message: NewMessage) {
    const rows = yield* sql<{ readonly id: number }>`INSERT INTO messages ${sql.insert({
      stable_id: message.key,
      from_source: message.fromSource ? 1 : 0,
      message_id: Option.getOrNull(message.messageId),
      internal_date: DateTime.toEpochMillis(message.internalDate),
      size: message.size,
      ...flagsText(message),
      unreadable: Option.getOrNull(message.unreadable),
      subject: Option.getOrNull(message.subject)
    })} ON CONFLICT (stable_id) DO UPDATE SET flags = excluded.flags, keywords = excluded.keywords,
        unreadable = excluded.unreadable, message_id = excluded.message_id, subject = excluded.subject,
        size = excluded.size, internal_date = excluded.internal_date
      RETURNING id`
    return rows[0]?.id ?? 0
  }, mapError)

  const putCopy = (mailbox: number, epoch: string, locator: MessageLocator, message: number) =>
    sql`INSERT INTO copies ${sql.insert({ mailbox, epoch, locator, message })}
        ON CONFLICT (mailbox, locator) DO UPDATE SET message = excluded.message, epoch = excluded.epoch`.pipe(
      Effect.asVoid,
      mapError
    )

  const forgetCopy = (id: number) => sql`DELETE FROM copies WHERE id = ${id}`.pipe(Effect.asVoid, mapError)

  /** Everything the effect writes becomes durable together: hundreds of rows for one fsync. */
  const inOneCommit = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    sql
      .withTransaction(effect)
      .pipe(Effect.catchIf(SqlError.isSqlError, (error) => Effect.fail(ledgerErrorOf(error))))

  const putFlags = (message: number, flags: Flags) =>
    sql`UPDATE messages SET ${sql.update(flagsText(flags))} WHERE id = ${message}`.pipe(
      Effect.asVoid,
      mapError
    )

  const countCopies = (mailbox: number) =>
    sql<{ readonly n: number }>`SELECT count(*) AS n FROM copies WHERE mailbox = ${mailbox}`.pipe(
      Effect.map((rows) => rows[0]?.n ?? 0),
      mapError
    )

  /** Forgets the copies of a mailbox that a complete listing did not show. `seen` holds their row ids. */
  const forgetOthers = Effect.fnUntraced(
    function* (mailbox: number, seen: ReadonlySet<number>) {
      const rows = yield* sql<{ readonly id: number }>`SELECT id FROM copies WHERE mailbox = ${mailbox}`
      const gone = rows.filter(({ id }) => !seen.has(id))
      yield* Effect.forEach(gone, ({ id }) => sql`DELETE FROM copies WHERE id = ${id}`, { discard: true })
      return gone.length
    },
    sql.withTransaction,
    mapError
  )

  /** Forgets where mailboxes that are no longer listed showed mail. */
  const forgetAbsent =
    sql`DELETE FROM copies WHERE mailbox IN (SELECT id FROM source_mailboxes WHERE present = 0)`.pipe(
      Effect.asVoid,
      mapError
    )

  /** Forgets unreadable messages that no mailbox shows any more: they were read at last, or are gone. */
  const forgetReadable = Effect.gen(function* () {
    const orphans = sql.literal(
      `(SELECT id FROM messages WHERE unreadable IS NOT NULL AND id NOT IN (SELECT message FROM copies))`
    )
    yield* sql`DELETE FROM quarantine WHERE message IN ${orphans}`
    yield* sql`DELETE FROM losses WHERE message IN ${orphans}`
    yield* sql`DELETE FROM messages WHERE id IN ${orphans}`
  }).pipe(sql.withTransaction, mapError)

  const finishMailbox = (mailbox: number, epoch: string, cursor: Option.Option<Cursor>) =>
    sql`UPDATE source_mailboxes SET epoch = ${epoch}, cursor = ${Option.getOrNull(cursor)} WHERE id = ${mailbox}`.pipe(
      Effect.asVoid,
      mapError
    )

  return {
    putMailboxes,
    mailboxes,
    keepDestinations,
    knownCopies,
    formerCopies,
    shownInViewsOnly,
    countNewOrphans,
    putMessage,
    putCopy,
    forgetCopy,
    inOneCommit,
    putFlags,
    countCopies,
    forgetOthers,
    forgetAbsent,
    forgetReadable,
    finishMailbox
  }
}
