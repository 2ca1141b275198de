import { Readable } from "node:stream"

import { assert, describe, it } from "@effect/vitest"
import { toyServer } from "@mailferry/testkit/ToyServer.ts"
import { refusedLookups, watchedConnections } from "@mailferry/testkit/WatchedConnections.ts"
import { Duration, Effect, Exit, Fiber, Redacted } from "effect"
import { vi } from "vitest"

import type { GmailFailure } from "../src/GmailFailure.ts"
import { uploadAtOnce, type UploadMethod } from "../src/GmailUpload.ts"
import { makeGmailWire } from "../src/GmailWire.ts"
import { octetSlices } from "../src/OctetSlices.ts"
import { uploadInSession } from "../src/ResumableSession.ts"

const tokens = {
  accessToken: Effect.succeed(Redacted.make("token-1")),
  refreshed: Effect.succeed(Redacted.make("token-2"))
}

const wireTo = (rootUrl: string, timeout: Duration.Input = "1 minute") =>
  makeGmailWire({ rootUrl, tokens, sockets: 4, timeout: Duration.fromInputUnsafe(timeout) })

const stored = { id: "m1", threadId: "t1", labelIds: ["INBOX"] }

/** 8-bit in three charsets, NUL, a bare LF, no line end at the end. */
const octets = Buffer.concat([
  Buffer.from("From: a@example.net\r\nSubject: x\r\n\r\ncaf"),
  Buffer.from([0xe9, 0x00, 0x0a, 0xff, 0xfe]),
  Buffer.from("日本\r\nend")
])

const partsOf = (body: Buffer, contentType: string): ReadonlyArray<Buffer> => {
  const [, boundary = ""] = /boundary=([^;]+)/u.exec(contentType) ?? []
  const text = body.toString("latin1")
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => Buffer.from(part.slice(part.indexOf("\r\n\r\n") + 4, -2), "latin1"))
}

const methods: ReadonlyArray<UploadMethod> = ["import", "insert"]

describe("what the client library would do by itself", () => {
  it.live("trap 1: uploads go to the configured server, and nothing goes anywhere else", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(({ origin, url }) =>
        url.searchParams.get("uploadType") === "resumable"
          ? { headers: { Location: `${origin}/upload/gmail/v1/session?upload_id=1` } }
          : { body: stored }
      )
      const seen = yield* watchedConnections
      const wire = yield* wireTo(server.url)
      for (const method of methods) {
        yield* uploadAtOnce(wire, method, { bytes: octets, labelIds: ["INBOX"] })
        yield* uploadInSession(wire, method, { bytes: octets, labelIds: [] }, () => Effect.void)
      }
      assert.deepStrictEqual(
        server.requests.map(({ method, url }) => `${method} ${url.pathname}`),
        [
          "POST /upload/gmail/v1/users/me/messages/import",
          "POST /upload/gmail/v1/users/me/messages/import",
          "PUT /upload/gmail/v1/session",
          "POST /upload/gmail/v1/users/me/messages",
          "POST /upload/gmail/v1/users/me/messages",
          "PUT /upload/gmail/v1/session"
        ]
      )
      assert.deepStrictEqual([...seen], [server.url.replace("http://", "")])
    })
  )

  it.live("traps 2 and 3: the octets arrive as they are, 8-bit ones too, beside the labels as JSON", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: stored }))
      const wire = yield* wireTo(server.url)
      const answer = yield* uploadAtOnce(wire, "import", { bytes: octets, labelIds: ["INBOX", "Label_1"] })
      assert.deepStrictEqual(answer, { id: "m1", labelIds: ["INBOX"] })
      const [request] = server.requests
      const [metadata, message] = partsOf(
        request?.body ?? Buffer.alloc(0),
        String(request?.headers["content-type"])
      )
      assert.deepStrictEqual(JSON.parse(String(metadata)), { labelIds: ["INBOX", "Label_1"] })
      assert.isTrue(message?.equals(octets))
    })
  )

  it.live("trap 4: a body that breaks ends the call instead of leaving it waiting", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: stored }))
      const wire = yield* wireTo(server.url)
      const broken = () => {
        let slices = 0
        return new Readable({
          read() {
            if (slices++ < 3) this.push(Buffer.alloc(1000))
            else this.destroy(new Error("the source went away"))
          }
        })
      }
      const failure = yield* Effect.flip(
        wire.upload("append", broken, ({ client, options }, body) =>
          client.users.messages.import({ userId: "me", requestBody: {}, media: { body } }, options)
        )
      )
      assert.strictEqual((failure as GmailFailure).text, "the source went away")
      assert.strictEqual(server.requests.length, 0, "half a message is none")
    })
  )

  it.live("trap 5: a refusal while the body still goes out is told, and the body is destroyed", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(
        () => "hang",
        () => ({ status: 400, body: { error: { code: 400, message: "Invalid From header" } } })
      )
      const wire = yield* wireTo(server.url)
      const bodies: Array<Readable> = []
      const failure = yield* Effect.flip(
        wire.upload(
          "append",
          () => {
            const body = octetSlices(Buffer.alloc(8 << 20))
            bodies.push(body)
            return body
          },
          ({ client, options }, body) =>
            client.users.messages.import({ userId: "me", requestBody: {}, media: { body } }, options)
        )
      )
      assert.deepInclude(failure, { status: 400, text: "Invalid From header" })
      assert.deepStrictEqual(
        bodies.map(({ destroyed }) => destroyed),
        [true]
      )
    })
  )

  it.live("an interrupted upload ends its request and destroys its body", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => "hang")
      const wire = yield* wireTo(server.url)
      const bodies: Array<Readable> = []
      const sending = yield* Effect.forkChild(
        wire.upload(
          "append",
          () => {
            const body = octetSlices(octets)
            bodies.push(body)
            return body
          },
          ({ client, options }, body) =>
            client.users.messages.import({ userId: "me", requestBody: {}, media: { body } }, options)
        )
      )
      while (server.requests.length === 0) yield* Effect.sleep(1)
      yield* Fiber.interrupt(sending)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(sending)))
      assert.isTrue(bodies[0]?.destroyed)
      while (server.aborted() === 0) yield* Effect.sleep(1)
      assert.strictEqual(server.aborted(), 1)
    })
  )

  it.live("nothing is tried again: neither a 503, nor a timeout, nor a lost connection", () =>
    Effect.gen(function* () {
      const answers = [{ status: 503, body: "<p>Service Unavailable</p>" }, "drop", "hang"] as const
      const server = yield* toyServer(({ place }) => answers[place] ?? {})
      const wire = yield* wireTo(server.url, "300 millis")
      const list = wire.request("list", ({ client, options }) =>
        client.users.messages.list({ userId: "me" }, options)
      )
      assert.deepInclude(yield* Effect.flip(list), { status: 503, text: "Service Unavailable" })
      assert.deepInclude(yield* Effect.flip(list), { errno: "ECONNRESET" })
      assert.deepInclude(yield* Effect.flip(list), { errno: "TimeoutError" })
      assert.strictEqual(server.requests.length, 3)
    })
  )

  it.live("without an endpoint Google's API is asked for, whatever universe the environment names", () =>
    Effect.gen(function* () {
      vi.stubEnv("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "universe.invalid")
      for (const proxy of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) vi.stubEnv(proxy, "")
      const seen = yield* refusedLookups
      const wire = yield* wireTo("https://gmail.googleapis.com")
      const failures = [
        yield* Effect.flip(uploadAtOnce(wire, "import", { bytes: octets, labelIds: [] })),
        yield* Effect.flip(
          wire.request("list", ({ client, options }) => client.users.messages.list({ userId: "me" }, options))
        )
      ]
      assert.deepStrictEqual([...seen], ["gmail.googleapis.com"])
      assert.deepStrictEqual(
        failures.map((failure) => (failure as GmailFailure).errno),
        ["ENOTFOUND", "ENOTFOUND"]
      )
      vi.unstubAllEnvs()
    })
  )

  it.live("a redirect is not followed: it would carry mail and token elsewhere", () =>
    Effect.gen(function* () {
      const elsewhere = yield* toyServer(() => ({ body: stored }))
      const server = yield* toyServer(() => ({
        status: 307,
        headers: { Location: `${elsewhere.url}/gmail/v1/users/me/messages` }
      }))
      const wire = yield* wireTo(server.url)
      const failures = [
        yield* Effect.flip(
          wire.request("list", ({ client, options }) => client.users.messages.list({ userId: "me" }, options))
        ),
        yield* Effect.flip(uploadAtOnce(wire, "import", { bytes: octets, labelIds: [] }))
      ]
      assert.deepStrictEqual(
        failures.map((failure) => (failure as GmailFailure).status),
        [307, 307]
      )
      assert.strictEqual(elsewhere.requests.length, 0)
    })
  )
})

describe("tokens", () => {
  const listing = (rootUrl: string) =>
    Effect.flatMap(wireTo(rootUrl), (wire) =>
      wire.request("list", ({ client, options }) => client.users.messages.list({ userId: "me" }, options))
    )

  it.live("a token that expired meanwhile is renewed once, and the message goes out again, whole", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(({ headers }) =>
        headers.authorization === "Bearer token-2"
          ? { body: stored }
          : { status: 401, body: { error: { code: 401, message: "Invalid Credentials" } } }
      )
      const wire = yield* wireTo(server.url)
      yield* uploadAtOnce(wire, "import", { bytes: octets, labelIds: [] })
      const messages = server.requests.map(({ body, headers }) =>
        partsOf(body, String(headers["content-type"])).at(1)?.equals(octets)
      )
      assert.deepStrictEqual(messages, [true, true])
    })
  )

  it.live("a token that is refused again after it was renewed is not renewed for ever", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ status: 401, body: { error: { code: 401, message: "no" } } }))
      const failure = yield* Effect.flip(listing(server.url))
      assert.deepInclude(failure, { _tag: "GmailFailure", status: 401 })
      assert.strictEqual(server.requests.length, 2)
    })
  )
})
