import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"

import { flagsOfText } from "./FlagsText.ts"
import { type LedgerError, ledgerErrorOf } from "./LedgerError.ts"
import { type Flags, type Identity, MessageLocator } from "./Message.ts"
import { migrationKeyOf } from "./MigrationKey.ts"
import { type PlacementRecord, type PlacementRow, rowOf } from "./PlacementRow.ts"

export interface Membership {
  /** Row id of the source mailbox. */
  readonly mailbox: number
  readonly locator: MessageLocator
}

/** Everything the ledger knows of one message: what the plan is made from. */
export interface MessageRow extends Flags, Identity {
  readonly id: number
  readonly key: string
  /** What the message is marked with where the destination finds messages by such a key. */
  readonly migrationKey: string
  /** Octets as the source states them. */
  readonly size: number
  /** What `size` was when the message was carried over; absent before that. */
  readonly carriedSize?: number
  readonly unreadable: Option.Option<string>
  readonly subject: Option.Option<string>
  readonly memberships: ReadonlyArray<Membership>
  readonly placements: ReadonlyArray<PlacementRow>
  readonly quarantined: boolean
}

interface MessageRecord {
  readonly id: number
  readonly stable_id: string
  readonly from_source: number
  readonly message_id: string | null
  readonly internal_date: number
  readonly size: number
  readonly flags: string
  readonly keywords: string
  readonly unreadable: string | null
  readonly subject: string | null
  readonly carried_size: number | null
}

interface MembershipRecord {
  readonly message: number
  readonly mailbox: number
  readonly locator: string
}

const rowsPerPage = 500

const groupByMessage = <A extends { readonly message: number }>(rows: ReadonlyArray<A>) => {
  const groups = new Map<number, Array<A>>()
  for (const row of rows) {
    const group = groups.get(row.message)
    if (group === undefined) groups.set(row.message, [row])
    else group.push(row)
  }
  return groups
}

/** Messages in the order they were first listed, so that fetching them walks each mailbox from end to end. */
export const makeLedgerMessages = (sql: SqlClient.SqlClient, sourceAccount: string) => {
  const page = Effect.fnUntraced(function* (after: number) {
    const messages = yield* sql<MessageRecord>`
      SELECT * FROM messages WHERE id > ${after} ORDER BY id LIMIT ${rowsPerPage}`
    const last = messages.at(-1)
    if (last === undefined) return [[], Option.none<number>()] as const
    const within = sql`message > ${after} AND message <= ${last.id}`
    const memberships = groupByMessage(
      yield* sql<MembershipRecord>`
        SELECT message, mailbox, locator FROM copies WHERE ${within} ORDER BY mailbox, id`
    )
    const placements = groupByMessage(
      yield* sql<PlacementRecord>`SELECT * FROM placements WHERE ${within} ORDER BY message, mailbox`
    )
    const quarantined = new Set(
      (yield* sql<{ readonly message: number }>`SELECT message FROM quarantine WHERE ${within}`).map(
        ({ message }) => message
      )
    )
    const rows = messages.map((record): MessageRow => ({
      id: record.id,
      key: record.stable_id,
      migrationKey: migrationKeyOf(sourceAccount, record.stable_id),
      stableId: record.from_source === 1 ? Option.some(record.stable_id) : Option.none(),
      messageId: Option.fromNullOr(record.message_id),
      internalDate: DateTime.makeUnsafe(record.internal_date),
      size: record.size,
      ...flagsOfText(record),
      ...(record.carried_size === null ? {} : { carriedSize: record.carried_size }),
      unreadable: Option.fromNullOr(record.unreadable),
      subject: Option.fromNullOr(record.subject),
      memberships: (memberships.get(record.id) ?? []).map(({ locator, mailbox }) => ({
        mailbox,
        locator: MessageLocator(locator)
      })),
      placements: (placements.get(record.id) ?? []).map(rowOf),
      quarantined: quarantined.has(record.id)
    }))
    return [rows, messages.length < rowsPerPage ? Option.none<number>() : Option.some(last.id)] as const
  }, Effect.mapError(ledgerErrorOf))

  /** Who the message of this row is, for finding it at the destination. */
  const identity = Effect.fnUntraced(function* (message: number) {
    const [record] = yield* sql<MessageRecord>`SELECT * FROM messages WHERE id = ${message}`
    return {
      stableId: record?.from_source === 1 ? Option.some(record.stable_id) : Option.none(),
      messageId: Option.fromNullishOr(record?.message_id),
      size: record?.size ?? 0,
      internalDate: DateTime.makeUnsafe(record?.internal_date ?? 0),
      ...(record === undefined ? {} : { migrationKey: migrationKeyOf(sourceAccount, record.stable_id) })
    } satisfies Identity
  }, Effect.mapError(ledgerErrorOf))

  /** Where the source shows the message of this row. */
  const memberships = (message: number) =>
    sql<MembershipRecord>`SELECT message, mailbox, locator FROM copies WHERE message = ${message}`.pipe(
      Effect.map((rows): ReadonlyArray<Membership> =>
        rows.map(({ locator, mailbox }) => ({ mailbox, locator: MessageLocator(locator) }))
      ),
      Effect.mapError(ledgerErrorOf)
    )

  /** Notes the size at the source of everything that has been carried over since the last time: drafts may change. */
  const noteCarried = sql`UPDATE messages SET carried_size = size WHERE carried_size IS NULL AND id IN
    (SELECT message FROM placements WHERE step = 'append' AND origin = 'ours' AND state IN ('appended', 'verified'))`.pipe(
    Effect.asVoid,
    Effect.mapError(ledgerErrorOf)
  )

  const all: Stream.Stream<MessageRow, LedgerError> = Stream.paginate(0, page)
  return { all, identity, memberships, noteCarried }
}
