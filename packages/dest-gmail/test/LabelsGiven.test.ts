import { assert, describe, it } from "@effect/vitest"
import { MailError, Transient } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import { letterTo } from "@mailferry/testkit/destination/Subject.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Effect, Option, Schema } from "effect"

import type { GmailApi } from "../src/GmailApi.ts"
import { GmailConfig } from "../src/GmailConfig.ts"
import { makeGmailDestination } from "../src/GmailDestination.ts"
import { makeLabelBook } from "../src/labels/LabelBook.ts"
import { connected } from "./support/connected.ts"

const unhurried = { quotaPerMinute: Infinity, indexDelayMillis: 0 } as const

describe("a message that Gmail joins with one that was there", () => {
  for (const place of ["TRASH", "SPAM"]) {
    it.live(`leaves ${place}, where it would be deleted after 30 days`, () =>
      Effect.gen(function* () {
        const server = yield* gmailScoped(unhurried)
        const destination = yield* connected(server)
        const letter = letterTo(["INBOX"])
        server.account.deposit(letter.bytes, [place])
        yield* destination.append(letter)
        assert.strictEqual(server.account.messages.length, 1)
        const labels = server.account.messages[0]?.labels ?? []
        assert.include(labels, "INBOX")
        assert.notInclude(labels, place)
      })
    )
  }

  it.live("stays in Spam when it is spam at the source, too", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const letter = letterTo(["Spam"])
      server.account.deposit(letter.bytes, ["SPAM"])
      yield* destination.append(letter)
      assert.include(server.account.messages[0]?.labels ?? [], "SPAM")
    })
  )
})

describe("Sent, for a message that is there already", () => {
  it.live("is nothing to do where the message came with it", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const { locator } = yield* destination.append(letterTo(["INBOX"], { labels: [["Sent"]] }))
      const stored = { mailbox: ["INBOX"], locator: Option.getOrThrow(locator) } as const
      yield* destination.copy(stored, ["Sent"])
      assert.includeMembers([...(server.account.messages[0]?.labels ?? [])], ["INBOX", "SENT"])
    })
  )

  it.live("is refused for that message alone where it did not", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const { locator } = yield* destination.append(letterTo(["INBOX"]))
      const stored = { mailbox: ["INBOX"], locator: Option.getOrThrow(locator) } as const
      const reason = yield* reasonOf(destination.copy(stored, ["Sent"]))
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "policy" })
    })
  )

  it.live("is a question about a message that is gone, when it is", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const stored = { mailbox: ["INBOX"], locator: MessageLocator("00000000000000ff") } as const
      const reason = yield* reasonOf(destination.copy(stored, ["Sent"]))
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "gone" })
    })
  )
})

describe("a message that Gmail stored without a label that it was sent with", () => {
  const refusal = new MailError({
    adapter: "gmail",
    operation: "append",
    reason: new Transient({ detail: "Bad Request", applied: "no" })
  })
  const unasked = Effect.die("nobody asked for this")
  const api: GmailApi = {
    emailAddress: unasked,
    language: unasked,
    labels: { list: Effect.succeed([]), create: () => unasked },
    list: () => unasked,
    octets: () => unasked,
    facts: () => unasked,
    modify: () => Effect.fail(refusal),
    uploadAtOnce: () => Effect.succeed({ id: "1", labelIds: [] }),
    uploadInSession: () => unasked,
    askSession: () => unasked
  }

  for (const method of ["import", "insert"] as const) {
    it.effect(`is told as failed only where it can be sent again without harm: ${method}`, () =>
      Effect.gen(function* () {
        const job = yield* Effect.orDie(Schema.decodeEffect(GmailConfig)({ user: "you@gmail.com", method }))
        const destination = makeGmailDestination(api, makeLabelBook(api.labels), job)
        const result = yield* Effect.result(destination.append(letterTo(["Sent"])))
        assert.strictEqual(result._tag, method === "insert" ? "Success" : "Failure")
      })
    )
  }
})
