import { assert, describe, it } from "@effect/vitest"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Effect, Option } from "effect"

import { connected } from "../support/connected.ts"
import { journaled } from "../support/journaled.ts"
import { mailWithFiles } from "../support/mailWithFiles.ts"
import { onlyMessage } from "../support/onlyMessage.ts"

const letter = (server: RehearsalGraph) => journaled(server, ["INBOX"], mailWithFiles([])).request

const probes = ({ requests }: RehearsalGraph) =>
  requests.filter(({ call }) => call === "mailFolders.create").length

/** What a mailbox holds: its folders, and its categories. */
const stateOf = ({ account }: RehearsalGraph) => ({
  folders: account.folders.map(({ path }) => path).toSorted(),
  categories: account.categories.all.map(({ displayName }) => displayName).toSorted()
})

/** Answers the question for a probe's message with one that is changed. */
const answering = (server: RehearsalGraph, change: Readonly<Record<string, unknown>>) => {
  server.onRequest(({ call, path }, phase) => {
    const id = decodeURIComponent(path.split("/").at(-1) ?? "")
    const message = server.account.message(id)
    if (call !== "messages.get" || phase !== "arrived" || message === undefined) return undefined
    const { categories, internetMessageId, isDraft, isRead, properties } = message
    const singleValueExtendedProperties = [...properties].map(([name, value]) => ({ id: name, value }))
    const value = {
      id,
      receivedDateTime: new Date(message.received).toISOString(),
      sentDateTime: new Date(message.sent).toISOString(),
      categories,
      internetMessageId,
      isDraft,
      isRead,
      singleValueExtendedProperties,
      ...change
    }
    return { status: 200, body: JSON.stringify(value), headers: { "content-type": "application/json" } }
  })
}

describe("the probe", () => {
  it.live("makes a read and an unread message of 2010 in a hidden folder, and leaves nothing", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const before = stateOf(server)
      const seen: Array<readonly [boolean, boolean, boolean, string]> = []
      server.onRequest(({ call }, phase) => {
        if (call !== "messages.get" || phase !== "arrived") return undefined
        const { folder, isDraft, isRead, received } = server.account.messages.at(-1) ?? onlyMessage(server)
        seen.push([folder.isHidden, isDraft, isRead, new Date(received).toISOString()])
        return undefined
      })
      yield* destination.append(letter(server))
      const day = "2010-02-03T04:05:06.000Z"
      assert.deepStrictEqual(seen, [
        [true, false, false, day],
        [true, false, true, day]
      ])
      assert.deepStrictEqual(stateOf(server), before)
      assert.strictEqual(onlyMessage(server).folderPath, "Inbox")
      assert.isFalse(
        server.requests.some(({ method }) => method === "DELETE"),
        "what is deleted lies in Deleted Items"
      )
    })
  )

  it.live("is made when the first message comes, and once for all that come at one time", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.ensureMailbox(["Work"], Option.none())
      const made = probes(server)
      yield* Effect.forEach([1, 2, 3], () => destination.append(letter(server)), { concurrency: 3 })
      yield* destination.append(letter(server))
      assert.strictEqual(probes(server) - made, 1)
      assert.lengthOf(server.account.messages, 4)
    })
  )

  it.live("that comes out as a draft ends the run, with the reason, before any mail was sent", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped({ probeMakesDrafts: true })
      const destination = yield* connected(server)
      const before = stateOf(server)
      for (let n = 0; n < 2; n++) {
        const reason = yield* reasonOf(destination.append(letter(server)))
        assert.strictEqual(reason._tag, "Fatal")
        assert.include(reason.detail, "draft")
        assert.include(reason.advice, "transport: imap")
      }
      assert.deepStrictEqual([stateOf(server), server.account.messages], [before, []])
      assert.strictEqual(probes(server), 2, "after a failure it is asked again")
    })
  )

  const faults = [
    { what: "its day", change: { receivedDateTime: "2026-11-21T10:00:00Z" }, words: "another day" },
    { what: "its day of sending", change: { sentDateTime: null }, words: "day of sending" },
    { what: "its Message-ID", change: { internetMessageId: "<other@x>" }, words: "Message-ID" },
    { what: "its category", change: { categories: [] }, words: "categories" },
    { what: "our key", change: { singleValueExtendedProperties: [] }, words: "key" },
    { what: "that it was read", change: { isRead: false }, words: "read mail" }
  ]

  it.live.each(faults)("that comes out without $what ends the run as well", ({ change, words }) =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      answering(server, change)
      const reason = yield* reasonOf(destination.append(letter(server)))
      assert.strictEqual(reason._tag, "Fatal")
      assert.include(reason.detail, words)
      assert.lengthOf(server.account.messages, 0)
      answering(server, {})
      yield* destination.append(letter(server))
      assert.lengthOf(server.account.messages, 1)
    })
  )

  it.live("that was cut short is made again, and what was left of it goes", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const before = stateOf(server)
      for (const [call, n] of [
        ["mailFolders.create", 1],
        ["messages.create", 1],
        ["messages.create", 2],
        ["messages.get", 1]
      ] as const) {
        let left = n
        server.commitThenFail(504, 1, (seen) => seen.call === call && --left === 0)
        const reason = yield* reasonOf(destination.append(letter(server)))
        assert.deepInclude(reason, { _tag: "Transient", applied: "no" }, `${call} ${n}`)
        assert.lengthOf(server.account.messages, 0, `${call} ${n}`)
      }
      yield* destination.append(letter(server))
      assert.deepStrictEqual(stateOf(server), before)
      assert.strictEqual(onlyMessage(server).folderPath, "Inbox")
    })
  )

  it.live("of a run that was killed is removed, and folders of the owner's with such names are not", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const { account } = server
      account.deposit("mailferry probe 0123456789abcdef", { subject: "left" })
      account.deposit("mailferry probe of mine", { subject: "mine" })
      account.deposit("Work/mailferry probe 0123456789abcdef", { subject: "mine too" })
      const destination = yield* connected(server)
      yield* destination.append(letter(server))
      assert.deepStrictEqual(
        account.messages.map(({ subject }) => subject),
        ["mine", "mine too", "with files"]
      )
    })
  )

  it.live("that cannot be removed now counts all the same, and the next run removes it", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const first = yield* connected(server)
      server.serverError(503, 1, ({ path }) => path.endsWith("/permanentDelete"))
      yield* first.append(letter(server))
      assert.lengthOf(server.account.messages, 3)
      const second = yield* connected(server)
      yield* second.append(letter(server))
      assert.deepStrictEqual(
        server.account.messages.map(({ folderPath }) => folderPath),
        ["Inbox", "Inbox"]
      )
    })
  )

  it.live("that cannot be removed now is removed with a later message", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const before = stateOf(server)
      server.serverError(503, 2, ({ path }) => path.endsWith("/permanentDelete"))
      yield* destination.append(letter(server))
      yield* destination.append(letter(server))
      assert.notDeepEqual(stateOf(server), before)
      yield* destination.append(letter(server))
      assert.deepStrictEqual(stateOf(server), before)
      const removed = () => server.requests.filter(({ path }) => path.endsWith("/permanentDelete")).length
      assert.strictEqual(removed(), 3)
      yield* destination.append(letter(server))
      assert.strictEqual(removed(), 3)
    })
  )

  it.live("whose removal is to wait has the message wait with it", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      server.throttle("MailboxConcurrency", 7, 1, ({ path }) => path.endsWith("/permanentDelete"))
      const reason = yield* reasonOf(destination.append(letter(server)))
      assert.strictEqual(reason._tag, "Throttled")
      yield* destination.append(letter(server))
      assert.strictEqual(onlyMessage(server).folderPath, "Inbox")
    })
  )

  it.live(
    "that another job for the mailbox takes away is made again, and no message is set aside for it",
    () =>
      Effect.gen(function* () {
        const server = yield* graphScoped()
        const destination = yield* connected(server)
        for (const call of ["messages.get", "messages.create"]) {
          server.onRequest((seen, phase) => {
            const probes = server.account.folders.filter(({ displayName }) =>
              displayName.startsWith("mailferry probe")
            )
            if (phase === "arrived" && seen.call === call) {
              for (const folder of probes) server.account.removeFolder(folder)
            }
            return undefined
          })
          const reason = yield* reasonOf(destination.append(letter(server)))
          assert.deepInclude(reason, { _tag: "Transient", applied: "no" }, call)
        }
        server.behave()
        yield* destination.append(letter(server))
        assert.lengthOf(server.account.messages, 1)
      })
  )

  it.live("that Exchange refuses ends the run, and sets no message aside", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      server.refuse("everything")
      assert.strictEqual((yield* reasonOf(destination.append(letter(server))))._tag, "Fatal")
    })
  )

  it.live("that cannot be removed at once is removed when the run ends, though no other message comes", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      server.serverError(503, 1, ({ path }) => path.endsWith("/permanentDelete"))
      yield* Effect.scoped(
        Effect.flatMap(connected(server), (destination) => destination.append(letter(server)))
      )
      assert.strictEqual(onlyMessage(server).folderPath, "Inbox")
      assert.isFalse(server.account.folders.some(({ displayName }) => displayName.includes("probe")))
    })
  )
})
