import { assert, describe, it } from "@effect/vitest"
import { Throttled } from "@mailferry/core/MailError.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Duration, Effect, Option } from "effect"

import { connected } from "../support/connected.ts"
import { journaled } from "../support/journaled.ts"
import { filesOf, mailWithFiles } from "../support/mailWithFiles.ts"
import { filesAt, onlyMessage, stateOf } from "../support/onlyMessage.ts"

const sizes = [2_000_000, 30, 40]
const large = [30, 3_300_000]

/** A mailbox that the probe has found good, with one message in Archive. */
const probed = Effect.fnUntraced(function* (options?: Parameters<typeof graphScoped>[0]) {
  const server = yield* graphScoped(options)
  const destination = yield* connected(server)
  yield* destination.append(journaled(server, ["Archive"], mailWithFiles([])).request)
  return { destination, server }
})

describe("a message that is refused half-way", () => {
  const calls = [
    { call: "messages.create", files: sizes },
    { call: "attachments.create", files: sizes },
    { call: "attachments.createUploadSession", files: large },
    { call: "attachments.putPart", files: large },
    { call: "messages.update", files: sizes }
  ]

  it.live.each(calls)(
    "by the pace of $call waits as long as Exchange says, and is finished then",
    ({ call, files }) =>
      Effect.gen(function* () {
        const { destination, server } = yield* probed()
        const { request } = journaled(server, ["INBOX"], mailWithFiles(files))
        server.throttle("IncomingBytes", 400, 1, (seen) => seen.call === call)
        const reason = yield* reasonOf(destination.append(request))
        assert.instanceOf(reason, Throttled)
        assert.deepInclude(reason, { _tag: "Throttled", over: "rate" })
        assert.strictEqual(Duration.toSeconds(reason.retryAfter ?? Duration.zero), 400)
        yield* destination.append(request)
        const [, message] = server.account.messages
        assert.isDefined(message)
        assert.deepStrictEqual(filesAt(message), filesOf(files))
        assert.strictEqual(stateOf(message), "done")
        assert.lengthOf(server.account.messages, 2)
      })
  )

  it.live("by the pace while it asks how far a session has come, goes on there and does not begin anew", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* probed()
      const { request } = journaled(server, ["INBOX"], mailWithFiles(large))
      server.commitThenDrop(1, ({ call }) => call === "attachments.putPart")
      yield* reasonOf(destination.append(request))
      let isFirst = true
      server.onRequest(({ call }, phase) => {
        if (call !== "attachments.uploadStatus" || phase !== "arrived" || !isFirst) return undefined
        isFirst = false
        return { status: 429, body: "", headers: { "retry-after": "7" } }
      })
      assert.deepInclude(yield* reasonOf(destination.append(request)), { _tag: "Throttled" })
      yield* destination.append(request)
      const parts = server.requests.filter(({ call }) => call === "attachments.putPart")
      assert.lengthOf(parts, 2)
      assert.deepStrictEqual(filesAt(server.account.messages[1] ?? onlyMessage(server)), filesOf(large))
    })
  )

  it.live.each([409, 412] as const)("by somebody who changed it meanwhile is finished: %s", (status) =>
    Effect.gen(function* () {
      const { destination, server } = yield* probed()
      for (const [call, files] of [
        ["attachments.create", sizes],
        ["attachments.putPart", large],
        ["messages.update", sizes]
      ] as const) {
        const { request } = journaled(server, ["INBOX"], mailWithFiles(files))
        server.conflict(1, (seen) => seen.call === call, status)
        const reason = yield* reasonOf(destination.append(request))
        assert.deepInclude(reason, { _tag: "Transient", applied: "no", atMost: 4 }, call)
        yield* destination.append(request)
        const message = server.account.messages.at(-1) ?? onlyMessage(server)
        assert.deepStrictEqual([filesAt(message), stateOf(message)], [filesOf(files), "done"], call)
      }
      assert.lengthOf(server.account.messages, 4)
    })
  )

  it.live("by the end of an upload session gets another, once it was seen what is there", () =>
    Effect.gen(function* () {
      for (const sameProcess of [true, false]) {
        const { destination, server } = yield* probed()
        const { request } = journaled(server, ["INBOX"], mailWithFiles(large))
        let parts = 0
        server.uploadSessionExpires(1, ({ call }) => call === "attachments.putPart" && ++parts === 2)
        const reason = yield* reasonOf(destination.append(request))
        assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
        assert.notMatch(reason.detail, /authtoken|gv1\.0/u)
        const next = sameProcess ? destination : yield* connected(server)
        yield* next.append(request)
        const [, message] = server.account.messages
        assert.isDefined(message)
        assert.deepStrictEqual([filesAt(message), stateOf(message)], [filesOf(large), "done"])
      }
    })
  )

  it.live("by nobody, but told too early that all of it is there, is sent to its end", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* probed()
      const { request } = journaled(server, ["INBOX"], mailWithFiles(large))
      let parts = 0
      server.onRequest(({ call }, phase) =>
        call === "attachments.putPart" && phase === "committed" && ++parts === 1
          ? { status: 201, body: "" }
          : undefined
      )
      yield* destination.append(request)
      assert.deepStrictEqual(filesAt(server.account.messages[1] ?? onlyMessage(server)), filesOf(large))
    })
  )

  it.live("by its size at the last part is refused, and what is there of it can be removed", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* probed({ messageSizeLimit: 3_000_000 })
      const { request, tickets } = journaled(server, ["INBOX"], mailWithFiles(large))
      const reason = yield* reasonOf(destination.append(request))
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "too-large" })
      assert.include(reason.advice, "Set-Mailbox")
      assert.strictEqual(stateOf(server.account.messages[1] ?? onlyMessage(server)), "partial")
      assert.isTrue(Option.isNone(yield* destination.recall(tickets[0] ?? "")))
      yield* destination.discard(tickets[0] ?? "")
      assert.strictEqual(onlyMessage(server).folderPath, "Archive")
      yield* destination.discard(tickets[0] ?? "")
    })
  )

  it.live("by a full mailbox or folder says so, at every step", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* probed()
      const append = (files: ReadonlyArray<number>) =>
        reasonOf(destination.append(journaled(server, ["INBOX"], mailWithFiles(files)).request))
      server.mailboxFull()
      assert.deepInclude(yield* append([]), { _tag: "QuotaExceeded" })
      server.mailboxFull(false)
      let created = false
      server.onRequest(({ call }, phase) => {
        if (call === "messages.create" && phase === "committed") created = true
        if (created) server.mailboxFull()
        return undefined
      })
      assert.deepInclude(yield* append(sizes), { _tag: "QuotaExceeded" })
      server.behave()
      server.folderFull("inbox")
      const full = yield* append([])
      assert.deepInclude(full, { _tag: "MailboxRejected", why: "permission" })
      assert.include(full.detail, "full")
    })
  )
})

describe("what an append has left", () => {
  it.live("is recalled when it is whole, with the day it is shown with, and as nothing before", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* probed()
      const { request, tickets } = journaled(server, ["INBOX"], mailWithFiles(sizes))
      server.dropBeforeCommit(1, ({ call }) => call === "attachments.create")
      yield* reasonOf(destination.append(request))
      const recall = destination.recall(tickets[0] ?? "")
      assert.isTrue(Option.isNone(yield* recall))
      const { locator } = yield* destination.append(request)
      assert.deepStrictEqual(yield* recall, Option.some({ locator, internalDate: request.internalDate }))
    })
  )

  it.live("is not removed once it is whole, nor is anybody else's mail with that Message-ID", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* probed()
      const { request, tickets } = journaled(server, ["INBOX"], mailWithFiles(sizes))
      server.account.deposit("inbox", {
        internetMessageId: Option.getOrThrow(request.messageId)
      })
      yield* destination.append(request)
      yield* destination.discard(tickets[0] ?? "")
      assert.lengthOf(server.account.messages, 3)
      for (const text of ["", "{}", "not JSON", '{"folder":"gone","key":"k","route":"json"}']) {
        assert.isTrue(Option.isNone(yield* destination.recall(text)))
        yield* destination.discard(text)
      }
      assert.lengthOf(server.account.messages, 3)
    })
  )

  it.live("is made anew when its owner has removed it half-way", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* probed()
      const { request } = journaled(server, ["INBOX"], mailWithFiles(sizes))
      server.dropBeforeCommit(1, ({ call }) => call === "attachments.create")
      yield* reasonOf(destination.append(request))
      const [, part] = server.account.messages
      if (part !== undefined) server.account.remove(part)
      yield* destination.append(request)
      const [, message] = server.account.messages
      assert.isDefined(message)
      assert.deepStrictEqual([filesAt(message), stateOf(message)], [filesOf(sizes), "done"])
    })
  )

  it.live("holds no address of an upload session, no token and nothing of the mail", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* probed()
      const { request, tickets } = journaled(server, ["INBOX"], mailWithFiles(large))
      yield* destination.append(request)
      assert.lengthOf(tickets, 1)
      assert.notMatch(tickets[0] ?? "", /http|authtoken|with files|a\.example|b\.example/u)
      assert.notInclude(tickets[0] ?? "", server.token)
    })
  )
})
