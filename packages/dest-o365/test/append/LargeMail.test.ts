import { assert, describe, it } from "@effect/vitest"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Effect } from "effect"

import { connected } from "../support/connected.ts"
import { journaled, kindsOf } from "../support/journaled.ts"
import { filesOf, mailWithFiles } from "../support/mailWithFiles.ts"
import { filesAt, onlyMessage, stateOf } from "../support/onlyMessage.ts"

const mebi = 1024 * 1024

/** The API calls by which a message came, without those of the probe and of the connection. */
const waysOf = (server: Effect.Success<ReturnType<typeof graphScoped>>) =>
  server.requests
    .map(({ call }) => call ?? "")
    .slice(server.requests.findLastIndex(({ call }) => call === "messages.create"))
    .filter((call) => /^(?:attachments|messages)\.(?!permanentDelete|get)/u.test(call))

const small = "messages.create"
const post = "attachments.create"
const session = "attachments.createUploadSession"
const part = "attachments.putPart"
const done = "messages.update"

/** Octets of one file, and the calls by which it comes. */
const ways: ReadonlyArray<{ readonly size: number; readonly calls: ReadonlyArray<string> }> = [
  { size: 0, calls: [small] },
  { size: 2_000_000, calls: [small] },
  { size: 2_000_001, calls: [small, post, done] },
  { size: 3_000_000, calls: [small, post, done] },
  { size: 3 * mebi - 1025, calls: [small, post, done] },
  { size: 3 * mebi, calls: [small, session, part, done] },
  { size: 3_276_800, calls: [small, session, part, done] },
  { size: 3_276_801, calls: [small, session, part, part, done] },
  { size: 10_000_000, calls: [small, session, part, part, part, part, done] }
]

describe("a message with a file", () => {
  it.live.each(ways)("of $size octets comes whole, by the way for its size", ({ calls, size }) =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const sent = journaled(server, ["INBOX"], mailWithFiles([size]))
      yield* destination.append(sent.request)
      const message = onlyMessage(server)
      assert.deepStrictEqual(filesAt(message), filesOf([size]))
      assert.deepStrictEqual(waysOf(server), calls)
      assert.deepStrictEqual(kindsOf(sent), [])
      assert.strictEqual(stateOf(message), calls.length === 1 ? undefined : "done")
      assert.lengthOf(sent.tickets, calls.length === 1 ? 0 : 1)
      const octets = server.requests
        .filter(({ method }) => /^(?:POST|PATCH|PUT)$/u.test(method))
        .map(({ bodyBytes }) => bodyBytes)
      assert.isBelow(Math.max(...octets), 4 * mebi, "Graph takes no more in one request")
    })
  )

  it.live("of 40 MB comes whole where the mailbox takes it, and every octet is accounted for", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped({ messageSizeLimit: 150 * mebi })
      const destination = yield* connected(server)
      const sizes = [40_000_000]
      const sent = journaled(server, ["INBOX"], mailWithFiles(sizes))
      const probed = server.stats.incomingBytes
      yield* destination.append(sent.request)
      assert.deepStrictEqual(filesAt(onlyMessage(server)), filesOf(sizes))
      assert.isBelow(server.stats.incomingBytes, 40_100_000, "in parts it goes as it is, not in base64")
      const spent = sent.spent.reduce((sum, octets) => sum + octets, 0)
      assert.strictEqual(spent, server.stats.incomingBytes - probed)
    })
  )

  it.live("asks for leave before each request that carries something, the removal of the probe aside", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["INBOX"], mailWithFiles([])).request)
      const { length } = server.requests
      const sent = journaled(server, ["INBOX"], mailWithFiles([2_000_000, 10, 3_300_000]), {
        keywords: new Set(["New"])
      })
      yield* destination.append(sent.request)
      const carried = server.requests
        .slice(length)
        .filter(({ method }) => /^(?:POST|PATCH|PUT)$/u.test(method))
        .map(({ bodyBytes }) => bodyBytes)
      assert.deepStrictEqual(
        sent.spent.filter((octets) => octets > 0),
        carried
      )
    })
  )

  it.live("asks for leave before each of its requests, those that only look included, however it goes", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["INBOX"], mailWithFiles([])).request)
      const large = mailWithFiles([2_000_000, 10, 3_300_000])
      for (const { bytes, cut, flags, mailbox } of [
        { bytes: large, flags: [], mailbox: ["INBOX"], cut: "attachments.create" },
        { bytes: large, flags: [], mailbox: ["INBOX"], cut: "attachments.putPart" },
        { bytes: mailWithFiles([10]), flags: ["\\Draft"], mailbox: ["Drafts"], cut: "messages.update" }
      ] as const) {
        const { length } = server.requests
        const sent = journaled(server, mailbox, bytes, { flags: new Set(flags) })
        server.dropBeforeCommit(1, ({ call }) => call === cut)
        yield* reasonOf(destination.append(sent.request))
        yield* destination.append(sent.request)
        assert.lengthOf(sent.spent, server.requests.length - length, cut)
      }
    })
  )

  it.live("and others, of all sizes, keeps them all, and each once", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const sizes = [10, 2_500_000, 20, 3_200_000, 0, 1_900_000, 30]
      yield* destination.append(journaled(server, ["INBOX"], mailWithFiles(sizes)).request)
      assert.sameDeepMembers([...filesAt(onlyMessage(server))], [...filesOf(sizes)])
    })
  )

  it.live("of more than 150 MB is refused before anything is sent", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const { length } = server.requests
      const bytes = Buffer.alloc(150 * mebi + 1, "Subject: x\r\n\r\n")
      const reason = yield* reasonOf(destination.append(journaled(server, ["INBOX"], bytes).request))
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "too-large" })
      assert.strictEqual(server.requests.length, length)
      assert.strictEqual(destination.capabilities.maxMessageSize, 150 * mebi)
    })
  )
})

describe("a message without a file", () => {
  it.live("whose text is too long to be shown has it as a file, to the letter", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const body = "lang genug für jeden\r\n".repeat(200_000)
      const bytes = mailWithFiles([15], { body })
      const sent = journaled(server, ["INBOX"], bytes)
      yield* destination.append(sent.request)
      const message = onlyMessage(server)
      assert.deepStrictEqual(kindsOf(sent), ["body-attached"])
      assert.deepStrictEqual(message.attachments.map(({ name }) => name).toSorted(), [
        "body.txt",
        "file 0.bin"
      ])
      const text = message.attachments
        .find(({ name }) => name === "body.txt")
        ?.octets.read()
        .toString()
      assert.strictEqual(text?.trimEnd(), body.trimEnd())
      assert.include(message.parts.body.content, "body.txt")
    })
  )

  it.live("for 5,000 people keeps every one", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const people = Array.from({ length: 5000 }, (_, n) => `"Person ${n}" <p${n}@b.example>`)
      const head = `Cc: ${people.join(",\r\n ")}`
      const sent = journaled(server, ["INBOX"], mailWithFiles([], { head }))
      yield* destination.append(sent.request)
      const { ccRecipients } = onlyMessage(server).parts
      assert.deepStrictEqual(
        ccRecipients.map(({ emailAddress: { address } }) => address),
        people.map((_, n) => `p${n}@b.example`)
      )
      assert.deepStrictEqual(kindsOf(sent), ["headers-cut"])
    })
  )

  it.live("whose header is too long keeps all but what servers wrote on the way", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      const traces = Array.from({ length: 900 }, (_, n) => `ARC-Seal: i=${n}; b=${"x".repeat(60)}`)
      const sent = journaled(server, ["INBOX"], mailWithFiles([], { head: traces.join("\r\n") }))
      yield* destination.append(sent.request)
      const { transportHeaders = "" } = onlyMessage(server).parts
      assert.isAtMost(Buffer.byteLength(transportHeaders), 32_768)
      assert.match(transportHeaders, /^From: Ann <ann@a\.example>\r\n/u)
      assert.match(transportHeaders, /^Content-Type: multipart\/mixed; boundary=b\r\n$/mu)
      assert.deepStrictEqual(kindsOf(sent), ["headers-cut"])
    })
  )
})
