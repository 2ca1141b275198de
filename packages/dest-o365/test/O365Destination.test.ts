import { assert, describe, it } from "@effect/vitest"
import { Cursor } from "@mailferry/core/MailboxReader.ts"
import type { Identity, SystemFlag } from "@mailferry/core/Message.ts"
import { migrationKeyOf } from "@mailferry/core/MigrationKey.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { someDate } from "@mailferry/testkit/destination/Subject.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { DateTime, Effect, Option } from "effect"

import { connected } from "./support/connected.ts"
import { journaled } from "./support/journaled.ts"
import { mailWithFiles } from "./support/mailWithFiles.ts"
import { keyOf, onlyMessage, stateOf } from "./support/onlyMessage.ts"

const received = [
  "Received: from mx.a.example by mx.b.example; Sun, 31 Mar 2019 01:30:00 +0000",
  "X-Pm-Internal-Id: abc==",
  "From: Ann <ann@a.example>",
  "Sender: Office <office@a.example>",
  "Reply-To: answers@a.example",
  "To: Bob <bob@b.example>, eve@b.example",
  "Cc: carl@c.example",
  "Bcc: dora@d.example",
  "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
  "Message-ID: <reply@a.example>",
  "In-Reply-To: <first@b.example>",
  "References: <root@b.example> <first@b.example>",
  "Importance: high",
  "Date: Sun, 31 Mar 2019 03:29:00 +0200"
]

const letter = (lines: ReadonlyArray<string> = received, body = "Hello.") =>
  Buffer.from([...lines, "", body, ""].join("\r\n"))

const identity = (more: Partial<Identity>): Identity => ({
  stableId: Option.none(),
  messageId: Option.none(),
  internalDate: someDate,
  size: 1,
  ...more
})

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

describe("what is done with a message that is there", () => {
  it.live("a copy of a self-sent message lies in Sent, and keeps its day and its key", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const { request } = journaled(server, ["INBOX"], letter(), { flags: new Set(["\\Flagged"]) })
      const { locator } = yield* destination.append(request)
      const stored = { mailbox: request.mailbox, locator: Option.getOrThrow(locator) }
      const copied = yield* destination.copy(stored, ["Sent Items"])
      assert.deepStrictEqual(
        server.account.messages.map((message) => [
          message.folderPath,
          message.isDraft,
          message.isRead,
          message.received,
          keyOf(message)
        ]),
        ["Inbox", "Sent Items"].map((path) => [
          path,
          false,
          false,
          Date.parse("2019-03-31T01:30:00Z"),
          request.migrationKey
        ])
      )
      const [there] = yield* destination.find(
        ["Sent Items"],
        identity({ migrationKey: request.migrationKey })
      )
      assert.deepStrictEqual(Option.fromUndefinedOr(there?.locator), copied.locator)
    })
  )

  it.live("marks are added, and the categories that its owner gave it stay", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const { request } = journaled(server, ["INBOX"], letter(), {
        flags: new Set(),
        keywords: new Set(["Work"])
      })
      const { locator } = yield* destination.append(request)
      const message = onlyMessage(server)
      message.change({ categories: ["Work", "Mine"] })
      const stored = { mailbox: request.mailbox, locator: Option.getOrThrow(locator) }
      const marks = {
        flags: new Set(["\\Seen", "\\Flagged", "\\Answered"] as const),
        keywords: new Set(["work", "Late"])
      }
      yield* destination.addFlags(stored, marks)
      assert.deepStrictEqual([...message.categories], ["Work", "Mine", "Late"])
      assert.isTrue(message.isRead)
      assert.strictEqual(message.parts.flag["flagStatus"], "flagged")
      assert.strictEqual(message.properties.get("Integer 0x1081"), "102")
      assert.isDefined(server.account.categories.all.find(({ displayName }) => displayName === "Late"))
      yield* destination.addFlags(stored, marks)
      assert.deepStrictEqual([...message.categories], ["Work", "Mine", "Late"])
    })
  )

  it.live("a mark that is added takes none away: what was forwarded stays so when it is answered", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const { request } = journaled(server, ["INBOX"], letter(), { keywords: new Set(["$Forwarded"]) })
      const { locator } = yield* destination.append(request)
      const stored = { mailbox: request.mailbox, locator: Option.getOrThrow(locator) }
      yield* destination.addFlags(stored, { flags: new Set(["\\Answered"]), keywords: new Set() })
      const [told] = yield* destination.describe(["INBOX"], [stored.locator])
      assert.sameMembers([...(told?.flags ?? [])], ["\\Seen", "\\Answered"])
      assert.sameMembers([...(told?.keywords ?? [])], ["$Forwarded"])
    })
  )
})

describe("the place of a message", () => {
  it.live("is told by an id that stays its own when its owner moves it", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const { locator } = yield* destination.append(journaled(server, ["INBOX"], letter()).request)
      const archive = server.account.folder("archive")
      if (archive !== undefined) server.account.move(onlyMessage(server), archive)
      const seenIn = (path: string) =>
        Effect.map(destination.describe([path], Option.toArray(locator)), (found) => found.length)
      assert.deepStrictEqual([yield* seenIn("INBOX"), yield* seenIn("Archive")], [0, 1])
    })
  )

  it.live("that somebody deletes meanwhile is missing, and made again when asked for", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.ensureMailbox(["Work"], Option.none())
      yield* destination.append(journaled(server, ["Work"], letter()).request)
      const remove = () => {
        const folder = server.account.folderAt("Work")
        if (folder !== undefined) server.account.removeFolder(folder)
      }
      for (const bytes of [letter(), mailWithFiles([2_000_000, 10])]) {
        remove()
        const { request } = journaled(server, ["Work"], bytes)
        const reason = yield* reasonOf(destination.append(request))
        assert.deepInclude(reason, { _tag: "MailboxRejected", why: "missing" })
        yield* destination.ensureMailbox(["Work"], Option.none())
        yield* destination.append(request)
        assert.strictEqual(onlyMessage(server).folderPath, "Work")
      }
    })
  )
})

describe("what is looked for", () => {
  it.live("is found by its key in its folder, and nobody else's is", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const ours = journaled(server, ["INBOX"], letter()).request
      yield* destination.append(journaled(server, ["INBOX"], letter()).request)
      yield* destination.append(ours)
      server.account.deposit("inbox", { internetMessageId: "<reply@a.example>" })
      const find = (path: readonly [string], migrationKey: string) =>
        Effect.map(destination.find(path, identity({ migrationKey })), (found) =>
          found.map(({ locator }) => String(locator))
        )
      assert.deepStrictEqual(yield* find(["INBOX"], ours.migrationKey), [
        server.account.messages[1]?.immutableId
      ])
      assert.deepStrictEqual(yield* find(["Archive"], ours.migrationKey), [])
      assert.deepStrictEqual(yield* find(["INBOX"], migrationKeyOf("the tests", "another")), [])
    })
  )

  it.live("is found by its Message-ID, whatever that is made of, and by no other", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const ids = [
        "<plain@a.example>",
        "<o'brien@a.example>",
        "<a''b'@a.example>",
        "<100%25+1&b=c#d?e/f\\g@a.example>",
        "<$filter=id,eq;'x'@a.example>",
        "<größe@ä.example>",
        "<=?utf-8?q?x?=@a.example>"
      ]
      for (const internetMessageId of ids) server.account.deposit("inbox", { internetMessageId })
      for (const [n, id] of ids.entries()) {
        const found = yield* destination.find(["INBOX"], identity({ messageId: Option.some(id) }))
        assert.deepStrictEqual(
          found.map(({ locator }) => String(locator)),
          [server.account.messages[n]?.immutableId],
          id
        )
      }
      const none = yield* destination.find(
        ["INBOX"],
        identity({ messageId: Option.some("<none@a.example>") })
      )
      assert.deepStrictEqual(none, [])
    })
  )

  it.live("is listed from the start where a ledger holds a cursor of IMAP's", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const reason = yield* reasonOf(destination.list(["INBOX"], Option.some(Cursor("1:5"))))
      assert.deepInclude(reason, { _tag: "MailboxRejected", why: "uidvalidity-changed" })
    })
  )
})
