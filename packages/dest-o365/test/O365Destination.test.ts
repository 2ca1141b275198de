import { assert, describe, it } from "@effect/vitest"
import type { SystemFlag } from "@mailferry/core/Message.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { DateTime, Effect, Option } from "effect"

import { connected } from "./support/connected.ts"
import { journaled } from "./support/journaled.ts"
import { keyOf, onlyMessage, stateOf } from "./support/onlyMessage.ts"
import { letter, received } from "./support/receivedLetter.ts"

describe("a message, as Exchange has it", () => {
  it.live("was received: no draft, with both days, in one request", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const { losses, request, tickets } = journaled(server, ["INBOX"], letter(), {
        internalDate: DateTime.makeUnsafe("2019-03-31T01:30:00Z")
      })
      const { internalDate, locator } = yield* destination.append(request)
      const message = onlyMessage(server)
      assert.deepInclude(message, { isDraft: false, isRead: true, folderPath: "Inbox", subject: "Grüße" })
      assert.strictEqual(message.received, Date.parse("2019-03-31T01:30:00Z"))
      assert.strictEqual(message.sent, Date.parse("2019-03-31T01:29:00Z"))
      assert.strictEqual(keyOf(message), request.migrationKey)
      assert.deepStrictEqual(locator.pipe(Option.map(String)), Option.some(message.immutableId))
      assert.isUndefined(internalDate, "it is shown with the day it was given")
      assert.deepStrictEqual([losses.length, tickets.length], [0, 0])
      // Two of them are the probe's.
      const calls = server.requests.map(({ call }) => call)
      assert.lengthOf(
        calls.filter((call) => call === "messages.create"),
        3
      )
      assert.notInclude(calls, "messages.update")
    })
  )

  it.live("has its people, its Message-ID, its thread and its weight", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["INBOX"], letter()).request)
      const { internetMessageId, parts } = onlyMessage(server)
      const addresses = (all: typeof parts.toRecipients) =>
        all.map(({ emailAddress: { address, name } }) => `${name} <${address}>`)
      assert.deepStrictEqual(addresses([parts.from, parts.sender].filter((one) => one !== undefined)), [
        "Ann <ann@a.example>",
        "Office <office@a.example>"
      ])
      assert.deepStrictEqual(addresses(parts.replyTo), ["answers@a.example <answers@a.example>"])
      assert.deepStrictEqual(addresses(parts.toRecipients), [
        "Bob <bob@b.example>",
        "eve@b.example <eve@b.example>"
      ])
      assert.deepStrictEqual(addresses(parts.ccRecipients), ["carl@c.example <carl@c.example>"])
      assert.deepStrictEqual(addresses(parts.bccRecipients), ["dora@d.example <dora@d.example>"])
      assert.strictEqual(internetMessageId, "<reply@a.example>")
      assert.strictEqual(parts.inReplyTo, "<first@b.example>")
      assert.strictEqual(parts.references, "<root@b.example> <first@b.example>")
      assert.strictEqual(parts.importance, "high")
    })
  )

  it.live("keeps its whole header as text, and no property for each field that a mail thinks of", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const lines = ["X-Own-Idea: 1", ...received]
      yield* destination.append(journaled(server, ["INBOX"], letter(lines)).request)
      const { parts } = onlyMessage(server)
      assert.strictEqual(parts.transportHeaders, `${lines.join("\r\n")}\r\n`)
      assert.deepStrictEqual(parts.headers, [{ name: "x-pm-internal-id", value: "abc==" }])
    })
  )

  it.live("joins the thread of the mail that it answers", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const first = server.account.deposit("inbox", {
        subject: "Grüße",
        internetMessageId: "<first@b.example>"
      })
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["INBOX"], letter()).request)
      assert.strictEqual(server.account.messages[1]?.conversationId, first.conversationId)
    })
  )

  it.live("is read or unread, starred, answered and forwarded as it was", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const states: ReadonlyArray<readonly [ReadonlyArray<SystemFlag>, ReadonlyArray<string>]> = [
        [[], []],
        [["\\Seen", "\\Flagged"], []],
        [["\\Seen", "\\Answered"], []],
        [["\\Seen"], ["$Forwarded"]],
        [["\\Seen", "\\Answered"], ["$Forwarded"]]
      ]
      for (const [flags, keywords] of states) {
        const more = { flags: new Set(flags), keywords: new Set(keywords) }
        const { locator } = yield* destination.append(journaled(server, ["INBOX"], letter(), more).request)
        const [told] = yield* destination.describe(["INBOX"], Option.toArray(locator))
        assert.sameMembers([...(told?.flags ?? ["?"])], [...flags])
        assert.sameMembers([...(told?.keywords ?? ["?"])], [...keywords])
      }
      assert.deepStrictEqual(
        server.account.messages.map(({ isRead, parts: { flag }, properties }) => [
          isRead,
          flag["flagStatus"],
          properties.get("Integer 0x1081"),
          properties.get("Integer 0x1080")
        ]),
        [
          [false, "notFlagged", undefined, undefined],
          [true, "flagged", undefined, undefined],
          [true, "notFlagged", "102", "261"],
          [true, "notFlagged", "104", "262"],
          [true, "notFlagged", "102", "262"]
        ]
      )
      // By the creating requests alone: what a later one says of a message may be lost with it.
      assert.notInclude(
        server.requests.map(({ call }) => call),
        "messages.update"
      )
    })
  )

  it.live("has its labels as categories, which are in the master list in the nearest of 25 colours", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server, { colours: { work: "#c11a24" } })
      const keywords = new Set(["Work", "a, b"])
      yield* destination.append(journaled(server, ["INBOX"], letter(), { keywords }).request)
      yield* destination.append(journaled(server, ["INBOX"], letter(), { keywords }).request)
      assert.deepStrictEqual(
        server.account.messages.map(({ categories }) => [...categories]),
        [
          ["Work", "a_ b"],
          ["Work", "a_ b"]
        ]
      )
      assert.deepStrictEqual(
        server.account.categories.all
          .filter(({ displayName }) => /^(?:Work|a_ b|a, b)$/u.test(displayName))
          .map(({ color, displayName }) => `${displayName}: ${color}`),
        ["Work: preset15", "a_ b: none"]
      )
    })
  )

  it.live("is unread also where Exchange takes a 0 for read", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped({ ignoresUnread: true })
      const destination = yield* connected(server)
      for (const flags of [new Set<SystemFlag>(), new Set(["\\Seen" as const])]) {
        yield* destination.append(journaled(server, ["INBOX"], letter(), { flags }).request)
      }
      assert.deepStrictEqual(
        server.account.messages.map(({ isDraft, isRead }) => [isDraft, isRead]),
        [
          [false, false],
          [false, true]
        ]
      )
      assert.strictEqual(stateOf(server.account.messages[0] ?? onlyMessage(server)), "done")
    })
  )

  it.live("is unread there also when the word that it is gets lost", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped({ ignoresUnread: true })
      const destination = yield* connected(server)
      const { request, tickets } = journaled(server, ["INBOX"], letter(), { flags: new Set() })
      server.dropBeforeCommit(1, ({ call }) => call === "messages.update")
      assert.deepInclude(yield* reasonOf(destination.append(request)), { _tag: "Transient", applied: "no" })
      assert.lengthOf(tickets, 1)
      yield* destination.append(request)
      assert.deepInclude(onlyMessage(server), { isDraft: false, isRead: false })
    })
  )

  it.live("that comes out unread though it was read is put right, or told where that fails", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["INBOX"], letter()).request)
      server.onRequest(({ call }, phase) => {
        const message = server.account.messages.at(-1)
        if (call !== "messages.create" || phase !== "committed" || message === undefined) return undefined
        message.change({ isRead: false })
        const value = { id: message.immutableId, isDraft: false, isRead: false }
        return { status: 201, body: JSON.stringify(value), headers: { "content-type": "application/json" } }
      })
      yield* destination.append(journaled(server, ["INBOX"], letter()).request)
      assert.isTrue(server.account.messages[1]?.isRead)
      server.serverError(503, 1, ({ call }) => call === "messages.update")
      const sent = journaled(server, ["INBOX"], letter())
      yield* destination.append(sent.request)
      assert.include(
        sent.losses.map(({ kind }) => kind),
        "flag-not-kept"
      )
      assert.lengthOf(server.account.messages, 3, "it is there, and is not sent again for that")
    })
  )

  it.live("is shown with the first day that Exchange knows when it is older, and that is a loss", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const internalDate = DateTime.makeUnsafe("1500-01-01T00:00:00Z")
      const sent = journaled(server, ["INBOX"], letter(), { internalDate })
      yield* destination.append(sent.request)
      assert.deepStrictEqual(
        sent.losses.map(({ kind }) => kind),
        ["date-clamped"]
      )
      assert.strictEqual(onlyMessage(server).received, Date.parse("1601-01-02T00:00:00Z"))
    })
  )

  it.live("that comes out as something else than was asked for is a defect that is told", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["INBOX"], letter()).request)
      const sent = journaled(server, ["INBOX"], letter())
      server.onRequest(({ call }, phase) => {
        const message = server.account.messages[1]
        if (call !== "messages.create" || phase !== "committed" || message === undefined) return undefined
        const archive = server.account.folder("archive")
        const value = {
          id: message.immutableId,
          isDraft: false,
          isRead: true,
          receivedDateTime: "2026-11-21T10:00:00Z",
          sentDateTime: "2026-11-21T10:00:00Z",
          internetMessageId: "<another@x>",
          parentFolderId: archive?.id
        }
        return { status: 201, body: JSON.stringify(value), headers: { "content-type": "application/json" } }
      })
      const { internalDate } = yield* destination.append(sent.request)
      assert.deepStrictEqual(
        sent.losses.map(({ kind }) => kind),
        ["date-not-kept", "date-not-kept", "message-id", "place-not-kept"]
      )
      assert.deepStrictEqual(internalDate, DateTime.makeUnsafe("2026-11-21T10:00:00Z"))
    })
  )

  it.live("that comes out as a draft is removed for good and refused", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["INBOX"], letter()).request)
      server.onRequest(({ call }, phase) => {
        const message = server.account.messages[1]
        if (call !== "messages.create" || phase !== "committed" || message === undefined) return undefined
        const value = { id: message.immutableId, isDraft: true }
        return { status: 201, body: JSON.stringify(value), headers: { "content-type": "application/json" } }
      })
      const reason = yield* reasonOf(
        destination.append(journaled(server, ["INBOX"], letter(), { flags: new Set() }).request)
      )
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "policy" })
      assert.lengthOf(server.account.messages, 1)
    })
  )
})
