import { assert, describe, it } from "@effect/vitest"
import { Fatal, MailError } from "@mailferry/core/MailError.ts"
import { toyServer } from "@mailferry/testkit/ToyServer.ts"
import { Duration, Effect, Option, Redacted } from "effect"

import type { GmailFailure } from "../src/GmailFailure.ts"
import { type GmailWire, makeGmailWire } from "../src/GmailWire.ts"
import { askSession, uploadInSession } from "../src/ResumableSession.ts"

const wireTo = (rootUrl: string) =>
  makeGmailWire({
    rootUrl,
    tokens: {
      accessToken: Effect.succeed(Redacted.make("token")),
      refreshed: Effect.succeed(Redacted.make("token"))
    },
    sockets: 4,
    timeout: Duration.minutes(1)
  })

const message = {
  bytes: Buffer.from("From: a@example.net\r\n\r\ncaf\u00e9\0\r\n", "latin1"),
  labelIds: ["INBOX"]
}
const size = message.bytes.length
const stored = { id: "m1", threadId: "t1", labelIds: ["INBOX", "UNREAD"] }

const session = (origin: string) => `${origin}/upload/gmail/v1/users/me/messages/import?upload_id=abc`
const ticketOf = (uri: string) => JSON.stringify({ session: uri, size })

describe("an upload session", () => {
  it.live("is noted before any octet goes out, and says what is coming", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(({ method, origin }) =>
        method === "POST" ? { headers: { Location: session(origin) } } : { body: stored }
      )
      const wire = yield* wireTo(server.url)
      const noted: Array<readonly [ticket: string, requests: number]> = []
      const answer = yield* uploadInSession(wire, "import", message, (ticket) =>
        Effect.sync(() => noted.push([ticket, server.requests.length]))
      )
      assert.deepStrictEqual(answer, { id: "m1", labelIds: ["INBOX", "UNREAD"] })
      assert.deepStrictEqual(noted, [[ticketOf(session(server.url)), 1]])
      const [opening, sending] = server.requests
      assert.deepInclude(opening?.headers, {
        "x-upload-content-type": "message/rfc822",
        "x-upload-content-length": String(size)
      })
      assert.deepStrictEqual(JSON.parse(String(opening?.body)), { labelIds: ["INBOX"] })
      assert.deepStrictEqual(Object.fromEntries(opening?.url.searchParams ?? []), {
        uploadType: "resumable",
        internalDateSource: "dateHeader",
        fields: "id,threadId,labelIds",
        neverMarkSpam: "true",
        processForCalendar: "false"
      })
      assert.strictEqual(sending?.headers["content-length"], String(size))
      assert.isTrue(sending?.body.equals(message.bytes))
    })
  )

  it.live("spam stays spam, and is not asked to be kept out of it", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(({ method, origin }) =>
        method === "POST" ? { headers: { Location: session(origin) } } : { body: stored }
      )
      const wire = yield* wireTo(server.url)
      yield* uploadInSession(wire, "import", { ...message, labelIds: ["SPAM"] }, () => Effect.void)
      assert.strictEqual(server.requests[0]?.url.searchParams.get("neverMarkSpam"), "false")
    })
  )

  it.live("that cannot be noted gets no octets", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(({ origin }) => ({ headers: { Location: session(origin) } }))
      const wire = yield* wireTo(server.url)
      const full = new MailError({
        adapter: "gmail",
        operation: "append",
        reason: new Fatal({ detail: "the disk is full" })
      })
      const error = yield* Effect.flip(uploadInSession(wire, "import", message, () => Effect.fail(full)))
      assert.strictEqual(error, full)
      assert.deepStrictEqual(
        server.requests.map(({ method }) => method),
        ["POST"]
      )
    })
  )

  it.live("on another server is refused, and nothing goes there", () =>
    Effect.gen(function* () {
      const elsewhere = yield* toyServer(() => ({ body: stored }))
      const server = yield* toyServer(() => ({ headers: { Location: session(elsewhere.url) } }))
      const wire = yield* wireTo(server.url)
      let noted = 0
      const error = yield* Effect.flip(
        uploadInSession(wire, "import", message, () => Effect.sync(() => noted++))
      )
      assert.include(JSON.stringify(error), "on another server than the configured one")
      assert.isTrue(Option.isNone(yield* askSession(wire, ticketOf(session(elsewhere.url)))))
      assert.deepStrictEqual([noted, elsewhere.requests.length], [0, 0])
    })
  )

  it.live("that was never opened has stored nothing, whatever the answer was", () =>
    Effect.gen(function* () {
      const answers = [{ status: 503, body: "<p>oops</p>" }, "drop", {}] as const
      const server = yield* toyServer(({ place }) => answers[place] ?? {})
      const wire = yield* wireTo(server.url)
      for (const _ of answers) {
        const error = yield* Effect.flip(uploadInSession(wire, "import", message, () => Effect.void))
        assert.deepInclude(error, { _tag: "GmailFailure", isHarmless: true })
      }
    })
  )

  it.live("that wants more than the whole message, or answers without an id, leaves the outcome open", () =>
    Effect.gen(function* () {
      const answers = [{ status: 308 }, { body: {} }, { body: "<p>Welcome to our network</p>" }] as const
      const server = yield* toyServer(({ method, origin, place }) =>
        method === "POST" ? { headers: { Location: session(origin) } } : (answers[(place - 1) / 2] ?? {})
      )
      const wire = yield* wireTo(server.url)
      for (const _ of answers) {
        const error = yield* Effect.flip(uploadInSession(wire, "import", message, () => Effect.void))
        assert.strictEqual(error._tag, "GmailFailure")
        assert.notProperty(error, "isHarmless")
        assert.notProperty(error, "status")
      }
    })
  )
})

describe("asking a session", () => {
  it.live("gives the very message when it was stored", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: stored }))
      const wire = yield* wireTo(server.url)
      const answer = yield* askSession(wire, ticketOf(session(server.url)))
      assert.deepStrictEqual(answer, Option.some({ id: "m1", labelIds: ["INBOX", "UNREAD"] }))
      const [request] = server.requests
      assert.strictEqual(request?.headers["content-range"], `bytes */${size}`)
      assert.strictEqual(request?.headers["content-length"], "0")
      assert.strictEqual(request?.url.searchParams.get("upload_id"), "abc")
    })
  )

  it.live("gives nothing when it waits for octets or is gone", () =>
    Effect.gen(function* () {
      const statuses = [308, 404, 410, 400]
      const server = yield* toyServer(({ place }) => ({ status: statuses[place] ?? 200 }))
      const wire = yield* wireTo(server.url)
      for (const _ of statuses) {
        assert.isTrue(Option.isNone(yield* askSession(wire, ticketOf(session(server.url)))))
      }
      assert.strictEqual(server.requests.length, statuses.length)
    })
  )

  it.effect("is done on Google's own two hosts where nothing else is configured, and on no other", () =>
    Effect.gen(function* () {
      let asked = 0
      const wire: GmailWire = {
        rootUrl: "https://gmail.googleapis.com",
        request: () => Effect.sync(() => asked++).pipe(Effect.andThen(Effect.fail(gone))),
        upload: () => Effect.fail(gone)
      }
      const gone: GmailFailure = { _tag: "GmailFailure", status: 410, text: "Gone" }
      const askedOf = Effect.fnUntraced(function* (origin: string) {
        asked = 0
        yield* askSession(wire, ticketOf(session(origin)))
        return asked
      })
      const hosts = {
        "https://gmail.googleapis.com": 1,
        "https://www.googleapis.com": 1,
        "http://gmail.googleapis.com": 0,
        "https://gmail.googleapis.com.example.net": 0,
        "https://storage.googleapis.com": 0,
        "https://example.net": 0
      }
      for (const [origin, times] of Object.entries(hosts)) {
        assert.strictEqual(yield* askedOf(origin), times, origin)
      }
    })
  )

  it.live("by a ticket that is none gives nothing, and asks nobody", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: stored }))
      const wire = yield* wireTo(server.url)
      for (const ticket of ["", "{}", '{"session":"nowhere","size":1}', session(server.url)]) {
        assert.isTrue(Option.isNone(yield* askSession(wire, ticket)))
      }
      assert.strictEqual(server.requests.length, 0)
    })
  )

  it.live("fails when there is no answer, so that it is asked again", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ status: 503 }))
      const wire = yield* wireTo(server.url)
      const error = yield* Effect.flip(askSession(wire, ticketOf(session(server.url))))
      assert.deepInclude(error, { _tag: "GmailFailure", status: 503 })
    })
  )
})
