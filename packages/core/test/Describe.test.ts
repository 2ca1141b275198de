import { assert, describe, it } from "@effect/vitest"
import { describeAll } from "@mailferry/core/Describe.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import {
  AuthFailed,
  type MailErrorReason,
  MessageRejected,
  Throttled,
  Transient
} from "@mailferry/core/MailError.ts"
import { type Glimpse, MessageLocator, type MessageSummary } from "@mailferry/core/Message.ts"
import { DateTime, Effect, Exit, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"

import { mailError, stubReader } from "./Stubs.ts"

const unreadable = new MessageRejected({ detail: "failed to load", why: "unreadable" })
const gone = new MessageRejected({ detail: "no such message", why: "gone" })
const lost = new Transient({ detail: "connection closed", applied: "no" })

const locators = (count: number) => Array.from({ length: count }, (_, i) => MessageLocator(`1:${i + 1}`))

const summaryOf = (locator: MessageLocator): MessageSummary => ({
  locator,
  mailbox: ["INBOX"],
  stableId: Option.none(),
  messageId: Option.none(),
  internalDate: DateTime.makeUnsafe(0),
  size: 1,
  flags: new Set(),
  keywords: new Set()
})

const seen: Glimpse = {
  subject: Option.some("hello"),
  internalDate: Option.none(),
  size: Option.none(),
  flags: Option.none(),
  bytes: Option.none()
}

/** A mailbox in which some messages fail in a given way, as often as they say. */
const mailboxWith = (
  bad: Readonly<Record<string, { readonly reason: MailErrorReason; readonly times: number }>>,
  others: Partial<MailboxReader> = {}
) => {
  const asked: Array<ReadonlyArray<MessageLocator>> = []
  const glimpsed: Array<MessageLocator> = []
  const left = new Map(Object.entries(bad).map(([locator, { times }]) => [locator, times]))
  const reader = stubReader({
    describe: (_, wanted) =>
      Effect.suspend(() => {
        asked.push(wanted)
        const failing = wanted.find((locator) => (left.get(locator) ?? 0) > 0)
        if (failing === undefined) return Effect.succeed(wanted.map(summaryOf))
        left.set(failing, (left.get(failing) ?? 0) - 1)
        return Effect.fail(mailError(bad[failing]?.reason ?? unreadable, "describe"))
      }),
    glimpse: (_, locator) =>
      Effect.sync(() => {
        glimpsed.push(locator)
        return seen
      }),
    end: () => Effect.succeed(Option.none()),
    ...others
  })
  return { asked, glimpsed, reader }
}

const always = (reason: MailErrorReason) => ({ reason, times: Infinity })

const describeIn = Effect.fnUntraced(function* (reader: MailboxReader, count: number) {
  const fiber = yield* Effect.forkChild(Effect.exit(describeAll(reader, ["INBOX"], locators(count))))
  yield* TestClock.adjust("1 hours")
  return yield* Fiber.join(fiber)
})

const described = Effect.fnUntraced(function* (reader: MailboxReader, count: number) {
  const exit = yield* describeIn(reader, count)
  return Exit.isSuccess(exit) ? exit.value : yield* Effect.die(exit.cause)
})

const numbers = (found: ReadonlyArray<{ readonly locator: MessageLocator }>) =>
  found.map(({ locator }) => Number(locator.split(":")[1])).toSorted((a, b) => a - b)

describe("describeAll", () => {
  it.effect("asks for 500 messages at a time", () =>
    Effect.gen(function* () {
      const { asked, reader } = mailboxWith({})
      const { summaries } = yield* described(reader, 1201)
      assert.deepStrictEqual(
        asked.map(({ length }) => length),
        [500, 500, 201]
      )
      assert.strictEqual(new Set(numbers(summaries)).size, 1201)
    })
  )

  it.effect("asks nothing when there is nothing to describe", () =>
    Effect.gen(function* () {
      const { asked, reader } = mailboxWith({})
      assert.deepStrictEqual(yield* described(reader, 0), { summaries: [], unreadable: [] })
      assert.deepStrictEqual(asked, [])
    })
  )

  it.effect.each([1, 2, 250, 251, 499, 500])("finds the one bad message at place %i of 500", (place) =>
    Effect.gen(function* () {
      const { asked, glimpsed, reader } = mailboxWith({ [`1:${place}`]: always(unreadable) })
      const { summaries, unreadable: bad } = yield* described(reader, 500)
      assert.deepStrictEqual(bad, [
        { locator: MessageLocator(`1:${place}`), glimpse: seen, serverText: "failed to load" }
      ])
      assert.deepStrictEqual(glimpsed, [MessageLocator(`1:${place}`)])
      assert.strictEqual(new Set(numbers(summaries)).size, 499)
      assert.isAtMost(asked.length, 30, "halving, not asking one by one")
    })
  )

  it.effect("finds several bad messages of one window", () =>
    Effect.gen(function* () {
      const places = [1, 2, 300, 500]
      const { reader } = mailboxWith(
        Object.fromEntries(places.map((place) => [`1:${place}`, always(unreadable)]))
      )
      const { summaries, unreadable: bad } = yield* described(reader, 500)
      assert.deepStrictEqual(numbers(bad), places)
      assert.strictEqual(summaries.length, 496)
    })
  )

  it.effect("tries the single bad message thrice more before it is set apart", () =>
    Effect.gen(function* () {
      const { asked, reader } = mailboxWith({ "1:1": always(unreadable) })
      yield* described(reader, 1)
      assert.strictEqual(asked.length, 4)
    })
  )

  it.effect("waits 0.5, 1 and 2 s between those tries", () =>
    Effect.gen(function* () {
      const { asked, reader } = mailboxWith({ "1:1": always(unreadable) })
      yield* Effect.forkChild(describeAll(reader, ["INBOX"], locators(1)), { startImmediately: true })
      const counts: Array<number> = []
      for (const wait of [
        "499 millis",
        "1 millis",
        "999 millis",
        "1 millis",
        "1999 millis",
        "1 millis"
      ] as const) {
        yield* TestClock.adjust(wait)
        counts.push(asked.length)
      }
      assert.deepStrictEqual(counts, [1, 2, 2, 3, 3, 4])
    })
  )

  it.effect("takes a message that can be read at the last try for a good one", () =>
    Effect.gen(function* () {
      const { glimpsed, reader } = mailboxWith({ "1:1": { reason: unreadable, times: 3 } })
      const { summaries, unreadable: bad } = yield* described(reader, 1)
      assert.deepStrictEqual(numbers(summaries), [1])
      assert.deepStrictEqual(bad, [])
      assert.deepStrictEqual(glimpsed, [])
    })
  )

  it.effect("halves a window on which the connection keeps dying while the service still answers", () =>
    Effect.gen(function* () {
      const { reader } = mailboxWith({ "1:7": always(lost) })
      const { summaries, unreadable: bad } = yield* described(reader, 16)
      assert.deepStrictEqual(numbers(bad), [7])
      assert.strictEqual(summaries.length, 15)
    })
  )

  it.effect("does not take a message for deadly that was cut off twice by chance", () =>
    Effect.gen(function* () {
      const { glimpsed, reader } = mailboxWith({ "1:7": { reason: lost, times: 6 } })
      // One drop for each window that holds the message: 16, 8, 4 and 2; then two for the message alone.
      const { summaries } = yield* described(reader, 16)
      assert.strictEqual(summaries.length, 16)
      assert.deepStrictEqual(glimpsed, [])
    })
  )

  it.effect("does not halve for a service that no longer answers", () =>
    Effect.gen(function* () {
      const dead = Effect.fail(mailError(lost, "end"))
      const { asked, reader } = mailboxWith({ "1:7": always(lost) }, { end: () => dead })
      const exit = yield* describeIn(reader, 16)
      assert.strictEqual(Exit.isFailure(exit) && asked.length, 1)
    })
  )

  it.effect("does not take a single message for deadly when nothing answers any more", () =>
    Effect.gen(function* () {
      const dead = Effect.fail(mailError(lost, "glimpse"))
      const { reader } = mailboxWith({ "1:1": always(lost) }, { glimpse: () => dead, end: () => dead })
      assert.isTrue(Exit.isFailure(yield* describeIn(reader, 1)))
    })
  )

  it.effect("sets a message apart that kills even the glimpse, when the service answers afterwards", () =>
    Effect.gen(function* () {
      const { reader } = mailboxWith(
        { "1:3": always(lost) },
        { glimpse: () => Effect.fail(mailError(lost, "glimpse")) }
      )
      const { summaries, unreadable: bad } = yield* described(reader, 4)
      assert.deepStrictEqual(numbers(summaries), [1, 2, 4])
      assert.deepStrictEqual(numbers(bad), [3])
      assert.isTrue(Option.isNone(bad[0]?.glimpse.subject ?? Option.some("")))
    })
  )

  it.effect("leaves a message out that is gone before it could be glimpsed", () =>
    Effect.gen(function* () {
      const { reader } = mailboxWith(
        { "1:2": always(unreadable) },
        { glimpse: () => Effect.fail(mailError(gone, "glimpse")) }
      )
      const { summaries, unreadable: bad } = yield* described(reader, 3)
      assert.deepStrictEqual(numbers(summaries), [1, 3])
      assert.deepStrictEqual(bad, [])
    })
  )

  it.effect.each([new AuthFailed({ detail: "no" }), new Throttled({ detail: "slow down" })])(
    "does not look for a bad message when the answer is $_tag",
    (reason) =>
      Effect.gen(function* () {
        const { asked, reader } = mailboxWith({ "1:7": always(reason) })
        const exit = yield* describeIn(reader, 16)
        assert.isTrue(Exit.isFailure(exit))
        assert.strictEqual(asked.length, 1)
      })
  )
})
