import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { describeAll, type Unreadable } from "./Describe.ts"
import { fingerprintOf } from "./Fingerprint.ts"
import { flagsText, noFlags } from "./FlagsText.ts"
import { Ledger } from "./Ledger.ts"
import type { LedgerError } from "./LedgerError.ts"
import type { SourceMailboxRow } from "./LedgerSource.ts"
import { type MailboxPath, pathKey } from "./Mailbox.ts"
import type { Cursor, Entry, MailboxReader } from "./MailboxReader.ts"
import type { MailError } from "./MailError.ts"
import type { MessageSummary } from "./Message.ts"
import { RunEvents } from "./RunEvent.ts"

/** Listings at the most while the source keeps growing: then the run starts with what there is and says so. */
const passes = 3

export interface ListingResult {
  /** Mail was still arriving when the last listing ended: Bridge is probably still syncing. */
  readonly stillGrowing: boolean
  /** Mailboxes that could not be listed: what is known of them stands, but there may be more. */
  readonly unlisted: ReadonlyArray<MailboxPath>
}

const isRefusal = (error: MailError | LedgerError): boolean =>
  error._tag === "MailError" && error.reason._tag === "MailboxRejected"

/** What can be seen of an unreadable message, and how many like it the mailbox has shown before. */
type Looks = Map<string, number>

/**
 * Brings the ledger's picture of the source up to date: every mailbox, every copy, every flag. Only messages the
 * ledger has not seen are described; a lost connection costs one page. Views of flagged mail are not listed, since
 * every copy carries the flag itself.
 */
export const listSource = Effect.fn("SourceListing")(function* (source: MailboxReader) {
  const ledger = yield* Ledger
  const events = yield* RunEvents

  const rematch = Effect.fnUntraced(function* (
    mailbox: SourceMailboxRow,
    epoch: string,
    summary: MessageSummary
  ) {
    const former = yield* ledger.source.formerCopies(mailbox.id, epoch, summary)
    const [first] = former
    if (first === undefined) return undefined
    const placed = former.filter(({ fingerprint }) => fingerprint !== null)
    if (placed.length === 0) return first
    // One Message-ID, size and date is one message. Without, or where several differ, only the octets can tell.
    const isNamed = Option.isSome(summary.messageId)
    const alike = former.every(({ fingerprint }) => fingerprint === first.fingerprint)
    if (isNamed && alike) return first
    const fingerprint = yield* source.fetch(mailbox.path, summary.locator).pipe(
      Effect.map((bytes): string | undefined => fingerprintOf(bytes)),
      Effect.catchIf(
        ({ reason }) => reason._tag === "MessageRejected",
        () => Effect.succeed(undefined)
      )
    )
    return (
      placed.find((copy) => copy.fingerprint === fingerprint) ??
      former.find((copy) => copy.fingerprint === null)
    )
  })

  const remember = Effect.fnUntraced(function* (
    mailbox: SourceMailboxRow,
    epoch: string,
    summary: MessageSummary
  ) {
    if (Option.isNone(summary.stableId)) {
      const former = yield* rematch(mailbox, epoch, summary)
      if (former !== undefined) {
        yield* ledger.source.forgetCopy(former.id)
        yield* ledger.source.putFlags(former.message, summary)
        yield* ledger.source.putCopy(mailbox.id, epoch, summary.locator, former.message)
        return
      }
      // A view shows what stands elsewhere: without an id, its copy and this one are known by how they look.
      const shown =
        mailbox.role === "everything" ? Option.none() : yield* ledger.source.shownInViewsOnly(summary)
      if (Option.isSome(shown)) {
        yield* ledger.source.putCopy(mailbox.id, epoch, summary.locator, shown.value)
        return
      }
    }
    const message = yield* ledger.source.putMessage({
      ...summary,
      key: Option.getOrElse(summary.stableId, () => `${pathKey(mailbox.path)} ${summary.locator}`),
      fromSource: Option.isSome(summary.stableId),
      unreadable: Option.none(),
      subject: Option.none()
    })
    yield* ledger.source.putCopy(mailbox.id, epoch, summary.locator, message)
  })

  const rememberUnreadable = Effect.fnUntraced(function* (
    mailbox: SourceMailboxRow,
    epoch: string,
    { glimpse, locator, serverText }: Unreadable,
    looks: Looks
  ) {
    const internalDate = Option.getOrElse(glimpse.internalDate, () => DateTime.makeUnsafe(0))
    const size = Option.getOrElse(glimpse.size, () => 0)
    const subject = Option.getOrElse(glimpse.subject, () => "")
    // The same message shows in several mailboxes, each time without its id: what can be seen of it makes one of them,
    // and the nth that looks like this in one mailbox is the nth in the others.
    const look = `${DateTime.toEpochMillis(internalDate)} ${size} ${subject}`
    const nth = (looks.get(look) ?? 0) + 1
    looks.set(look, nth)
    const seen = new TextEncoder().encode(nth === 1 ? look : `${look} ${nth}`)
    const message = yield* ledger.source.putMessage({
      key: `unreadable ${fingerprintOf(seen).slice(0, 32)}`,
      fromSource: false,
      stableId: Option.none(),
      messageId: Option.none(),
      internalDate,
      size,
      ...Option.getOrElse(glimpse.flags, () => noFlags),
      unreadable: Option.some(serverText),
      subject: glimpse.subject
    })
    yield* ledger.source.putCopy(mailbox.id, epoch, locator, message)
  })

  const listPage = Effect.fnUntraced(function* (
    mailbox: SourceMailboxRow,
    epoch: string,
    entries: ReadonlyArray<Entry>,
    seen: Set<number>,
    looks: Looks
  ) {
    const known = new Map(
      (yield* ledger.source.knownCopies(
        mailbox.id,
        epoch,
        entries.map(({ locator }) => locator)
      )).map((copy) => [copy.locator, copy])
    )
    for (const { flags, locator } of entries) {
      const copy = known.get(locator)
      if (copy === undefined || copy.unreadable) continue
      seen.add(copy.id)
      if (Option.isNone(flags)) continue
      const now = flagsText(flags.value)
      const before = flagsText(copy)
      if (now.flags !== before.flags || now.keywords !== before.keywords) {
        yield* ledger.source.putFlags(copy.message, flags.value)
      }
    }
    const fresh = entries
      .map(({ locator }) => locator)
      .filter((locator) => known.get(locator)?.unreadable !== false)
    const described = yield* describeAll(source, mailbox.path, fresh)
    yield* ledger.source.inOneCommit(
      Effect.andThen(
        Effect.forEach(described.summaries, (summary) => remember(mailbox, epoch, summary), {
          discard: true
        }),
        Effect.forEach(
          described.unreadable,
          (unreadable) => rememberUnreadable(mailbox, epoch, unreadable, looks),
          { discard: true }
        )
      )
    )
    return fresh
  })

  const listOnce = Effect.fnUntraced(function* (mailbox: SourceMailboxRow) {
    const seen = new Set<number>()
    const looks: Looks = new Map()
    let from = Option.none<Cursor>()
    let messages = 0
    let fresh = 0
    let epoch = ""
    while (true) {
      const page = yield* source.list(mailbox.path, from)
      epoch = page.epoch
      for (let at = 0; at < page.entries.length; at += 500) {
        const part = page.entries.slice(at, at + 500)
        const described = yield* listPage(mailbox, epoch, part, seen, looks)
        for (const copy of yield* ledger.source.knownCopies(mailbox.id, epoch, described)) seen.add(copy.id)
        fresh += described.length
      }
      messages += page.entries.length
      if (Option.isNone(page.next)) break
      from = page.next
    }
    if ((yield* ledger.source.countCopies(mailbox.id)) !== seen.size) {
      yield* ledger.source.forgetOthers(mailbox.id, seen)
    }
    const end = yield* source.end(mailbox.path)
    yield* ledger.source.finishMailbox(mailbox.id, epoch, end)
    yield* events.emit({ _tag: "MailboxListed", mailbox: mailbox.path, messages, fresh })
  })

  /** A mailbox whose UIDs were all renewed while it was being listed is listed again from its start. */
  const listMailbox = (mailbox: SourceMailboxRow) =>
    listOnce(mailbox).pipe(
      Effect.retry({
        times: passes,
        while: (error) =>
          error._tag === "MailError" &&
          error.reason._tag === "MailboxRejected" &&
          error.reason.why === "uidvalidity-changed"
      })
    )

  /** Lists a mailbox; one that is refused is told of and left as it is known, and keeps no other from being listed. */
  const listOrSkip = Effect.fnUntraced(function* (mailbox: SourceMailboxRow) {
    const refusal = yield* listMailbox(mailbox).pipe(
      Effect.as(undefined),
      Effect.catchIf(isRefusal, (error) => Effect.succeed(error))
    )
    if (refusal === undefined) return true
    yield* events.emit({ _tag: "MailboxSkipped", mailbox: mailbox.path, detail: refusal.message })
    return false
  })

  /** Mailboxes to which mail came while they were being listed. */
  const growing = Effect.fnUntraced(function* (mailboxes: ReadonlyArray<SourceMailboxRow>) {
    const grown: Array<SourceMailboxRow> = []
    for (const mailbox of mailboxes) {
      const end = yield* source
        .end(mailbox.path)
        .pipe(Effect.catchIf(isRefusal, () => Effect.succeed(mailbox.cursor)))
      if (Option.getOrUndefined(end) !== Option.getOrUndefined(mailbox.cursor)) grown.push(mailbox)
    }
    return grown
  })

  yield* ledger.source.putMailboxes(yield* source.listMailboxes)
  const listed = (yield* ledger.source.mailboxes).filter(({ role }) => role !== "starred")
  // Views come first: mail that arrives meanwhile is then found in its own mailbox, and not in a view alone.
  const places = listed.filter(({ role }) => role !== "everything")
  const inOrder = [...listed.filter(({ role }) => role === "everything"), ...places]
  const unlisted = new Map<string, MailboxPath>()
  const listEach = Effect.fnUntraced(function* (mailboxes: ReadonlyArray<SourceMailboxRow>) {
    for (const mailbox of mailboxes) {
      if (yield* listOrSkip(mailbox)) unlisted.delete(pathKey(mailbox.path))
      else unlisted.set(pathKey(mailbox.path), mailbox.path)
    }
  })
  let todo: ReadonlyArray<SourceMailboxRow> = inOrder
  for (let pass = 0; pass < passes && todo.length > 0; pass++) {
    yield* listEach(todo)
    const views = (yield* ledger.source.mailboxes).filter(({ role }) => role === "everything")
    const grown = yield* growing(views)
    yield* Effect.forEach(grown, ({ path }) => events.emit({ _tag: "SourceGrew", mailbox: path }), {
      discard: true
    })
    todo = grown.length === 0 ? [] : inOrder
  }
  // What seems to stand in views only may have moved from a mailbox not yet listed to one that was: look once more
  // before it counts as homeless.
  if ((yield* ledger.source.countNewOrphans) > 0) yield* listEach(places)
  yield* ledger.source.forgetAbsent
  yield* ledger.source.forgetReadable
  return { stillGrowing: todo.length > 0, unlisted: [...unlisted.values()] } satisfies ListingResult
})
