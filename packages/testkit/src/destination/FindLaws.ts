import { Destination } from "@mailferry/core/Destination.ts"
import type { Identity } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { type DestinationLaw, freshMailbox, law, type Letter, letterTo } from "./Subject.ts"

const byMessageId = (letter: Letter): Identity => ({
  stableId: Option.none(),
  messageId: letter.messageId,
  size: letter.bytes.length,
  internalDate: letter.internalDate
})

const byStableId = (letter: Letter): Identity => ({
  ...byMessageId(letter),
  stableId: Option.some(letter.stableId)
})

export const findLaws: ReadonlyArray<DestinationLaw> = [
  law("find sees an append as soon as it returned, and nothing else", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "find")
      const letter = letterTo(mailbox)
      yield* destination.append(letterTo(mailbox))
      assert.strictEqual((yield* destination.find(mailbox, byMessageId(letter))).length, 0)
      yield* destination.append(letter)
      const found = yield* destination.find(mailbox, byMessageId(letter))
      assert.deepStrictEqual(
        found.map(({ messageId }) => messageId),
        [letter.messageId]
      )
    })
  ),
  law("find finds every copy there is", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "find all")
      const letter = letterTo(mailbox)
      const twin = letterTo(mailbox, {}, { messageId: Option.getOrThrow(letter.messageId) })
      yield* destination.append(letter)
      yield* destination.append(twin)
      yield* destination.append(letterTo(mailbox))
      const copies = destination.capabilities.joinsByMessageId ? 1 : 2
      assert.strictEqual((yield* destination.find(mailbox, byMessageId(letter))).length, copies)
    })
  ),
  law("find goes by the stable id where there is one, to the letter", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "find stable")
      const messageId = `<${crypto.randomUUID()}@conformance.invalid>`
      const stableId = `aB${crypto.randomUUID()}`
      const letter = letterTo(mailbox, {}, { messageId, stableId })
      yield* destination.append(letter)
      // IMAP SEARCH knows neither letter case nor where a value ends.
      for (const alike of [`${stableId}9`, `0${stableId}`, `Ab${stableId.slice(2)}`]) {
        yield* destination.append(letterTo(mailbox, {}, { messageId, stableId: alike }))
      }
      const found = yield* destination.find(mailbox, byStableId(letter))
      assert.deepStrictEqual(
        found.map((summary) => summary.stableId),
        [Option.some(stableId)]
      )
    })
  ),
  law("find looks in the mailbox it is asked about, and there only", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "find here")
      const elsewhere = yield* freshMailbox(destination, "find there")
      const letter = letterTo(elsewhere)
      yield* destination.append(letter)
      yield* destination.append(letterTo(elsewhere))
      assert.strictEqual((yield* destination.find(mailbox, byStableId(letter))).length, 0)
      const found = yield* destination.find(elsewhere, byStableId(letter))
      assert.deepStrictEqual(
        found.map((summary) => summary.mailbox),
        [elsewhere]
      )
    })
  )
]
