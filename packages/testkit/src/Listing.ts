import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { Cursor, Entry, MailboxReader, Page } from "@mailferry/core/MailboxReader.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { MessageLocator, MessageSummary } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { assert } from "vitest"

/** Every page of a mailbox from a cursor on. Fails a law whose subject never comes to a last page. */
export const pagesOf = Effect.fnUntraced(function* (
  reader: MailboxReader,
  mailbox: MailboxPath,
  from: Option.Option<Cursor> = Option.none()
) {
  const pages: Array<Page> = [yield* reader.list(mailbox, from)]
  const seen = new Set<string>()
  for (let next = pages[0]!.next; Option.isSome(next); next = pages.at(-1)!.next) {
    assert.isFalse(seen.has(next.value), "a page's cursor leads on, not back")
    seen.add(next.value)
    pages.push(yield* reader.list(mailbox, next))
  }
  return pages
})

export const entriesOf = (
  reader: MailboxReader,
  mailbox: MailboxPath,
  from: Option.Option<Cursor> = Option.none()
): Effect.Effect<ReadonlyArray<Entry>, MailError> =>
  Effect.map(pagesOf(reader, mailbox, from), (pages) => pages.flatMap(({ entries }) => entries))

export const locatorsOf = (
  reader: MailboxReader,
  mailbox: MailboxPath,
  from: Option.Option<Cursor> = Option.none()
): Effect.Effect<ReadonlyArray<MessageLocator>, MailError> =>
  Effect.map(entriesOf(reader, mailbox, from), (entries) => entries.map(({ locator }) => locator))

/** The summary of one message that is there. */
export const describeOne = (
  reader: MailboxReader,
  mailbox: MailboxPath,
  locator: MessageLocator
): Effect.Effect<MessageSummary, MailError> =>
  Effect.map(reader.describe(mailbox, [locator]), (summaries) => {
    assert.strictEqual(summaries.length, 1, "one summary for one message")
    return summaries[0]!
  })

/** The one message of a mailbox, described. */
export const onlyMessageIn = Effect.fnUntraced(function* (reader: MailboxReader, mailbox: MailboxPath) {
  const locators = yield* locatorsOf(reader, mailbox)
  assert.strictEqual(locators.length, 1, "exactly one message")
  return yield* describeOne(reader, mailbox, locators[0]!)
})
