import { assert, describe, it } from "@effect/vitest"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { DateTime, Effect, Option } from "effect"

import { connected } from "../support/connected.ts"
import { journaled, kindsOf } from "../support/journaled.ts"
import { filesOf, mailWithFiles } from "../support/mailWithFiles.ts"
import { filesAt, keyOf, onlyMessage, stateOf } from "../support/onlyMessage.ts"

const drafts = ["Drafts"] as const

const both = (id = "Message-ID: <draft@a.example>\r\n", more = "") =>
  Buffer.from(
    `From: you@example.com\r\nTo: bob@b.example\r\nSubject: not done\r\n${id}${more}Date: Sun, 31 Mar 2019 03:29:00 +0200\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nin text\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>in HTML</p>\r\n--b--\r\n`
  )

const draft = (server: RehearsalGraph, bytes: Uint8Array = both(), more = {}) =>
  journaled(server, drafts, bytes, { flags: new Set(["\\Draft", "\\Seen"]), ...more })

describe("a draft", () => {
  it.live("comes in its own MIME, is a draft, and is shown with the day it came, as is told", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const sent = draft(server, both(), {
        flags: new Set(["\\Draft", "\\Flagged"]),
        keywords: new Set(["Work"])
      })
      const { internalDate, locator } = yield* destination.append(sent.request)
      const message = onlyMessage(server)
      assert.deepInclude(message, {
        by: "mime",
        isDraft: true,
        isRead: false,
        folderPath: "Drafts",
        internetMessageId: "<draft@a.example>"
      })
      assert.deepStrictEqual([...message.categories], ["Work"])
      assert.strictEqual(message.parts.flag["flagStatus"], "flagged")
      assert.strictEqual(keyOf(message), sent.request.migrationKey)
      assert.deepStrictEqual(Option.map(locator, String), Option.some(message.immutableId))
      assert.closeTo(DateTime.toEpochMillis(internalDate ?? DateTime.makeUnsafe(0)), message.received, 1000)
      assert.deepStrictEqual(kindsOf(sent), ["draft-date"], "neither of its bodies is lost")
      const [told] = yield* destination.describe(drafts, Option.toArray(locator))
      assert.sameMembers([...(told?.flags ?? [])], ["\\Draft", "\\Flagged"])
    })
  )

  it.live("with bare line feeds comes with the line ends that Graph wants", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      for (const ends of ["\n", "\r"]) {
        const bytes = Buffer.from(both().toString().replaceAll("\r\n", ends))
        yield* destination.append(draft(server, bytes).request)
        const { by, parts, subject } = server.account.messages.at(-1) ?? onlyMessage(server)
        assert.deepStrictEqual([by, subject], ["mime", "not done"])
        assert.include(parts.body.content, "in HTML")
      }
    })
  )

  const faults = ["commitThenDrop", "dropBeforeCommit", "commitThenFail"] as const

  it.live.each(
    ["messages.create", "messages.update"].flatMap((call) => faults.map((fault) => ({ call, fault })))
  )("whose answer is lost is there once, and marked: $call, $fault", ({ call, fault }) =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const other = server.account.deposit("drafts", {
        internetMessageId: "<draft@a.example>",
        subject: "mine",
        isDraft: true
      })
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["Archive"], mailWithFiles([])).request)
      const sent = draft(server)
      const where = (seen: { readonly call: string | undefined }) => seen.call === call
      if (fault === "commitThenFail") server.commitThenFail(504, 1, where)
      else server[fault](1, where)
      const reason = yield* reasonOf(destination.append(sent.request))
      assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
      assert.lengthOf(sent.tickets, 1)
      const next = yield* connected(server)
      const { locator } = yield* next.append(sent.request)
      const there = server.account.messages.filter(({ folderPath }) => folderPath === "Drafts")
      assert.deepStrictEqual(
        there.map((message) => [message.subject, keyOf(message)]),
        [
          ["mine", undefined],
          ["not done", sent.request.migrationKey]
        ]
      )
      assert.strictEqual(other.version, 1, "nobody touched the one that was there")
      assert.deepStrictEqual(Option.map(locator, String), Option.some(there[1]?.immutableId ?? ""))
      const recalled = yield* next.recall(sent.tickets[0] ?? "")
      assert.deepStrictEqual(
        Option.flatMap(recalled, (receipt) => receipt.locator),
        locator
      )
      yield* next.discard(sent.tickets[0] ?? "")
      assert.lengthOf(server.account.messages, 3)
    })
  )

  it.live("is not taken for another with its Message-ID that was stored and not marked yet", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const [one, other] = ["1==", "2=="].map((id) =>
        draft(server, Buffer.concat([Buffer.from(`X-Pm-Internal-Id: ${id}\r\n`), both()]))
      )
      assert.isDefined(one)
      assert.isDefined(other)
      const failing = (sent: typeof one, call: string) =>
        Effect.suspend(() => {
          server.serverError(503, 1, (seen) => seen.call === call)
          return reasonOf(destination.append(sent.request))
        })
      // Of the one nothing is there; of the other all but its mark.
      yield* destination.append(journaled(server, ["Archive"], mailWithFiles([])).request)
      yield* failing(one, "messages.create")
      yield* failing(other, "messages.update")
      yield* destination.discard(one.tickets[0] ?? "")
      yield* destination.append(one.request)
      yield* destination.append(other.request)
      assert.deepStrictEqual(
        server.account.messages.slice(1).map((message) => [message.parts.headers[0]?.value, keyOf(message)]),
        [
          ["2==", other.request.migrationKey],
          ["1==", one.request.migrationKey]
        ]
      )
    })
  )

  it.live("that was stored and never marked is removed when its message will not come again", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      server.account.deposit("drafts", { internetMessageId: "<draft@a.example>", subject: "mine" })
      const destination = yield* connected(server)
      const sent = draft(server)
      server.serverError(503, 1, ({ call }) => call === "messages.update")
      yield* reasonOf(destination.append(sent.request))
      assert.lengthOf(server.account.messages, 2)
      yield* destination.discard(sent.tickets[0] ?? "")
      assert.strictEqual(onlyMessage(server).subject, "mine")
    })
  )

  it.live("that is too large for its MIME, or that Graph cannot read, comes as JSON, a draft as well", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const sizes = [2_500_000]
      const longLine = both(undefined, `X-Long: ${"x".repeat(2000)}\r\n`)
      for (const bytes of [mailWithFiles(sizes), longLine]) {
        const sent = draft(server, bytes)
        yield* destination.append(sent.request)
        const message = server.account.messages.at(-1) ?? onlyMessage(server)
        assert.deepInclude(message, { by: "json", isDraft: true, folderPath: "Drafts" })
        assert.notInclude(kindsOf(sent), "draft-date", "JSON takes a date")
        if (bytes !== longLine) {
          assert.deepStrictEqual([filesAt(message), stateOf(message)], [filesOf(sizes), "done"])
        }
      }
      assert.lengthOf(server.account.messages, 2)
    })
  )

  it.live("with a file as large as MIME may be comes so, to the octet, and none vanishes as 200 did", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      server.mimeVanishes()
      const destination = yield* connected(server)
      for (const size of [1_200_000, 1_300_000]) {
        yield* destination.append(draft(server, mailWithFiles([size])).request)
        const message = server.account.messages.at(-1) ?? onlyMessage(server)
        assert.deepStrictEqual(filesAt(message), filesOf([size]))
      }
      assert.deepStrictEqual(
        server.account.messages.map(({ by }) => by),
        ["mime", "json"]
      )
    })
  )

  it.live("without a Message-ID comes as JSON, since nothing else could find it again", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const sent = draft(server, both(""))
      yield* destination.append(sent.request)
      assert.deepInclude(onlyMessage(server), { by: "json", isDraft: true })
      assert.strictEqual(keyOf(onlyMessage(server)), sent.request.migrationKey)
    })
  )

  it.live("is one wherever it lies, and what lies in Drafts is one", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append({ ...draft(server).request, mailbox: ["Archive"] })
      yield* destination.append({ ...draft(server).request, flags: new Set(["\\Seen"]) })
      assert.deepStrictEqual(
        server.account.messages.map(({ folderPath, isDraft }) => [folderPath, isDraft]),
        [
          ["Archive", true],
          ["Drafts", true]
        ]
      )
    })
  )

  it.live("is not taken for one that its owner moves into the folder, nor is that one removed", () =>
    Effect.gen(function* () {
      for (const then of ["append", "discard"] as const) {
        const server = yield* graphScoped()
        const destination = yield* connected(server)
        yield* destination.append(journaled(server, ["Archive"], mailWithFiles([10])).request)
        const bytes = mailWithFiles([10])
        const sent = journaled(server, ["Drafts"], bytes, { flags: new Set(["\\Draft"]) })
        const internetMessageId = Option.getOrThrow(sent.request.messageId)
        const mine = server.account.deposit("Work", { internetMessageId, subject: "mine", isDraft: true })
        server.dropBeforeCommit(1, ({ call }) => call === "messages.create")
        yield* reasonOf(destination.append(sent.request))
        server.account.move(mine, server.account.folder("drafts") ?? server.account.root)
        if (then === "discard") yield* destination.discard(sent.tickets[0] ?? "")
        else yield* destination.append(sent.request)
        assert.isTrue(server.account.messages.includes(mine), then)
        assert.isUndefined(keyOf(mine), then)
        assert.lengthOf(server.account.messages, then === "discard" ? 2 : 3)
      }
    })
  )

  it.live("is one also where Exchange's answer does not say so", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["Archive"], mailWithFiles([10])).request)
      server.onRequest(({ call }, phase) => {
        const id = server.account.messages.at(-1)?.immutableId
        return phase === "committed" && call === "messages.create"
          ? { status: 201, body: JSON.stringify({ id }), headers: { "content-type": "application/json" } }
          : undefined
      })
      const { request } = journaled(server, ["INBOX"], mailWithFiles([10]), { flags: new Set(["\\Draft"]) })
      yield* destination.append(request)
      assert.deepInclude(server.account.messages[1], { isDraft: true, folderPath: "Inbox" })
    })
  )
})
