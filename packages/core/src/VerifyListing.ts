import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

import { isWhole } from "./AdoptByJoining.ts"
import type { DestinationService } from "./Destination.ts"
import type { Difference, Differences } from "./Difference.ts"
import { flagsOfText, flagsText } from "./FlagsText.ts"
import { Ledger } from "./Ledger.ts"
import { type LedgerError, ledgerErrorOf } from "./LedgerError.ts"
import type { PlacedRow } from "./LedgerPlaced.ts"
import { type Mailbox, type MailboxPath, pathKey, pathOfKey, showPath } from "./Mailbox.ts"
import type { MailError } from "./MailError.ts"
import { MessageLocator } from "./Message.ts"
import { RunEvents } from "./RunEvent.ts"

interface ListedRecord {
  readonly mailbox: string
  readonly locator: string
  readonly flags: string | null
}

const mapError = Effect.mapError(ledgerErrorOf)

const isMissing = (error: MailError | LedgerError): boolean =>
  error._tag === "MailError" && error.reason._tag === "MailboxRejected" && error.reason.why === "missing"

/** Whether services delete what stands there after some weeks. */
const isPurged = ({ specialUse }: Mailbox): boolean =>
  Option.exists(specialUse, (use) => use === "junk" || use === "trash")

/** Rows looked at together. */
const atOnce = 500

/**
 * The comparison where listing is cheap and describing is not (Gmail: 5 units for 500 messages against 20 for one):
 * every placement is looked for by its locator in the listing of its mailbox, with the flags that the listing tells;
 * whatever the account holds that is neither ours nor was there first is described, and named. Returns how many
 * placements were looked for.
 */
export const compareByListing = Effect.fn("VerifyListing")(function* (
  destination: DestinationService,
  differences: Differences
) {
  const ledger = yield* Ledger
  const events = yield* RunEvents
  const { sql } = ledger
  const { capabilities } = destination
  yield* sql`CREATE TEMP TABLE IF NOT EXISTS listed (
    mailbox TEXT NOT NULL, locator TEXT NOT NULL, flags TEXT, PRIMARY KEY (mailbox, locator)) WITHOUT ROWID`.pipe(
    mapError
  )
  yield* sql`DELETE FROM listed`.pipe(mapError)
  const there = yield* destination.listMailboxes
  const placedIn = yield* ledger.placed.mailboxes
  const whole = there.filter(isWhole).map(({ path }) => path)
  const purged = new Set(there.filter(isPurged).map(({ path }) => pathKey(path)))

  const differ = (kind: Difference["kind"], mailbox: MailboxPath, placed: PlacedRow, detail: string) =>
    differences.add({
      kind,
      mailbox,
      key: placed.key,
      messageId: Option.getOrUndefined(placed.messageId),
      detail
    })

  const read = Effect.fnUntraced(function* (mailbox: MailboxPath) {
    let messages = 0
    for (let page = yield* destination.list(mailbox, Option.none()); ;) {
      for (let at = 0; at < page.entries.length; at += atOnce) {
        const [first, ...rest] = page.entries.slice(at, at + atOnce).map(({ flags, locator }) => ({
          mailbox: pathKey(mailbox),
          locator,
          flags: Option.match(flags, { onNone: () => null, onSome: (flags) => flagsText(flags).flags })
        }))
        if (first !== undefined) {
          yield* sql`INSERT OR IGNORE INTO listed ${sql.insert([first, ...rest])}`.pipe(mapError)
        }
      }
      messages += page.entries.length
      if (Option.isNone(page.next)) break
      page = yield* destination.list(mailbox, page.next)
    }
    yield* events.emit({ _tag: "Verifying", mailbox, messages })
  })

  const listedIn = Effect.fnUntraced(function* (mailbox: MailboxPath, locators: ReadonlyArray<string>) {
    const rows = yield* sql<ListedRecord>`
      SELECT * FROM listed WHERE mailbox = ${pathKey(mailbox)} AND locator IN ${sql.in(locators)}`
    return new Map(rows.map((row) => [row.locator, row]))
  }, mapError)

  /** Locators that stand for several messages of ours: their flags are those of all of them. */
  const sharedAmong = Effect.fnUntraced(function* (locators: ReadonlyArray<string>) {
    const rows = yield* sql<{ readonly locator: string }>`
      SELECT locator FROM placements WHERE locator IN ${sql.in(locators)}
      GROUP BY locator HAVING count(DISTINCT message) > 1`
    return new Set(rows.map(({ locator }) => locator))
  }, mapError)

  const flagsDiffer = (placed: PlacedRow, listed: ListedRecord): string | undefined => {
    if (placed.origin !== "ours" || listed.flags === null) return undefined
    const { flags } = flagsOfText({ flags: listed.flags, keywords: "" })
    const is = [...flags]
      .filter((flag) => capabilities.flags.has(flag))
      .toSorted()
      .join(" ")
    const was = flagsText(placed).flags
    return is === was ? undefined : `flags (${is}) instead of (${was})`
  }

  /** Those that lie where the service deletes mail, though no placement of ours is there. */
  const thrownAway = Effect.fnUntraced(function* (locators: ReadonlyArray<string>) {
    if (purged.size === 0) return new Map<string, string>()
    const rows = yield* sql<{ readonly locator: string; readonly mailbox: string }>`
      SELECT locator, mailbox FROM listed WHERE mailbox IN ${sql.in([...purged])} AND locator IN ${sql.in(locators)}
        AND NOT EXISTS (SELECT 1 FROM placements WHERE placements.locator = listed.locator
          AND placements.mailbox = listed.mailbox AND placements.state IN ('appended', 'verified'))`
    return new Map(rows.map(({ locator, mailbox }) => [locator, mailbox]))
  }, mapError)

  const compareGroup = Effect.fnUntraced(function* (mailbox: MailboxPath, group: ReadonlyArray<PlacedRow>) {
    const locators = group.flatMap(({ locator }) => Option.toArray(locator))
    const lyingIn = yield* thrownAway(locators)
    const listed = yield* listedIn(mailbox, locators)
    const shared = yield* sharedAmong(locators)
    const good: Array<number> = []
    for (const placed of group) {
      const locator = Option.getOrElse(placed.locator, () => MessageLocator(""))
      const found = listed.get(locator)
      if (found === undefined) {
        const elsewhere = yield* sql`SELECT 1 FROM listed WHERE locator = ${locator} LIMIT 1`.pipe(mapError)
        // One that was joined with another of ours has left Spam or Trash for that one's place.
        if (elsewhere.length > 0 && shared.has(locator) && purged.has(pathKey(mailbox))) continue
        const detail =
          elsewhere.length > 0
            ? "the destination has it, and no longer shows it there"
            : "the destination no longer has it"
        differ("missing", mailbox, placed, detail)
        continue
      }
      const thrownInto = lyingIn.get(locator)
      if (thrownInto !== undefined) {
        differ("missing", mailbox, placed, `the destination has it in ${showPath(pathOfKey(thrownInto))}`)
        continue
      }
      const altered = shared.has(locator) ? undefined : flagsDiffer(placed, found)
      if (altered === undefined) good.push(placed.message)
      else differ("altered", mailbox, placed, altered)
    }
    yield* ledger.placed.markVerified(mailbox, good)
    return group.length
  })

  /** The locator of a message of ours that is the same as one that nobody knows. */
  const twinOf = (stableId: Option.Option<string>, messageId: Option.Option<string>) =>
    sql<{ readonly locator: string | null }>`
      SELECT placements.locator FROM placements JOIN messages ON messages.id = placements.message
      WHERE placements.state IN ('appended', 'verified') AND (messages.stable_id = ${Option.getOrNull(stableId)}
        OR placements.added_id = ${Option.getOrNull(messageId)}
        OR (${Option.isNone(stableId) ? 1 : 0} = 1 AND messages.message_id = ${Option.getOrNull(messageId)})) LIMIT 1`.pipe(
      Effect.map((rows) => rows[0]?.locator ?? undefined),
      mapError
    )

  const compareOthers = Effect.fnUntraced(function* (mailbox: MailboxPath) {
    const { describesAtOnce } = capabilities
    for (let after = ""; ;) {
      const rows = yield* sql<{ readonly locator: string }>`
        SELECT locator FROM listed WHERE mailbox = ${pathKey(mailbox)} AND locator > ${after}
          AND NOT EXISTS (SELECT 1 FROM placements WHERE placements.locator = listed.locator)
          AND NOT EXISTS (SELECT 1 FROM there_first WHERE there_first.locator = listed.locator)
        ORDER BY locator LIMIT ${describesAtOnce}`.pipe(mapError)
      const last = rows.at(-1)
      if (last === undefined) return
      after = last.locator
      const strangers = rows.map(({ locator }) => MessageLocator(locator))
      for (const { messageId, stableId } of yield* destination.describe(mailbox, strangers)) {
        const twin = yield* twinOf(stableId, messageId)
        differences.add({
          kind: twin === undefined ? "foreign" : "doubled",
          mailbox,
          key: Option.getOrElse(stableId, () => ""),
          messageId: Option.getOrUndefined(messageId),
          detail:
            twin === undefined
              ? "neither carried over by mailferry nor there before it"
              : `a second copy beside ${twin}`
        })
      }
    }
  })

  for (const path of new Map([...placedIn, ...whole].map((path) => [pathKey(path), path])).values()) {
    // A mailbox that is gone: each of its messages is reported as missing.
    yield* Effect.catchIf(read(path), isMissing, () => Effect.void)
  }
  let checked = 0
  for (const mailbox of placedIn) {
    yield* ledger.placed.within(mailbox).pipe(
      Stream.grouped(atOnce),
      Stream.runForEach((group) =>
        Effect.map(compareGroup(mailbox, group), (compared) => {
          checked += compared
        })
      )
    )
  }
  for (const mailbox of whole) yield* compareOthers(mailbox)
  return checked
})
