import { assert, describe, it } from "@effect/vitest"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Effect, Option } from "effect"

import { connected } from "../support/connected.ts"
import { journaled } from "../support/journaled.ts"
import { filesOf, mailWithFiles } from "../support/mailWithFiles.ts"
import { filesAt, onlyMessage, stateOf } from "../support/onlyMessage.ts"

const sizes = [2_000_000, 30, 40]

type Server = Effect.Success<ReturnType<typeof graphScoped>>

/** The next attachment is lost, and with it the connection. */
const cutShort = (server: Server) => server.dropBeforeCommit(1, ({ call }) => call === "attachments.create")

const isWhole = (server: Server, folder: string, files = sizes) => {
  const message = onlyMessage(server)
  assert.deepStrictEqual([message.folderPath, stateOf(message)], [folder, "done"])
  assert.deepStrictEqual(filesAt(message), filesOf(files))
}

describe("part of a message that was left", () => {
  it.live("goes when its folder was renamed, and the message is made anew in the one of that name", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const first = yield* connected(server)
      yield* first.ensureMailbox(["Work"], Option.none())
      const { request } = journaled(server, ["Work"], mailWithFiles(sizes))
      cutShort(server)
      yield* reasonOf(first.append(request))
      const folder = server.account.folderAt("Work")
      if (folder !== undefined) folder.displayName = "Jobs"
      const second = yield* connected(server)
      yield* second.ensureMailbox(["Work"], Option.none())
      yield* second.append(request)
      isWhole(server, "Work")
    })
  )

  it.live("is of no account when its folder is gone", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const first = yield* connected(server)
      yield* first.ensureMailbox(["Work"], Option.none())
      const { request } = journaled(server, ["Work"], mailWithFiles(sizes))
      cutShort(server)
      yield* reasonOf(first.append(request))
      const folder = server.account.folderAt("Work")
      if (folder !== undefined) server.account.removeFolder(folder)
      const second = yield* connected(server)
      yield* second.ensureMailbox(["Work"], Option.none())
      yield* second.append(request)
      isWhole(server, "Work")
    })
  )

  it.live("goes when the ledger that knew of it is lost", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const { request } = journaled(server, ["INBOX"], mailWithFiles(sizes))
      cutShort(server)
      yield* reasonOf(destination.append(request))
      const { bytes, migrationKey } = request
      yield* destination.append(journaled(server, ["INBOX"], bytes, { migrationKey }).request)
      isWhole(server, "Inbox")
    })
  )

  it.live("goes when its draft was edited since: nothing is made of two versions", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const flags = new Set(["\\Draft" as const])
      const { request } = journaled(server, ["Drafts"], mailWithFiles(sizes, { body: "one" }), { flags })
      cutShort(server)
      yield* reasonOf(destination.append(request))
      const edited = [50, ...sizes, 60]
      yield* destination.append({ ...request, bytes: mailWithFiles(edited, { body: "two" }) })
      isWhole(server, "Drafts", edited)
      assert.include(onlyMessage(server).parts.body.content, "two")
    })
  )

  it.live("goes when there is another, since one was stored after it had been looked for", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const { request } = journaled(server, ["INBOX"], mailWithFiles(sizes))
      cutShort(server)
      yield* reasonOf(destination.append(request))
      let looks = 0
      server.onRequest(({ call }, phase) =>
        phase === "arrived" && call === "messages.list" && looks++ === 0
          ? { status: 200, body: '{"value":[]}', headers: { "content-type": "application/json" } }
          : undefined
      )
      cutShort(server)
      yield* reasonOf(destination.append(request))
      assert.lengthOf(server.account.messages, 2)
      yield* destination.append(request)
      isWhole(server, "Inbox")
    })
  )

  it.live("is finished with the marks that the message has by now, and a whole one gets them as well", () =>
    Effect.gen(function* () {
      for (const call of ["attachments.create", "messages.update"]) {
        const server = yield* graphScoped()
        const destination = yield* connected(server)
        const { request } = journaled(server, ["INBOX"], mailWithFiles(sizes), {
          flags: new Set(),
          keywords: new Set(["Old"])
        })
        server.commitThenDrop(1, (seen) => seen.call === call)
        yield* reasonOf(destination.append(request))
        yield* destination.append({
          ...request,
          flags: new Set(["\\Seen", "\\Flagged", "\\Answered"]),
          keywords: new Set(["New"])
        })
        isWhole(server, "Inbox")
        const message = onlyMessage(server)
        const { categories, flag } = message.parts
        assert.deepStrictEqual([message.isRead, flag["flagStatus"]], [true, "flagged"])
        assert.deepStrictEqual(categories, call === "messages.update" ? ["Old", "New"] : ["New"])
        const [told] = yield* destination.describe(["INBOX"], [MessageLocator(message.immutableId)])
        assert.isTrue(told?.flags.has("\\Answered"))
        assert.include(
          server.account.categories.all.map(({ displayName }) => displayName),
          "New"
        )
      }
    })
  )
})
