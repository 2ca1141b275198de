import { assert, describe, it } from "@effect/vitest"
import { MailError, Transient } from "@mailferry/core/MailError.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { Effect } from "effect"

import { toldOf } from "../../src/graph/Told.ts"
import { failureOf, tokensOf, wireTo, wireToExchange } from "../support/wired.ts"

const message = {
  subject: "Hello",
  body: { contentType: "text", content: "world" },
  singleValueExtendedProperties: [{ id: "Integer 0x0E07", value: "1" }]
}

const create = {
  method: "POST",
  path: "/me/mailFolders/inbox/messages",
  json: message,
  expects: 201
} as const

const idIn = (json: unknown): string => (json as { id: string }).id

describe("the wire to an Exchange", () => {
  it.live("a message is created, read, changed and removed", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const wire = yield* wireToExchange(exchange)
      const id = idIn((yield* wire.call("append", create)).json)
      const octets = yield* wire.octets("fetch", { method: "GET", path: `/me/messages/${id}/$value` })
      assert.match(Buffer.from(octets).toString(), /^Subject: Hello\r?$/mu)
      yield* wire.call("addFlags", { method: "PATCH", path: `/me/messages/${id}`, json: { isRead: false } })
      assert.isFalse(exchange.account.messages[0]?.isRead)
      const gone = yield* wire.call("discard", { method: "POST", path: `/me/messages/${id}/permanentDelete` })
      assert.deepInclude(gone, { status: 204, json: undefined })
      assert.strictEqual(exchange.account.messages.length, 0)
    })
  )

  it.live("a large attachment goes to its session in order, and its progress can be asked for", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const wire = yield* wireToExchange(exchange)
      const id = idIn((yield* wire.call("append", create)).json)
      const octets = Buffer.alloc(4_000_000, "mail")
      const { json } = yield* wire.call("append", {
        method: "POST",
        path: `/me/messages/${id}/attachments/createUploadSession`,
        json: { AttachmentItem: { attachmentType: "file", name: "a.bin", size: octets.length } }
      })
      const url = (json as { uploadUrl: string }).uploadUrl
      const spent: Array<number> = []
      const spend = (size: number) => Effect.sync(() => void spent.push(size))
      const put = (start: number, end: number) =>
        wire.put("append", {
          url,
          octets: octets.subarray(start, end),
          start,
          size: octets.length,
          spend
        })
      assert.strictEqual((yield* put(0, 3_276_800)).status, 200)
      assert.match(JSON.stringify((yield* wire.session("append", url)).json), /3276800/u)
      assert.strictEqual((yield* put(3_276_800, octets.length)).status, 201)
      const [attachment] = exchange.account.messages[0]?.attachments ?? []
      assert.isTrue(attachment?.octets?.read().equals(octets))
      assert.deepStrictEqual(spent, [3_276_800, 723_200])
    })
  )

  it.live("a failure of a session does not tell its address", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const wire = yield* wireToExchange(exchange)
      const url = `${exchange.url}/api/gv1.0/Users('x')/Messages('y')/AttachmentSessions('z')?authtoken=secret`
      const told = toldOf({ user: exchange.user })
      const error = yield* Effect.flip(told("append", wire.session("append", url), { missing: "session" }))
      assert.deepInclude(error.reason, { _tag: "Transient", applied: "unknown" })
      assert.notInclude(JSON.stringify(error), "secret")
    })
  )

  it.live("the budget is asked before a request goes out, and a refusal of it keeps it in", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const wire = yield* wireToExchange(exchange)
      const reason = new Transient({ detail: "not now", applied: "no" })
      const error = new MailError({ adapter: "o365", operation: "append", reason })
      const call = wire.call("append", { ...create, spend: () => Effect.fail(error) })
      assert.strictEqual(yield* Effect.flip(call), error)
      assert.strictEqual(exchange.requests.length, 0)
    })
  )

  it.live("a token that expired meanwhile is renewed, and the message is there once", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const expired = exchange.token
      exchange.expireTokens()
      const wire = yield* wireTo(exchange.url, tokensOf(expired, exchange.issueToken()))
      yield* wire.call("append", create)
      assert.strictEqual(exchange.account.messages.length, 1)
    })
  )

  it.live("a token that cannot be had fails the call that needed it, by its name", () =>
    Effect.gen(function* () {
      const reason = new Transient({ detail: "the sign-in cannot be reached", applied: "no" })
      const failing = Effect.fail(new MailError({ adapter: "o365", operation: "connect", reason }))
      const wire = yield* wireTo("http://127.0.0.1:1", { accessToken: failing, refreshed: failing })
      assert.deepInclude(yield* Effect.flip(wire.call("append", create)), { operation: "append", reason })
    })
  )

  it.live(
    "what became of a message is unknown where it was stored and the answer was not, whatever came instead",
    () =>
      Effect.gen(function* () {
        const exchange = yield* graphScoped()
        const wire = yield* wireToExchange(exchange)
        const told = toldOf({ user: exchange.user })
        const faults = [
          () => exchange.commitThenDrop(),
          () => exchange.commitThenFail(504),
          () => exchange.htmlError(502),
          () => exchange.okInsteadOfCreated(),
          () => exchange.vanish()
        ]
        for (const fault of faults) {
          fault()
          const { reason } = yield* Effect.flip(told("append", wire.call("append", create)))
          assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
        }
      })
  )

  it.live("a server that is not there was never asked", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const wire = yield* wireToExchange(exchange)
      yield* Effect.promise(() => exchange.stop())
      assert.deepInclude(yield* failureOf(wire.call("append", create)), { code: "ECONNREFUSED", sent: "no" })
    })
  )

  it.live("every failure names the request as Microsoft does, and as we did", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const wire = yield* wireToExchange(exchange)
      exchange.throttle("MailboxConcurrency", 7)
      const told = toldOf({ user: exchange.user })
      const { reason } = yield* Effect.flip(told("append", wire.call("append", create)))
      assert.match(reason.detail, /\(request-id [\da-f-]{36}, client-request-id [\da-f-]{36}\)$/u)
    })
  )
})
