import { Destination } from "@mailferry/core/Destination.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { given, reasonOf } from "../Law.ts"
import { describeOne, locatorsOf, onlyMessageIn } from "../Listing.ts"
import { type DestinationLaw, freshMailbox, law, letterTo, again } from "./Subject.ts"

export const readLaws: ReadonlyArray<DestinationLaw> = [
  law("describe gives one summary for each message asked for", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "several")
      for (let n = 0; n < 5; n++) yield* destination.append(letterTo(mailbox))
      const locators = yield* locatorsOf(destination, mailbox)
      const [first, , third, , fifth] = locators
      const asked = [fifth!, first!, third!]
      const summaries = yield* destination.describe(mailbox, asked)
      assert.sameMembers(
        summaries.map(({ locator }) => locator),
        asked
      )
      assert.deepStrictEqual(
        summaries.map((summary) => summary.mailbox),
        asked.map(() => mailbox)
      )
    })
  ),
  law("describe tells Message-ID, X-Pm-Internal-Id and size as they are in the message", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "identity")
      const letter = letterTo(mailbox)
      yield* destination.append(letter)
      const stored = yield* onlyMessageIn(destination, mailbox)
      assert.deepStrictEqual(stored.messageId, letter.messageId)
      assert.deepStrictEqual(stored.stableId, Option.some(letter.stableId))
      const { addsHeaders, keepsOctets } = destination.capabilities
      if (keepsOctets && !addsHeaders) assert.strictEqual(stored.size, letter.bytes.length)
      else assert.isAbove(stored.size, 0)
    })
  ),
  law("a Message-ID that is folded, in capitals, or missing is told as such", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const id = `<${crypto.randomUUID()}@conformance.invalid>`
      const headers = [`Message-ID:\r\n\t${id}\r\n`, `MESSAGE-ID:${id}  \r\n`, ""]
      const told: Array<string | undefined> = []
      for (const header of headers) {
        const mailbox = yield* freshMailbox(destination, "message id")
        const bytes = Buffer.from(`From: a@conformance.invalid\r\n${header}Subject: x\r\n\r\nx\r\n`)
        yield* destination.append(
          letterTo(mailbox, { bytes, messageId: header === "" ? Option.none() : Option.some(id) })
        )
        told.push(Option.getOrUndefined((yield* onlyMessageIn(destination, mailbox)).messageId))
      }
      // A service that builds messages anew gives one to those that have none.
      const isRebuilt = !destination.capabilities.keepsOctets && told[2] !== id
      assert.deepStrictEqual(told, [id, id, isRebuilt ? told[2] : undefined])
    })
  ),
  law("describe, glimpse and fetch set no \\Seen", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "unseen")
      yield* destination.append(letterTo(mailbox))
      const { locator } = yield* onlyMessageIn(destination, mailbox)
      yield* destination.glimpse(mailbox, locator)
      yield* destination.fetch(mailbox, locator)
      const { flags } = yield* describeOne(destination, mailbox, locator)
      assert.isFalse(flags.has("\\Seen"))
    })
  ),
  law("fetch gives the same octets every time", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "stable")
      yield* destination.append(letterTo(mailbox))
      const { locator } = yield* onlyMessageIn(destination, mailbox)
      const first = yield* destination.fetch(mailbox, locator)
      const second = yield* destination.fetch(mailbox, locator)
      assert.isAbove(first.length, 0)
      assert.strictEqual(Buffer.compare(first, second), 0)
    })
  ),
  law("what glimpse tells agrees with describe and fetch", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "glimpse")
      const letter = letterTo(mailbox, {}, { subject: "a plain subject" })
      yield* destination.append(letter)
      const stored = yield* onlyMessageIn(destination, mailbox)
      const bytes = Buffer.from(yield* destination.fetch(mailbox, stored.locator))
      const glimpse = yield* destination.glimpse(mailbox, stored.locator)
      assert.strictEqual(
        Option.getOrElse(glimpse.subject, () => "a plain subject"),
        "a plain subject"
      )
      assert.strictEqual(
        Option.getOrElse(glimpse.size, () => stored.size),
        stored.size
      )
      assert.isTrue(bytes.includes(Buffer.from(Option.getOrElse(glimpse.bytes, () => bytes))))
      const date = Option.getOrElse(glimpse.internalDate, () => stored.internalDate)
      assert.strictEqual(DateTime.toEpochMillis(date), DateTime.toEpochMillis(stored.internalDate))
      assert.isTrue(Option.isSome(glimpse.subject) || Option.isSome(glimpse.size), "it tells something")
    })
  ),
  law("a locator is good on another connection", (subject) =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "reconnect")
      const letter = letterTo(mailbox)
      yield* destination.append(letter)
      const { locator } = yield* onlyMessageIn(destination, mailbox)
      const told = yield* again(subject, (other) => describeOne(other, mailbox, locator))
      assert.deepStrictEqual(told.messageId, letter.messageId)
    })
  ),
  law(
    "describe leaves out a message that is gone",
    (subject) =>
      Effect.gen(function* () {
        const destination = yield* Destination
        const mailbox = yield* freshMailbox(destination, "gone describe")
        yield* destination.append(letterTo(mailbox))
        yield* destination.append(letterTo(mailbox))
        const [first, second] = yield* locatorsOf(destination, mailbox)
        yield* given(subject, "expunge")({ mailbox, locator: first! })
        const left = yield* destination.describe(mailbox, [first!, second!])
        assert.deepStrictEqual(
          left.map(({ locator }) => locator),
          [second!]
        )
      }),
    "expunge"
  ),
  law(
    "fetch of a message that is gone is MessageRejected(gone)",
    (subject) =>
      Effect.gen(function* () {
        const destination = yield* Destination
        const mailbox = yield* freshMailbox(destination, "gone fetch")
        yield* destination.append(letterTo(mailbox))
        const [locator] = yield* locatorsOf(destination, mailbox)
        yield* given(subject, "expunge")({ mailbox, locator: locator! })
        const reason = yield* reasonOf(destination.fetch(mailbox, locator!))
        assert.deepInclude(reason, { _tag: "MessageRejected", why: "gone" })
      }),
    "expunge"
  )
]
