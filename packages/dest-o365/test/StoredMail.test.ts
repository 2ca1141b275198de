import { assert, describe, it } from "@effect/vitest"
import { Cursor } from "@mailferry/core/MailboxReader.ts"
import type { Identity } from "@mailferry/core/Message.ts"
import { migrationKeyOf } from "@mailferry/core/MigrationKey.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { someDate } from "@mailferry/testkit/destination/Subject.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Effect, Option } from "effect"

import { connected } from "./support/connected.ts"
import { journaled } from "./support/journaled.ts"
import { mailWithFiles } from "./support/mailWithFiles.ts"
import { keyOf, onlyMessage } from "./support/onlyMessage.ts"
import { letter } from "./support/receivedLetter.ts"

const identity = (more: Partial<Identity>): Identity => ({
  stableId: Option.none(),
  messageId: Option.none(),
  internalDate: someDate,
  size: 1,
  ...more
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
