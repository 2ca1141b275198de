import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { Source } from "@mailferry/core/Source.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { given, reasonOf } from "../Law.ts"
import { describeOne, locatorsOf } from "../Listing.ts"
import { again, law, type SourceLaw, theMessage } from "./Subject.ts"

const sorted = (values: Iterable<string>) => [...values].toSorted()

const stableIdsOf = Effect.fnUntraced(function* (
  source: MailboxReader,
  messageId: string,
  mailboxes: ReadonlyArray<MailboxPath>
) {
  const messages = yield* Effect.forEach(mailboxes, (mailbox) => theMessage(source, mailbox, messageId))
  return messages.map(({ stableId }) => Option.getOrUndefined(stableId))
})

export const readLaws: ReadonlyArray<SourceLaw> = [
  law(
    "describe gives one summary for each message asked for",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox } = given(subject, "long")
        const [first, , third, , fifth] = yield* locatorsOf(source, mailbox)
        const asked = [fifth!, first!, third!]
        const summaries = yield* source.describe(mailbox, asked)
        assert.sameMembers(
          summaries.map(({ locator }) => locator),
          asked
        )
        assert.deepStrictEqual(
          summaries.map((summary) => summary.mailbox),
          asked.map(() => mailbox)
        )
      }),
    "long"
  ),
  law(
    "describe tells INTERNALDATE, flags and keywords as they are",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const known = given(subject, "known")
        const told = yield* theMessage(source, known.mailbox, known.messageId)
        assert.strictEqual(DateTime.formatIso(told.internalDate), DateTime.formatIso(known.internalDate))
        assert.deepStrictEqual(sorted(told.flags), sorted(known.flags))
        assert.deepStrictEqual(sorted(told.keywords), sorted(known.keywords))
        assert.isAbove(told.size, 0)
      }),
    "known"
  ),
  law(
    "fetch gives the octets of the message",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const known = given(subject, "known")
        const { locator } = yield* theMessage(source, known.mailbox, known.messageId)
        const bytes = Buffer.from(yield* source.fetch(known.mailbox, locator))
        assert.strictEqual(bytes.toString("latin1"), Buffer.from(known.bytes).toString("latin1"))
      }),
    "known"
  ),
  law(
    "fetch gives the same octets every time",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox } = given(subject, "long")
        const [locator] = yield* locatorsOf(source, mailbox)
        const first = yield* source.fetch(mailbox, locator!)
        const second = yield* source.fetch(mailbox, locator!)
        assert.isAbove(first.length, 0)
        assert.strictEqual(Buffer.compare(first, second), 0)
      }),
    "long"
  ),
  law(
    "what glimpse tells agrees with describe",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox } = given(subject, "long")
        const [locator] = yield* locatorsOf(source, mailbox)
        const stored = yield* describeOne(source, mailbox, locator!)
        const glimpse = yield* source.glimpse(mailbox, locator!)
        assert.isTrue(Option.isSome(glimpse.subject) || Option.isSome(glimpse.size), "it tells something")
        assert.strictEqual(
          Option.getOrElse(glimpse.size, () => stored.size),
          stored.size
        )
        const date = Option.getOrElse(glimpse.internalDate, () => stored.internalDate)
        assert.strictEqual(DateTime.formatIso(date), DateTime.formatIso(stored.internalDate))
      }),
    "long"
  ),
  law(
    "a message that cannot be read is MessageRejected(unreadable), its neighbours are read, and glimpse answers",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox, place } = given(subject, "unreadable")
        const locators = yield* locatorsOf(source, mailbox)
        const locator = locators[place]!
        const fetched = yield* reasonOf(source.fetch(mailbox, locator))
        assert.deepInclude(fetched, { _tag: "MessageRejected", why: "unreadable" })
        const described = yield* Effect.result(source.describe(mailbox, [locator]))
        if (described._tag === "Success") assert.strictEqual(described.success.length, 1, "never left out")
        else assert.deepInclude(described.failure.reason, { _tag: "MessageRejected", why: "unreadable" })
        for (const other of locators.filter((it) => it !== locator).slice(0, 5)) {
          yield* describeOne(source, mailbox, other)
        }
        assert.isObject(yield* source.glimpse(mailbox, locator))
      }),
    "unreadable"
  ),
  law(
    "a message has the same stable id in every mailbox that shows it",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { messageId, mailboxes } = given(subject, "shared")
        const ids = yield* stableIdsOf(source, messageId, mailboxes)
        assert.isAbove(ids.length, 1, "several mailboxes show it")
        assert.isDefined(ids[0])
        assert.strictEqual(new Set(ids).size, 1)
      }),
    "shared"
  ),
  law(
    "a stable id survives a reconnect",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { messageId, mailbox } = given(subject, "known")
        const before = yield* stableIdsOf(source, messageId, [mailbox])
        const after = yield* again(subject, (other) => stableIdsOf(other, messageId, [mailbox]))
        assert.deepStrictEqual(after, before)
      }),
    "known"
  ),
  law(
    "no two messages of a mailbox have one stable id",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox } = given(subject, "long")
        const locators = (yield* locatorsOf(source, mailbox)).slice(0, 50)
        const ids: Array<string> = []
        for (const locator of locators) {
          const { stableId } = yield* describeOne(source, mailbox, locator)
          if (Option.isSome(stableId)) ids.push(stableId.value)
        }
        assert.strictEqual(new Set(ids).size, ids.length)
      }),
    "long"
  ),
  law(
    "a locator is good on another connection",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { messageId, mailbox } = given(subject, "known")
        const { locator } = yield* theMessage(source, mailbox, messageId)
        const told = yield* again(subject, (other) => describeOne(other, mailbox, locator))
        assert.deepStrictEqual(told.messageId, Option.some(messageId))
      }),
    "known"
  ),
  law(
    "describe, glimpse and fetch set no \\Seen",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { messageId, mailbox } = given(subject, "known")
        const before = yield* theMessage(source, mailbox, messageId)
        assert.isFalse(before.flags.has("\\Seen"), "the message of this law is unread")
        yield* source.glimpse(mailbox, before.locator)
        yield* source.fetch(mailbox, before.locator)
        const after = yield* again(subject, (other) => theMessage(other, mailbox, messageId))
        assert.isFalse(after.flags.has("\\Seen"))
      }),
    "known"
  ),
  law(
    "nothing is written",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox } = given(subject, "known")
        const writes = given(subject, "writes")
        const before = yield* writes
        yield* source.listMailboxes
        yield* source.end(mailbox)
        for (const locator of yield* locatorsOf(source, mailbox)) {
          yield* Effect.option(source.describe(mailbox, [locator]))
          yield* Effect.option(source.fetch(mailbox, locator))
          yield* source.glimpse(mailbox, locator)
        }
        assert.strictEqual(yield* writes, before)
      }),
    "known",
    "writes"
  )
]
