import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import { letterTo } from "@mailferry/testkit/destination/Subject.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Effect, Option } from "effect"

import { connected } from "./support/connected.ts"

const inbox: MailboxPath = ["INBOX"]
const unhurried = { quotaPerMinute: Infinity, indexDelayMillis: 0 } as const

describe("what is refused", () => {
  it.live("a bare 400 may be a hiccup: the message goes once more, by a session of its own", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      server.badRequest()
      const letter = letterTo(inbox)
      const reason = yield* reasonOf(destination.append(letter))
      assert.deepInclude(reason, { _tag: "Transient", applied: "no", alone: true, atMost: 2 })
      yield* destination.append({ ...letter, alone: true })
      assert.strictEqual(server.requests.at(-1)?.method, "PUT")
    })
  )

  const from = "From: a@example.net\r\n"
  const rest = "Date: Sun, 31 Mar 2019 03:30:00 +0200\r\nMessage-ID: <refused@example.net>\r\n"
  const program =
    'Content-Type: application/x-msdownload; name="setup.exe"\r\nContent-Disposition: attachment; filename="setup.exe"\r\n'
  it.live.each([
    { name: "no sender", text: `${rest}\r\nx`, why: "malformed", says: "Expected a single 'From' header" },
    {
      name: "an empty sender",
      text: `From: \r\n${rest}\r\nx`,
      why: "malformed",
      says: "Invalid From header"
    },
    { name: "a program", text: `${from}${rest}${program}\r\nMZ`, why: "policy", says: "Invalid attachment" },
    { name: "no octets", text: "", why: "malformed", says: "the message is empty" }
  ] as const)("a message with $name, in Google's words", ({ says, text, why }) =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const messageId = Option.some("<refused@example.net>")
      for (const alone of [false, true]) {
        const letter = letterTo(inbox, { bytes: Buffer.from(text), messageId, alone })
        const reason = yield* reasonOf(destination.append(letter))
        assert.deepInclude(reason, { _tag: "MessageRejected", why })
        assert.include(reason.detail, says)
      }
    })
  )

  it.live("a message over 150 MiB is not even sent", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const before = server.requests.length
      const bytes = Buffer.alloc(157_286_401)
      const reason = yield* reasonOf(destination.append(letterTo(inbox, { bytes })))
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "too-large" })
      assert.strictEqual(server.requests.length, before)
    })
  )

  it.live("a full account, a closed one and a hurried one are told apart", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const told = Effect.suspend(() => reasonOf(destination.append(letterTo(inbox))))
      server.storageFull()
      assert.strictEqual((yield* told)._tag, "QuotaExceeded")
      server.behave()
      server.dailyLimit()
      assert.deepInclude(yield* told, { _tag: "Throttled", over: "day" })
      server.behave()
      server.tooManyConcurrent()
      assert.deepInclude(yield* told, { _tag: "Throttled", over: "concurrency" })
      server.userRateLimit()
      assert.deepInclude(yield* told, { _tag: "Throttled", over: "rate" })
      server.retryAfter(60_000)
      assert.property(yield* told, "retryAfter")
      server.behave()
      server.disabledApi()
      assert.strictEqual((yield* told)._tag, "Fatal")
      server.behave()
      server.failedPrecondition()
      assert.deepInclude(yield* told, { _tag: "Transient", atMost: 5 })
      yield* destination.append(letterTo(inbox))
    })
  )
})
