import { Destination } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { SystemFlag } from "@mailferry/core/Message.ts"
import { isSentWithMore } from "@mailferry/core/SameMail.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { wellFormedCorpus } from "../Corpus.ts"
import { reasonOf } from "../Law.ts"
import { describeOne, locatorsOf, onlyMessageIn } from "../Listing.ts"
import { settled } from "../Settled.ts"
import { type DestinationLaw, freshMailbox, law, type Letter, letterTo } from "./Subject.ts"

const allFlags: ReadonlySet<SystemFlag> = new Set(["\\Seen", "\\Answered", "\\Flagged", "\\Draft"])

const sameOctets = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** The Date header of a sample message. */
const sampleDate = DateTime.makeUnsafe("2019-03-31T01:30:00Z")

/** An unlimited service is tried with a message of this size, since none is too large for it. */
const triedSize = 1 << 20

/** A limit above this many octets is believed, not tried. */
const believedLimit = 64 << 20

export const appendLaws: ReadonlyArray<DestinationLaw> = [
  law("calling append does nothing until it is run", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "lazy")
      const append = destination.append(letterTo(mailbox))
      assert.strictEqual((yield* locatorsOf(destination, mailbox)).length, 0)
      yield* append
      assert.strictEqual((yield* locatorsOf(destination, mailbox)).length, 1)
    })
  ),
  law(
    "a second append of the same message stores a second copy, or joins the first exactly when claimed",
    () =>
      Effect.gen(function* () {
        const destination = yield* Destination
        const { joinsByMessageId } = destination.capabilities
        const request = letterTo(yield* freshMailbox(destination, "second"))
        const first = yield* destination.append(request)
        const second = yield* destination.append(request)
        const locators = yield* locatorsOf(destination, request.mailbox)
        assert.strictEqual(locators.length, joinsByMessageId ? 1 : 2)
        if (joinsByMessageId) assert.deepStrictEqual(second, first)
      })
  ),
  law("fetch gives back the octets exactly when claimed", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const { addsHeaders, joinsByMessageId, keepsOctets } = destination.capabilities
      const altered: Array<string> = []
      const sent = new Set<string>()
      for (const message of wellFormedCorpus) {
        const id = Option.getOrElse(message.messageId, () => message.name)
        // Where the second of two with one Message-ID is joined with the first, the first is what is there.
        if (joinsByMessageId && sent.has(id)) continue
        sent.add(id)
        const mailbox = yield* freshMailbox(destination, "octets")
        const bytes = message.bytes()
        yield* destination.append(letterTo(mailbox, { bytes, messageId: message.messageId }))
        const [locator] = yield* locatorsOf(destination, mailbox)
        const there = yield* destination.fetch(mailbox, locator!)
        const isKept = addsHeaders ? isSentWithMore(bytes, there) : sameOctets(there, bytes)
        if (!isKept) altered.push(message.name)
      }
      if (keepsOctets) assert.deepStrictEqual(altered, [])
      else assert.isNotEmpty(altered)
    })
  ),
  law("INTERNALDATE is kept, or is the Date header's, exactly when claimed", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      for (const date of ["1999-12-31T23:59:59Z", "2019-10-27T01:30:00Z"]) {
        const internalDate = DateTime.makeUnsafe(date)
        const mailbox = yield* freshMailbox(destination, "internaldate")
        yield* destination.append(letterTo(mailbox, { internalDate }))
        const stored = yield* onlyMessageIn(destination, mailbox)
        const { datesByHeader, keepsInternalDate } = destination.capabilities
        const wanted = datesByHeader ? sampleDate : internalDate
        const kept = DateTime.toEpochMillis(stored.internalDate) === DateTime.toEpochMillis(wanted)
        assert.strictEqual(kept, keepsInternalDate || datesByHeader, date)
      }
    })
  ),
  law("flags are kept exactly as claimed, and the rest are dropped without an error", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "flags")
      yield* destination.append(letterTo(mailbox, { flags: allFlags }))
      const { flags } = yield* onlyMessageIn(destination, mailbox)
      assert.sameMembers([...flags], [...destination.capabilities.flags])
    })
  ),
  law("keywords are kept exactly when claimed", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "keywords")
      const keyword = `kw${crypto.randomUUID().slice(0, 8)}`
      yield* destination.append(letterTo(mailbox, { keywords: new Set([keyword]) }))
      const { keywords } = yield* onlyMessageIn(destination, mailbox)
      assert.strictEqual(keywords.has(keyword), destination.capabilities.keywords)
    })
  ),
  law("the receipt of append names the message exactly when claimed", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "receipt")
      const { locator } = yield* destination.append(letterTo(mailbox))
      const [listed] = yield* locatorsOf(destination, mailbox)
      assert.strictEqual(
        Option.getOrUndefined(locator),
        destination.capabilities.reportsLocator ? listed : undefined
      )
    })
  ),
  law("append to a mailbox that is not there is MailboxRejected(missing), and makes none", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox: MailboxPath = ["conformance", `missing ${crypto.randomUUID()}`]
      const reason = yield* reasonOf(destination.append(letterTo(mailbox)))
      assert.deepInclude(reason, { _tag: "MailboxRejected", why: "missing" })
      const listed = yield* destination.listMailboxes
      assert.isFalse(listed.some(({ path }) => path.at(-1) === mailbox[1]))
    })
  ),
  law("a message of maxMessageSize is taken, and a larger one is MessageRejected(too-large)", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "size")
      const limit = destination.capabilities.maxMessageSize
      const bytesOf = (size: number) => {
        const bytes = Buffer.alloc(size, "x".repeat(76) + "\r\n")
        bytes.write(
          "From: from@conformance.invalid\r\nDate: Sun, 31 Mar 2019 03:30:00 +0200\r\nSubject: size\r\n\r\n"
        )
        return bytes
      }
      const messageId = Option.none()
      const taken = limit > believedLimit ? triedSize : limit
      yield* destination.append(letterTo(mailbox, { bytes: bytesOf(taken), messageId }))
      assert.strictEqual((yield* locatorsOf(destination, mailbox)).length, 1)
      if (limit > believedLimit) return
      const larger = letterTo(mailbox, { bytes: bytesOf(limit + 1), messageId })
      const reason = yield* reasonOf(destination.append(larger))
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "too-large" })
      assert.strictEqual((yield* locatorsOf(destination, mailbox)).length, 1)
    })
  ),
  law("n parallel appends store n messages, and each receipt names its own", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "parallel")
      const { concurrentCalls } = destination.capabilities.pace
      const letters = Array.from({ length: Math.max(16, Math.min(64, concurrentCalls * 4)) }, () =>
        letterTo(mailbox)
      )
      const receipts = yield* Effect.forEach(letters, destination.append, { concurrency: concurrentCalls })
      assert.strictEqual(new Set(yield* locatorsOf(destination, mailbox)).size, letters.length)
      for (const [index, { locator }] of receipts.entries()) {
        if (Option.isNone(locator)) continue
        const { messageId } = yield* describeOne(destination, mailbox, locator.value)
        assert.deepStrictEqual(messageId, letters[index]?.messageId)
      }
    })
  ),
  law("an interrupted append leaves the account usable, and find tells the truth", (subject) =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "interrupted")
      const interrupted: Array<Letter> = []
      // Early, midway and late, as the turns of the event loop fall.
      for (const turns of [0, 1, 2, 4, 8, 16]) {
        const letter = letterTo(mailbox)
        const fiber = yield* Effect.forkChild(destination.append(letter))
        for (let turn = 0; turn < turns; turn++) yield* Effect.sleep(0)
        yield* Fiber.interrupt(fiber)
        yield* destination.append(letterTo(mailbox))
        interrupted.push(letter)
      }
      // A server may still commit what it had received when the connection closed, so truth is asked for at rest.
      const count = Effect.map(locatorsOf(destination, mailbox), ({ length }) => length)
      const stored = yield* settled(count, subject.rest)
      let found = 0
      for (const { messageId, bytes, internalDate } of interrupted) {
        const identity = { stableId: Option.none(), messageId, size: bytes.length, internalDate }
        const copies = yield* destination.find(mailbox, identity)
        assert.isAtMost(copies.length, 1, "one append stores at most one message")
        found += copies.length
      }
      assert.strictEqual(stored, interrupted.length + found, "find knows which appends took place")
    })
  )
]
