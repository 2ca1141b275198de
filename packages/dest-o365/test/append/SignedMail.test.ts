import { assert, describe, it } from "@effect/vitest"
import { Destination } from "@mailferry/core/Destination.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Context, Effect, Layer, Option } from "effect"

import { connected } from "../support/connected.ts"
import { imapGranted } from "../support/imapGranted.ts"
import { type Job, jobLayer } from "../support/jobLayer.ts"
import { journaled, kindsOf } from "../support/journaled.ts"
import { mailWithFiles, sha256 } from "../support/mailWithFiles.ts"
import { filesAt, keyOf, onlyMessage } from "../support/onlyMessage.ts"

const kinds = {
  "signed by PGP": [
    'multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha256; boundary=s',
    "application/pgp-signature",
    "signature"
  ],
  "signed by S/MIME": [
    'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=s',
    "application/pkcs7-signature",
    "signature"
  ],
  "encrypted by PGP": [
    'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=s',
    "application/octet-stream",
    "encryption"
  ]
} as const

type Kind = keyof typeof kinds

const sealed = (kind: Kind = "signed by PGP", id = "<sealed@a.example>") => {
  const [type, second] = kinds[kind]
  return Buffer.from(
    [
      "From: Ann <ann@a.example>",
      "To: you@example.com",
      `Subject: ${kind}`,
      `Message-ID: ${id}`,
      "Date: Sun, 31 Mar 2019 03:29:00 +0200",
      "MIME-Version: 1.0",
      `Content-Type: ${type}`,
      "",
      "--s",
      kind === "encrypted by PGP" ? "Content-Type: application/pgp-encrypted" : "Content-Type: text/plain",
      "",
      "Version: 1",
      "--s",
      `Content-Type: ${second}; name=x`,
      "",
      "the secret part",
      "--s--",
      ""
    ].join("\r\n")
  )
}

const granted = Effect.fnUntraced(function* (more: Partial<Job> = {}) {
  const { job, server } = yield* imapGranted()
  const again = Effect.map(Layer.build(jobLayer({ ...job, ...more })), Context.get(Destination))
  return { again, destination: yield* again, server }
})

const isWithOriginal = (server: RehearsalGraph, bytes: Uint8Array, at = 0) => {
  const message = server.account.messages[at] ?? onlyMessage(server)
  assert.deepStrictEqual(filesAt(message).at(-1), ["original.eml", sha256(bytes)])
  assert.deepInclude(message, { by: "json", isDraft: false })
}

describe("mail that Exchange would break", () => {
  it.live.each(["signed by PGP", "signed by S/MIME"] as const)(
    "goes by IMAP as it is where that was granted: %s",
    (kind) =>
      Effect.gen(function* () {
        const { destination, server } = yield* granted()
        const bytes = sealed(kind)
        const sent = journaled(server, ["INBOX"], bytes, {
          flags: new Set(["\\Flagged"]),
          keywords: new Set(["Work", "$Forwarded"])
        })
        const { internalDate, locator } = yield* destination.append(sent.request)
        const message = onlyMessage(server)
        assert.deepInclude(message, { by: "imap", isDraft: false, isRead: false, folderPath: "Inbox" })
        assert.strictEqual(message.received, Date.parse("2019-03-31T01:30:00Z"))
        assert.strictEqual(keyOf(message), sent.request.migrationKey)
        assert.deepStrictEqual(Option.map(locator, String), Option.some(message.immutableId))
        assert.isUndefined(internalDate)
        assert.deepStrictEqual(kindsOf(sent), [])
        const [told] = yield* destination.describe(["INBOX"], Option.toArray(locator))
        assert.sameMembers([...(told?.flags ?? [])], ["\\Flagged"])
        assert.sameMembers([...(told?.keywords ?? [])], ["Work", "$Forwarded"])
        const there = yield* destination.fetch(["INBOX"], Option.getOrThrow(locator))
        assert.include(Buffer.from(there).toString(), bytes.toString().slice(bytes.indexOf("--s")))
        assert.deepStrictEqual(destination.capabilities.contentMissing?.(there)(bytes), [])
      })
  )

  it.live.each(Object.keys(kinds) as ReadonlyArray<Kind>)(
    "has its whole original attached where it was not: %s",
    (kind) =>
      Effect.gen(function* () {
        const server = yield* graphScoped()
        const destination = yield* connected(server)
        const bytes = sealed(kind)
        const sent = journaled(server, ["INBOX"], bytes)
        yield* destination.append(sent.request)
        isWithOriginal(server, bytes)
        assert.deepStrictEqual(kindsOf(sent), [kinds[kind][2]])
      })
  )

  const closed: ReadonlyArray<readonly [string, (server: RehearsalGraph) => Effect.Effect<unknown>]> = [
    ["is switched off", ({ imap }) => Effect.sync(() => imap.refuseLogin("AUTHENTICATE failed."))],
    ["lets in and does not connect", ({ imap }) => Effect.sync(() => imap.notConnected())],
    ["has its port closed", ({ imap }) => Effect.promise(() => imap.stop())]
  ]

  it.live.each(closed)("has its original attached where IMAP %s, which is asked once", ([, close]) =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted()
      yield* close(server)
      const { imap } = server
      for (let n = 0; n < 3; n++) {
        const bytes = sealed("signed by PGP", `<${n}@a.example>`)
        yield* destination.append(journaled(server, ["INBOX"], bytes).request)
        isWithOriginal(server, bytes, n)
      }
      assert.lengthOf(server.account.messages, 3)
      // A login that is refused is tried once more with a new token.
      assert.isAtMost(imap.stats.connections, 2)
    })
  )

  it.live("has its original attached from then on when IMAP is switched off meanwhile", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted()
      const { imap } = server
      const append = (id: string) =>
        destination.append(journaled(server, ["INBOX"], sealed("signed by PGP", id)).request)
      yield* append("<0@a.example>")
      imap.refuseLogin("AUTHENTICATE failed.")
      imap.cutSessions()
      // What a lost connection costs is one try.
      yield* Effect.retry(append("<1@a.example>"), { times: 2 })
      const looks = () => server.requests.filter(({ call }) => call === "messages.list").length
      const before = [imap.stats.connections, looks()]
      yield* append("<2@a.example>")
      yield* append("<3@a.example>")
      assert.deepStrictEqual([imap.stats.connections, looks()], before)
      assert.deepStrictEqual(
        server.account.messages.map(({ by }) => by),
        ["imap", "json", "json", "json"]
      )
    })
  )

  it.live("goes by IMAP after all when Exchange wanted to be left alone at first", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted()
      const words = "BAD Request is throttled. Suggested Backoff Time: 2000 milliseconds"
      server.imap.throttle(words, 1, ["LIST"], { closes: true })
      const { request } = journaled(server, ["INBOX"], sealed())
      const reason = yield* reasonOf(destination.append(request))
      assert.strictEqual(reason._tag, "Throttled")
      yield* destination.append(request)
      assert.strictEqual(onlyMessage(server).by, "imap")
    })
  )

  it.live("has its original attached where IMAP will not have the message", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted()
      server.imap.refuseAppend("<sealed@", "NO Message too odd")
      yield* destination.append(journaled(server, ["INBOX"], sealed()).request)
      isWithOriginal(server, sealed())
      yield* destination.append(
        journaled(server, ["INBOX"], sealed("signed by PGP", "<other@a.example>")).request
      )
      assert.strictEqual(server.account.messages[1]?.by, "imap", "others still go by it")
    })
  )

  it.live("that IMAP will not have is gone on with by Graph when it was cut short there", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted()
      yield* destination.append(journaled(server, ["Archive"], mailWithFiles([10])).request)
      server.imap.refuseAppend("<sealed@", "NO Message too odd")
      const bytes = Buffer.from(
        sealed()
          .toString()
          .replace("the secret part", () => "the secret part ".repeat(150_000))
      )
      const { request } = journaled(server, ["INBOX"], bytes)
      server.dropBeforeCommit(1, ({ call }) => call === "attachments.create")
      yield* reasonOf(destination.append(request))
      yield* destination.append(request)
      assert.lengthOf(server.account.messages, 2)
      isWithOriginal(server, bytes, 1)
      assert.strictEqual(server.imap.stats.appended, 0)
    })
  )

  it.live("that is to come without its original comes without, and as JSON", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted({ original: "never" })
      const sent = journaled(server, ["INBOX"], sealed())
      yield* destination.append(sent.request)
      assert.deepInclude(onlyMessage(server), { by: "json", isDraft: false })
      assert.notInclude(
        filesAt(onlyMessage(server)).map(([name]) => name),
        "original.eml"
      )
      assert.deepStrictEqual(kindsOf(sent), ["signature"])
    })
  )

  it.live("is there once when IMAP's answer is lost, whether it was stored or not", () =>
    Effect.gen(function* () {
      for (const fault of ["cutAfterLiteral", "cutMidLiteral"] as const) {
        const { again, destination, server } = yield* granted()
        server.account.deposit("inbox", { internetMessageId: "<sealed@a.example>", subject: "mine" })
        const sent = journaled(server, ["INBOX"], sealed())
        server.imap[fault]()
        yield* reasonOf(destination.append(sent.request))
        const next = yield* again
        yield* next.append(sent.request)
        assert.deepStrictEqual(
          server.account.messages.map((message) => [message.subject, message.by, keyOf(message)]),
          [
            ["mine", "deposit", undefined],
            ["signed by PGP", "imap", sent.request.migrationKey]
          ],
          fault
        )
      }
    })
  )

  it.live("that IMAP has stored is not sent by Graph as well when IMAP is gone before it was marked", () =>
    Effect.gen(function* () {
      const { again, destination, server } = yield* granted()
      const sent = journaled(server, ["INBOX"], sealed())
      server.serverError(503, 1, ({ call }) => call === "messages.update")
      yield* reasonOf(destination.append(sent.request))
      server.imap.refuseLogin("AUTHENTICATE failed.")
      const next = yield* again
      yield* next.append(sent.request)
      const message = onlyMessage(server)
      assert.deepStrictEqual([message.by, keyOf(message)], ["imap", sent.request.migrationKey])
    })
  )

  it.live("that IMAP has stored is marked where it stands when its folder was renamed before that", () =>
    Effect.gen(function* () {
      const { again, destination, server } = yield* granted()
      yield* destination.ensureMailbox(["Work"], Option.none())
      const sent = journaled(server, ["Work"], sealed())
      server.serverError(503, 1, ({ call }) => call === "messages.update")
      yield* reasonOf(destination.append(sent.request))
      const folder = server.account.folderAt("Work")
      if (folder !== undefined) folder.displayName = "Jobs"
      const next = yield* again
      yield* next.ensureMailbox(["Work"], Option.none())
      yield* next.append(sent.request)
      const message = onlyMessage(server)
      assert.deepStrictEqual([message.folderPath, keyOf(message)], ["Jobs", sent.request.migrationKey])
    })
  )

  it.live("that IMAP was to bring into a folder that is gone comes into the new one, once", () =>
    Effect.gen(function* () {
      const { again, destination, server } = yield* granted()
      yield* destination.ensureMailbox(["Work"], Option.none())
      const sent = journaled(server, ["Work"], sealed())
      server.serverError(503, 1, ({ call }) => call === "messages.update")
      yield* reasonOf(destination.append(sent.request))
      const folder = server.account.folderAt("Work")
      if (folder !== undefined) server.account.removeFolder(folder)
      const next = yield* again
      yield* next.ensureMailbox(["Work"], Option.none())
      server.serverError(503, 1, ({ call }) => call === "messages.update")
      yield* reasonOf(next.append(sent.request))
      yield* next.append(sent.request)
      const message = onlyMessage(server)
      assert.deepStrictEqual([message.folderPath, keyOf(message)], ["Work", sent.request.migrationKey])
    })
  )

  it.live(
    "whose Message-ID is none goes by Graph with its original, since IMAP's could not be found again",
    () =>
      Effect.gen(function* () {
        const { destination, server } = yield* granted()
        const bytes = sealed("signed by PGP", "sealed at a.example")
        const messageId = Option.some("sealed at a.example")
        yield* destination.append(journaled(server, ["INBOX"], bytes, { messageId }).request)
        isWithOriginal(server, bytes)
      })
  )

  it.live("that IMAP has stored and Graph does not show yet is not sent once more, but marked later", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted()
      const sent = journaled(server, ["INBOX"], sealed())
      server.onRequest(({ call, query }, phase) =>
        phase === "arrived" && call === "messages.list" && query.get("$filter")?.includes("internetMessageId")
          ? { status: 200, body: '{"value":[]}', headers: { "content-type": "application/json" } }
          : undefined
      )
      for (let n = 0; n < 2; n++) {
        const reason = yield* reasonOf(destination.append(sent.request))
        assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
      }
      server.behave()
      yield* destination.append(sent.request)
      assert.strictEqual(keyOf(onlyMessage(server)), sent.request.migrationKey)
    })
  )

  it.live("is marked each with its own key, though two have one Message-ID and come at one time", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted()
      // Each looks before it is stored and after that: one waits for the other, if that comes, at either look.
      const stored = () => server.account.messages.filter(({ by }) => by === "imap").length
      let looks = 0
      server.onRequest(async ({ call }, phase) => {
        if (call !== "messages.list" || phase !== "arrived") return undefined
        const isMet = ++looks <= 2 ? () => looks >= 2 : () => stored() >= 2
        for (let n = 0; n < 20 && !isMet(); n++) await new Promise((done) => setTimeout(done, 5))
        return undefined
      })
      const sent = [1, 2].map(() => journaled(server, ["INBOX"], sealed()).request)
      yield* Effect.forEach(sent, (request) => destination.append(request), { concurrency: 2 })
      assert.sameMembers(
        server.account.messages.map((message) => keyOf(message) ?? "none"),
        sent.map(({ migrationKey }) => migrationKey)
      )
    })
  )

  it.live("has its original attached where Exchange breaks it by IMAP too: PGP, and signatures within", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted()
      const within = Buffer.from(
        sealed()
          .toString()
          .replace(
            /(Content-Type: multipart\/signed[\s\S]*)$/u,
            "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n$1\r\n--m--\r\n"
          )
      )
      for (const [at, bytes] of [sealed("encrypted by PGP"), within].entries()) {
        const sent = journaled(server, ["INBOX"], bytes)
        yield* destination.append(sent.request)
        isWithOriginal(server, bytes, at)
        assert.deepStrictEqual(kindsOf(sent), [at === 0 ? "encryption" : "signature"])
      }
      assert.strictEqual(server.imap.stats.appended, 0)
    })
  )
})

describe("mail that Exchange keeps", () => {
  it.live("has its original attached when that is asked for, and else not", () =>
    Effect.gen(function* () {
      for (const original of ["always", "when-needed", "never"] as const) {
        const server = yield* graphScoped()
        const destination = yield* connected(server, { original })
        const bytes = mailWithFiles([10])
        yield* destination.append(journaled(server, ["INBOX"], bytes).request)
        const files = filesAt(onlyMessage(server))
        assert.deepStrictEqual(
          files.map(([name]) => name),
          original === "always" ? ["file 0.bin", "original.eml"] : ["file 0.bin"]
        )
        if (original === "always") assert.strictEqual(files[1]?.[1], sha256(bytes))
      }
    })
  )

  it.live("goes by Graph though IMAP was granted", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* granted()
      yield* destination.append(journaled(server, ["INBOX"], mailWithFiles([10])).request)
      assert.strictEqual(onlyMessage(server).by, "json")
      assert.strictEqual(server.imap.stats.connections, 0)
    })
  )
})
