import { assert, describe, it } from "@effect/vitest"
import { makeDestinationIndex } from "@mailferry/core/DestinationIndex.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { Cursor } from "@mailferry/core/MailboxReader.ts"
import { MailboxRejected } from "@mailferry/core/MailError.ts"
import type { Identity, MessageSummary } from "@mailferry/core/Message.ts"
import { DateTime, Effect, Option } from "effect"

import { locator, newLedger } from "./LedgerOnDisk.ts"
import { capabilities, mailError, stubReader } from "./Stubs.ts"

const noon = DateTime.makeUnsafe("2020-02-29T12:00:00Z")
const date = (seconds: number) => DateTime.add(noon, { seconds })

const summary = (uid: number, other: Partial<MessageSummary> = {}): MessageSummary => ({
  locator: locator(`1:${uid}`),
  mailbox: ["INBOX"],
  stableId: Option.some(`id-${uid}`),
  messageId: Option.some(`<${uid}@example.net>`),
  internalDate: noon,
  size: 100,
  flags: new Set(["\\Seen"]),
  keywords: new Set(),
  ...other
})

/** A mailbox of UIDVALIDITY 1 in pages of three; a cursor of another life is void. */
const mailboxOf = (summaries: ReadonlyArray<MessageSummary>): MailboxReader => {
  const uid = ({ locator }: MessageSummary) => Number(locator.split(":")[1])
  return stubReader({
    list: (_, from) => {
      const [epoch, first] = Option.match(from, {
        onNone: () => ["1", 1] as const,
        onSome: (cursor) => [cursor.split(":")[0], Number(cursor.split(":")[1])] as const
      })
      if (epoch !== "1") {
        return Effect.fail(mailError(new MailboxRejected({ detail: "", why: "uidvalidity-changed" }), "list"))
      }
      const rest = summaries.filter((summary) => uid(summary) >= first)
      const [after] = rest.slice(3)
      return Effect.succeed({
        epoch: "1",
        entries: rest.slice(0, 3).map(({ locator }) => ({ locator, flags: Option.none() })),
        next: after === undefined ? Option.none() : Option.some(Cursor(`1:${uid(after)}`))
      })
    },
    describe: (_, locators) => Effect.succeed(summaries.filter(({ locator }) => locators.includes(locator)))
  })
}

const nothingKnown = () => Effect.succeed(new Set<string>())

const indexOf = Effect.fnUntraced(function* (
  summaries: ReadonlyArray<MessageSummary>,
  claims: Partial<typeof capabilities> = {},
  from: Option.Option<Cursor> = Option.none()
) {
  const { ledger } = yield* newLedger()
  const index = yield* makeDestinationIndex(ledger.sql, { ...capabilities, ...claims })
  const count = yield* index.read(mailboxOf(summaries), ["INBOX"], from, nothingKnown)
  const candidates = (identity: Partial<Identity>) =>
    Effect.map(index.candidates(["INBOX"], { ...summary(1), ...identity }), (found) =>
      found.map(({ locator }) => locator)
    )
  return { candidates, count, index }
})

const none = Option.none<string>()

describe("makeDestinationIndex", () => {
  it.effect("reads every page, and again from the start without doubling", () =>
    Effect.gen(function* () {
      const summaries = [1, 2, 3, 4, 5, 6, 7].map((uid) => summary(uid))
      const { candidates, count, index } = yield* indexOf(summaries)
      assert.strictEqual(count, 7)
      assert.strictEqual(yield* index.read(mailboxOf(summaries), ["INBOX"], Option.none(), nothingKnown), 7)
      assert.deepStrictEqual(yield* candidates({ stableId: Option.some("id-7") }), ["1:7"])
    })
  )

  it.effect("reads from a cursor on, and all of it when the cursor is of an earlier life", () =>
    Effect.gen(function* () {
      const summaries = [1, 2, 3, 4, 5].map((uid) => summary(uid))
      const from = (cursor: string) => indexOf(summaries, {}, Option.some(Cursor(cursor)))
      assert.strictEqual((yield* from("1:4")).count, 2)
      assert.strictEqual((yield* from("1:6")).count, 0)
      assert.strictEqual((yield* from("0:4")).count, 5)
    })
  )

  it.effect("forgets what it read when all UIDs are renewed while it reads", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const index = yield* makeDestinationIndex(ledger.sql, capabilities)
      const before = mailboxOf([1, 2, 3, 4, 5].map((uid) => summary(uid)))
      const after = mailboxOf(
        [11, 12].map((uid) => summary(uid, { stableId: Option.some(`id-${uid - 10}`) }))
      )
      let lists = 0
      const reader: MailboxReader = {
        ...before,
        list: (mailbox, from) => {
          const reader = ++lists === 1 ? before : after
          return reader.list(mailbox, lists === 2 ? Option.some(Cursor("0:1")) : from)
        },
        describe: (mailbox, locators) => (lists === 1 ? before : after).describe(mailbox, locators)
      }
      assert.strictEqual(yield* index.read(reader, ["INBOX"], Option.none(), nothingKnown), 2)
      const found = yield* index.candidates(["INBOX"], summary(1))
      assert.deepStrictEqual(
        found.map(({ locator }) => locator),
        ["1:11"]
      )
    })
  )

  it.effect("does not read from the start when the mailbox is refused for another reason", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const index = yield* makeDestinationIndex(ledger.sql, capabilities)
      let lists = 0
      const reader = stubReader({
        list: () => {
          lists++
          return Effect.fail(mailError(new MailboxRejected({ detail: "", why: "permission" }), "list"))
        }
      })
      const read = index.read(reader, ["INBOX"], Option.some(Cursor("1:1")), nothingKnown)
      assert.strictEqual((yield* Effect.flip(read))._tag, "MailError")
      assert.strictEqual(lists, 1)
    })
  )

  it.effect("leaves out what a placement has claimed", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const index = yield* makeDestinationIndex(ledger.sql, capabilities)
      const known = () => Effect.succeed(new Set(["1:2"]))
      const count = yield* index.read(mailboxOf([summary(1), summary(2)]), ["INBOX"], Option.none(), known)
      assert.strictEqual(count, 1)
      assert.deepStrictEqual(yield* index.candidates(["INBOX"], summary(2)), [])
    })
  )

  it.effect("offers each message to one taker", () =>
    Effect.gen(function* () {
      const twin = { stableId: none, messageId: none }
      const { candidates, index } = yield* indexOf([summary(1, twin), summary(2, twin)])
      assert.deepStrictEqual(yield* candidates(twin), ["1:1", "1:2"])
      const [first] = yield* index.candidates(["INBOX"], { ...summary(1), ...twin })
      yield* index.claim(first?.id ?? 0)
      assert.deepStrictEqual(yield* candidates(twin), ["1:2"])
    })
  )

  it.effect("offers nothing of another mailbox, nor of one that was forgotten", () =>
    Effect.gen(function* () {
      const { candidates, index } = yield* indexOf([summary(1)])
      assert.deepStrictEqual(yield* index.candidates(["Work"], summary(1)), [])
      yield* index.forget(["INBOX"])
      assert.deepStrictEqual(yield* candidates({}), [])
    })
  )

  it.effect("knows a message with an id by that alone", () =>
    Effect.gen(function* () {
      const there = summary(1, { size: 1, internalDate: date(99), messageId: none })
      const { candidates } = yield* indexOf([there, summary(2)])
      assert.deepStrictEqual(yield* candidates({ stableId: Option.some("id-1") }), ["1:1"])
    })
  )

  it.effect("never takes a message with another id for the one with this", () =>
    Effect.gen(function* () {
      const { candidates } = yield* indexOf([summary(1, { stableId: Option.some("other") })])
      assert.deepStrictEqual(yield* candidates({ stableId: Option.some("id-1") }), [])
    })
  )

  it.effect.each<[name: string, there: Partial<MessageSummary>, found: boolean]>([
    ["the same", {}, true],
    ["another Message-ID", { messageId: Option.some("<x>") }, false],
    ["no Message-ID", { messageId: none }, false],
    ["another size", { size: 101 }, false],
    ["a second later", { internalDate: date(1) }, false],
    ["within the second", { internalDate: DateTime.add(noon, { milliseconds: 999 }) }, true],
    ["other flags", { flags: new Set() }, true]
  ])("knows a message without an id by Message-ID, size and date: %s", ([, there, found]) =>
    Effect.gen(function* () {
      const { candidates } = yield* indexOf([summary(1, { stableId: none, ...there })])
      assert.deepStrictEqual(yield* candidates({ stableId: none }), found ? ["1:1"] : [])
      assert.deepStrictEqual(yield* candidates({}), found ? ["1:1"] : [], "nor does its own id hinder")
    })
  )

  it.effect(
    "finds a message of a plain IMAP source though its octets carry Proton's id from an earlier move",
    () =>
      Effect.gen(function* () {
        const { candidates } = yield* indexOf([summary(1)])
        assert.deepStrictEqual(yield* candidates({ stableId: none }), ["1:1"])
      })
  )

  it.effect("compares no size where the destination rebuilds messages, and no date where it keeps none", () =>
    Effect.gen(function* () {
      const there = [summary(1, { stableId: none, size: 999, internalDate: date(60) })]
      const sought = { stableId: none }
      const found = (claims: Partial<typeof capabilities>) =>
        Effect.flatMap(indexOf(there, claims), ({ candidates }) => candidates(sought))
      assert.deepStrictEqual(yield* found({ keepsOctets: false }), [])
      assert.deepStrictEqual(yield* found({ keepsInternalDate: false }), [])
      assert.deepStrictEqual(yield* found({ keepsOctets: false, keepsInternalDate: false }), ["1:1"])
    })
  )

  it.effect("takes nothing for a message without any id where neither octets nor size can tell", () =>
    Effect.gen(function* () {
      const nameless = { stableId: none, messageId: none }
      const { candidates } = yield* indexOf([summary(1, nameless)], { keepsOctets: false })
      assert.deepStrictEqual(yield* candidates(nameless), [])
    })
  )

  it.effect("knows dates before 1970 to the second", () =>
    Effect.gen(function* () {
      const old = DateTime.makeUnsafe(-1500)
      const { candidates } = yield* indexOf([summary(1, { stableId: none, internalDate: old })])
      assert.deepStrictEqual(yield* candidates({ stableId: none, internalDate: old }), ["1:1"])
    })
  )
})
