import { assert, describe, it } from "@effect/vitest"
import type { Offence } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Effect } from "effect"

import { connected } from "../support/connected.ts"
import { journaled, kindsOf } from "../support/journaled.ts"
import { sha256 } from "../support/mailWithFiles.ts"
import { filesAt, keyOf, onlyMessage, stateOf } from "../support/onlyMessage.ts"

const letter = (more: ReadonlyArray<string> = []) =>
  Buffer.from(
    [
      "X-Pm-Internal-Id: abc==",
      "From: Ann <ann@a.example>",
      "Sender: Office <office@a.example>",
      "Reply-To: answers@a.example",
      "To: bob@b.example",
      "Subject: refused",
      "Message-ID: <refused@a.example>",
      "Date: Sun, 31 Mar 2019 03:29:00 +0200",
      ...more,
      "",
      "Hello.",
      ""
    ].join("\r\n")
  )

const steps: ReadonlyArray<{ readonly offence: Offence; readonly losses: ReadonlyArray<string> }> = [
  { offence: "0x007D", losses: ["internet-headers"] },
  { offence: "xHeaders", losses: ["internet-headers", "x-headers"] },
  { offence: "replyTo", losses: ["internet-headers", "x-headers", "reply-to"] },
  { offence: "sender", losses: ["internet-headers", "x-headers", "reply-to"] }
]

const dates = { received: Date.parse("2019-03-31T01:30:00Z"), sent: Date.parse("2019-03-31T01:29:00Z") }

describe("a message that Exchange takes offence at", () => {
  it.live.each(steps)("at its $offence comes without, its kind and its days kept", ({ losses, offence }) =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      // The probe has a header block as well, and is not what this is about.
      yield* destination.append(journaled(server, ["Archive"], letter()).request)
      server.refuse(offence)
      const { stored } = server.stats
      const sent = journaled(server, ["INBOX"], letter(), { flags: new Set() })
      yield* destination.append(sent.request)
      const [, message] = server.account.messages
      assert.deepInclude(message, { ...dates, isDraft: false, isRead: false, folderPath: "Inbox" })
      assert.deepStrictEqual([...new Set(kindsOf(sent))], losses)
      assert.isTrue(
        sent.losses.every((loss) => loss.stored === stored),
        "each loss is told before what lacks it is stored"
      )
      assert.strictEqual(message?.parts.transportHeaders, undefined)
      assert.lengthOf(server.account.messages, 2)
    })
  )

  it.live("at its subject of more than 255 characters comes with fewer", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      server.refuse(({ subject }) => String(subject).length > 255)
      const subject = `Subject: ${"long ".repeat(100)}`
      const lines = letter().toString().replace("Subject: refused", subject)
      const sent = journaled(server, ["INBOX"], Buffer.from(lines))
      yield* destination.append(sent.request)
      assert.include(kindsOf(sent), "subject-cut")
      assert.isAtMost(onlyMessage(server).subject.length, 255)
    })
  )

  it.live("at anything in it comes as a file of a note, to the octet, with the marks and days it had", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["Archive"], letter()).request)
      server.refuse(({ body }) => (body as { readonly content: string }).content.includes("Hello."))
      const bytes = letter()
      const sent = journaled(server, ["INBOX"], bytes, {
        flags: new Set(["\\Flagged"]),
        keywords: new Set(["Work"])
      })
      yield* destination.append(sent.request)
      const [, message] = server.account.messages
      assert.isDefined(message)
      assert.deepInclude(message, { ...dates, isDraft: false, isRead: false, subject: "refused" })
      assert.deepStrictEqual([...message.categories], ["Work"])
      assert.deepStrictEqual(filesAt(message), [["original.eml", sha256(bytes)]])
      assert.strictEqual(keyOf(message), sent.request.migrationKey)
      assert.strictEqual(stateOf(message), "done")
      assert.include(kindsOf(sent), "stored-as-file")
      assert.include(message.parts.body.content, "original.eml")
      assert.lengthOf(server.account.messages, 2)
      assert.deepStrictEqual(
        destination.capabilities.contentMissing?.(
          yield* destination.fetch(["INBOX"], message.immutableId as never)
        )(bytes),
        []
      )
    })
  )

  it.live("in every form is refused, in Exchange's words and without its own", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["Archive"], letter()).request)
      server.refuse("everything", "ErrorInvalidProperty", "The property is invalid.")
      const reason = yield* reasonOf(destination.append(journaled(server, ["INBOX"], letter()).request))
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "malformed" })
      assert.include(reason.detail, "The property is invalid.")
      assert.notMatch(reason.detail, /refused@|bob@|Hello/u)
      assert.lengthOf(server.account.messages, 1)
    })
  )

  it.live("is not sent with less when the trouble is Exchange's own", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["Archive"], letter()).request)
      for (const [code, tag] of [
        ["ErrorServerBusy", "Transient"],
        ["ErrorQuotaExceeded", "QuotaExceeded"],
        ["ErrorMessageSizeExceeded", "MessageRejected"],
        ["ErrorFolderNotFound", "MailboxRejected"]
      ] as const) {
        server.refuse("everything", code)
        const sent = journaled(server, ["INBOX"], letter())
        const { length } = server.requests
        const reason = yield* reasonOf(destination.append(sent.request))
        assert.strictEqual(reason._tag, tag, code)
        assert.deepStrictEqual([kindsOf(sent), server.requests.length - length], [[], 1], code)
        server.behave()
      }
    })
  )

  it.live("is refused for none of its own dates", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      for (const date of [
        "",
        "Thu, 1 Jan 0001 00:00:00 +0000",
        "Fri, 31 Dec 9999 23:59:59 +0000",
        "tomorrow"
      ]) {
        const text = letter()
          .toString()
          .replace(/^Date: .*$/mu, `Date: ${date}`)
        yield* destination.append(journaled(server, ["INBOX"], Buffer.from(text)).request)
        const { received, sent } = server.account.messages.at(-1) ?? onlyMessage(server)
        assert.strictEqual(received, dates.received)
        assert.isTrue(Number.isFinite(sent), date)
      }
    })
  )
})
