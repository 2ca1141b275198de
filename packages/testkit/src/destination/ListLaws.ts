import { Destination, type DestinationService } from "@mailferry/core/Destination.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { given, reasonOf } from "../Law.ts"
import { describeOne, locatorsOf, pagesOf } from "../Listing.ts"
import { type DestinationLaw, freshMailbox, law, letterTo, again, someDate } from "./Subject.ts"

/** The contract: a page is small enough to hold. */
const largestPage = 10_000

/** A mailbox with one message, and what a reader may remember of it. */
const oneMessage = Effect.fnUntraced(function* (destination: DestinationService) {
  const mailbox = yield* freshMailbox(destination, "life")
  yield* destination.append(letterTo(mailbox))
  const { epoch, entries } = yield* destination.list(mailbox, Option.none())
  const end = yield* destination.end(mailbox)
  return { mailbox, epoch, end, locator: entries[0]!.locator }
})

export const listLaws: ReadonlyArray<DestinationLaw> = [
  law(
    "a listing past 1,000 messages shows each once, and goes on from any page on another connection",
    (subject) =>
      Effect.gen(function* () {
        const destination = yield* Destination
        const mailbox = yield* freshMailbox(destination, "long")
        const size = subject.listingSize ?? 1050
        const letters = Array.from({ length: size }, (_, second) =>
          letterTo(mailbox, { internalDate: DateTime.add(someDate, { seconds: second }) }, { body: "." })
        )
        const { concurrentCalls } = destination.capabilities.pace
        yield* Effect.forEach(letters, destination.append, { concurrency: concurrentCalls, discard: true })
        const pages = yield* pagesOf(destination, mailbox)
        const locators = pages.map(({ entries }) => entries.map(({ locator }) => locator))
        assert.strictEqual(locators.flat().length, size)
        assert.strictEqual(new Set(locators.flat()).size, size)
        assert.isTrue(locators.every((page) => page.length <= largestPage))
        const middle = Math.floor(pages.length / 2)
        if (middle === 0) return
        const cursor = pages[middle - 1]!.next
        const rest = yield* again(subject, (other) => locatorsOf(other, mailbox, cursor))
        assert.deepStrictEqual(rest, locators.slice(middle).flat())
      })
  ),
  law("messages are listed in the order they came", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "order")
      const sent: Array<string> = []
      for (let day = 5; day > 0; day--) {
        const letter = letterTo(mailbox, { internalDate: DateTime.add(someDate, { days: day }) })
        yield* destination.append(letter)
        sent.push(Option.getOrThrow(letter.messageId))
      }
      const listed: Array<string | undefined> = []
      for (const locator of yield* locatorsOf(destination, mailbox)) {
        const { messageId } = yield* describeOne(destination, mailbox, locator)
        listed.push(Option.getOrUndefined(messageId))
      }
      assert.deepStrictEqual(listed, sent)
    })
  ),
  law("a listing doubles and drops nothing while appends run", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "busy")
      for (let n = 0; n < 10; n++) yield* destination.append(letterTo(mailbox))
      const before = yield* locatorsOf(destination, mailbox)
      const appends = Effect.forEach(
        Array.from({ length: 20 }),
        () => destination.append(letterTo(mailbox)),
        {
          discard: true
        }
      )
      const running = yield* Effect.forkChild(appends)
      while (running.pollUnsafe() === undefined) {
        const during = yield* locatorsOf(destination, mailbox)
        assert.strictEqual(new Set(during).size, during.length, "nothing twice")
        assert.includeMembers([...during], [...before])
      }
      yield* Fiber.join(running)
      assert.strictEqual((yield* locatorsOf(destination, mailbox)).length, 30)
    })
  ),
  law(
    "what comes after end is listed from there on, and nothing else, on another connection too",
    (subject) =>
      Effect.gen(function* () {
        const destination = yield* Destination
        const mailbox = yield* freshMailbox(destination, "end")
        yield* destination.append(letterTo(mailbox))
        const [old] = yield* locatorsOf(destination, mailbox)
        const end = yield* destination.end(mailbox)
        yield* destination.append(letterTo(mailbox))
        // Where the service has no order there is no end, and a listing starts from the beginning.
        const expected = (yield* locatorsOf(destination, mailbox)).filter(
          (locator) => Option.isNone(end) || locator !== old
        )
        const rest = yield* again(subject, (other) => locatorsOf(other, mailbox, end))
        assert.deepStrictEqual(rest, expected)
      })
  ),
  law("the epoch stays while the mailbox lives, on every connection", (subject) =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "epoch")
      const epochs = Effect.fnUntraced(function* (reader: DestinationService) {
        return (yield* pagesOf(reader, mailbox)).map(({ epoch }) => epoch)
      })
      const empty = yield* epochs(destination)
      yield* destination.append(letterTo(mailbox))
      const filled = yield* epochs(destination)
      const elsewhere = yield* again(subject, epochs)
      assert.strictEqual(new Set([...empty, ...filled, ...elsewhere]).size, 1)
    })
  ),
  law(
    "after the mailbox began a new life, its epoch differs and an old cursor is uidvalidity-changed",
    (subject) =>
      Effect.gen(function* () {
        const before = yield* again(subject, oneMessage)
        yield* given(subject, "renew")(before.mailbox)
        yield* again(subject, (destination) =>
          Effect.gen(function* () {
            yield* destination.append(letterTo(before.mailbox))
            const [page] = yield* pagesOf(destination, before.mailbox)
            assert.notStrictEqual(page?.epoch, before.epoch)
            if (Option.isNone(before.end)) return
            const reason = yield* reasonOf(destination.list(before.mailbox, before.end))
            assert.deepInclude(reason, { _tag: "MailboxRejected", why: "uidvalidity-changed" })
          })
        )
      }),
    "renew"
  ),
  law(
    "a locator of an earlier life gives no other message",
    (subject) =>
      Effect.gen(function* () {
        const before = yield* again(subject, oneMessage)
        yield* given(subject, "renew")(before.mailbox)
        yield* again(subject, (destination) =>
          Effect.gen(function* () {
            yield* destination.append(letterTo(before.mailbox))
            const reason = yield* reasonOf(destination.fetch(before.mailbox, before.locator))
            const changed = reason._tag === "MailboxRejected" && reason.why === "uidvalidity-changed"
            const gone = reason._tag === "MessageRejected" && reason.why === "gone"
            assert.isTrue(changed || gone, JSON.stringify(reason))
          })
        )
      }),
    "renew"
  )
]
