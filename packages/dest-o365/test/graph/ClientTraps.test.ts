import { assert, describe, it } from "@effect/vitest"
import { toyServer } from "@mailferry/testkit/ToyServer.ts"
import { refusedLookups, watchedConnections } from "@mailferry/testkit/WatchedConnections.ts"
import { Effect, Exit, Fiber } from "effect"
import { vi } from "vitest"

import { failureOf, wireTo } from "../support/wired.ts"

const list = { method: "GET", path: "/me/messages?$top=100&$select=id" } as const

const part = (url: string) => ({ url, octets: Buffer.from("octets"), start: 0, size: 6 })

describe("what Microsoft's client would do by itself", () => {
  it.live(
    "requests go to the configured server and to that of a session, and nothing goes anywhere else",
    () =>
      Effect.gen(function* () {
        const server = yield* toyServer(() => ({ body: { value: [] } }))
        const uploads = yield* toyServer(() => ({ body: { nextExpectedRanges: ["6"] } }))
        const seen = yield* watchedConnections
        const wire = yield* wireTo(server.url)
        for (const method of ["GET", "POST", "PATCH", "DELETE"] as const) {
          yield* wire.call("list", { method, path: "/me/messages" })
        }
        yield* wire.octets("fetch", { method: "GET", path: "/me/messages/m1/$value" })
        yield* wire.put("append", part(`${uploads.url}/session`))
        yield* wire.session("append", `${uploads.url}/session`)
        assert.deepStrictEqual(
          server.requests.map(({ method, url }) => `${method} ${url.pathname}`),
          [
            "GET /v1.0/me/messages",
            "POST /v1.0/me/messages",
            "PATCH /v1.0/me/messages",
            "DELETE /v1.0/me/messages",
            "GET /v1.0/me/messages/m1/$value"
          ]
        )
        assert.deepStrictEqual(
          uploads.requests.map(({ method }) => method),
          ["PUT", "GET"]
        )
        assert.deepStrictEqual(
          [...seen].toSorted(),
          [server.url, uploads.url].map((url) => url.replace("http://", "")).toSorted()
        )
      })
  )

  it.live("a path that holds another address, as the client takes for its host, is not gone to", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: {} }))
      const lookups = yield* refusedLookups
      const wire = yield* wireTo(server.url)
      const tried = [
        "https://elsewhere.invalid/v1.0/me",
        "/me/../https://elsewhere.invalid/v1.0/me",
        "/../../beta/me"
      ]
      const failures = yield* Effect.forEach(tried, (path) =>
        failureOf(wire.call("list", { method: "GET", path }))
      )
      assert.deepStrictEqual(
        failures.map(({ code, sent }) => [code, sent]),
        tried.map(() => ["ERR_ELSEWHERE", "no"])
      )
      assert.strictEqual(server.requests.length, 0)
      assert.deepStrictEqual([...lookups], [])
    })
  )

  it.live("a query comes out as it went in, whatever is in it", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: {} }))
      const wire = yield* wireTo(server.url)
      const id = "String {c0ffee00-0000-4000-8000-000000000000} Name MigrationKey"
      const queries = [
        { $filter: "internetMessageId eq '<a&b=c?d#e+f%20@https://x.invalid/y>'", $select: "id", $top: "1" },
        {
          $filter: `singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq 'O''Neil')`,
          $expand: `singleValueExtendedProperties($filter=id eq '${id}')`
        },
        { includeHiddenFolders: "true", $skiptoken: "a==&b" }
      ]
      for (const query of queries) {
        const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
        yield* wire.call("find", { method: "GET", path: `/me/messages?${text.join("&")}` })
      }
      assert.deepStrictEqual(
        server.requests.map(({ url }) => Object.fromEntries(url.searchParams)),
        queries
      )
    })
  )

  it.live("the token is sent to a server on this machine too, and never to that of a session", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: {} }))
      const wire = yield* wireTo(server.url)
      yield* wire.call("list", list)
      yield* wire.put("append", part(`${server.url}/session`))
      yield* wire.session("append", `${server.url}/session`)
      assert.deepStrictEqual(
        server.requests.map(({ headers }) => headers.authorization),
        ["Bearer token-1", undefined, undefined]
      )
    })
  )

  it.live("a session's address is gone to by https only, but on this machine", () =>
    Effect.gen(function* () {
      const lookups = yield* refusedLookups
      const wire = yield* wireTo("https://graph.microsoft.com")
      const failure = yield* failureOf(
        wire.put("append", part("http://outlook.office.com/api?authtoken=secret"))
      )
      assert.deepInclude(failure, { code: "ERR_ELSEWHERE", sent: "no" })
      assert.notInclude(JSON.stringify(failure), "secret")
      assert.deepStrictEqual([...lookups], [])
    })
  )

  it.live("octets that are a view of more go out as they are, and no others", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: {} }))
      const wire = yield* wireTo(server.url)
      const all = Buffer.alloc(700_000, "x")
      all.set([0, 0xff, 0x0a, 0xe9], 300_000)
      const octets = all.subarray(300_000, 300_010)
      yield* wire.call("append", {
        method: "POST",
        path: "/me/messages",
        body: { octets, contentType: "text/plain" }
      })
      yield* wire.put("append", { url: `${server.url}/session`, octets, start: 20, size: 99 })
      assert.deepStrictEqual(
        server.requests.map(({ body }) => body),
        [Buffer.from(octets), Buffer.from(octets)]
      )
      const [first, second] = server.requests.map(({ headers }) => headers)
      assert.deepInclude(first, { "content-length": "10", "content-type": "text/plain" })
      assert.deepInclude(second, {
        "content-length": "10",
        "content-type": "application/octet-stream",
        "content-range": "bytes 20-29/99"
      })
    })
  )

  it.live("nothing is tried again: neither 429, 503 and 504, nor a timeout, nor a lost connection", () =>
    Effect.gen(function* () {
      const answers = [{ status: 429 }, { status: 503 }, { status: 504 }, "drop", "hang"] as const
      const server = yield* toyServer(({ place }) => answers[place] ?? {})
      const wire = yield* wireTo(server.url, undefined, "300 millis")
      const failures = yield* Effect.forEach(answers, () => failureOf(wire.call("list", list)))
      assert.deepStrictEqual(
        failures.map(({ code, sent, status }) => [status, code, sent]),
        [
          [429, "", "no"],
          [503, "", "unknown"],
          [504, "", "unknown"],
          [0, "ECONNRESET", "unknown"],
          [0, "TimeoutError", "unknown"]
        ]
      )
      assert.strictEqual(server.requests.length, answers.length)
    })
  )

  it.live("Retry-After is kept whole, also of a refusal without a body", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ status: 429, headers: { "Retry-After": "601" }, body: "" }))
      const wire = yield* wireTo(server.url)
      assert.deepInclude(yield* failureOf(wire.call("list", list)), { status: 429, retryAfter: "601" })
    })
  )

  it.live("a redirect is not followed: it would carry mail and token elsewhere", () =>
    Effect.gen(function* () {
      const elsewhere = yield* toyServer(() => ({ body: {} }))
      const server = yield* toyServer(() => ({
        status: 307,
        headers: { Location: `${elsewhere.url}/v1.0/me` }
      }))
      const wire = yield* wireTo(server.url)
      const failures = [
        yield* failureOf(wire.call("list", list)),
        yield* failureOf(wire.put("append", part(`${server.url}/session`)))
      ]
      assert.deepStrictEqual(
        failures.map(({ status }) => status),
        [307, 307]
      )
      assert.strictEqual(elsewhere.requests.length, 0)
    })
  )

  it.live("every call asks for ids that do not change and has a name of its own", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: {} }))
      const wire = yield* wireTo(server.url)
      yield* wire.call("list", list)
      yield* wire.call("fetch", { ...list, prefer: ["outlook.allow-unsafe-html"] })
      assert.deepStrictEqual(
        server.requests.map(({ headers }) => headers.prefer),
        ['IdType="ImmutableId"', 'IdType="ImmutableId", outlook.allow-unsafe-html']
      )
      const names = server.requests.map(({ headers }) => headers["client-request-id"])
      assert.strictEqual(new Set(names).size, 2)
    })
  )

  it.live("without an endpoint Graph is asked for, and no proxy unless the environment names one", () =>
    Effect.gen(function* () {
      for (const proxy of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) vi.stubEnv(proxy, "")
      const seen = yield* refusedLookups
      const wire = yield* wireTo("https://graph.microsoft.com")
      assert.deepInclude(yield* failureOf(wire.call("list", list)), { code: "ENOTFOUND", sent: "no" })
      assert.deepStrictEqual([...seen], ["graph.microsoft.com"])
      vi.unstubAllEnvs()
    })
  )

  it.live("a network's page in the place of an answer is none", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({
        body: "<html><head><title>Sign in</title></head><p>Welcome to the hotel</p></html>"
      }))
      const wire = yield* wireTo(server.url)
      const failures = [
        yield* failureOf(wire.call("list", list)),
        yield* failureOf(wire.octets("fetch", { method: "GET", path: "/me/messages/m1/$value" }))
      ]
      assert.deepStrictEqual(
        failures.map(({ isPage, status, text }) => [status, isPage, text]),
        [
          [200, true, "Welcome to the hotel"],
          [200, true, "Welcome to the hotel"]
        ]
      )
    })
  )

  it.live("another success than the one expected is a failure", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: {} }))
      const wire = yield* wireTo(server.url)
      const call = wire.call("append", { method: "POST", path: "/me/messages", json: {}, expects: 201 })
      assert.deepInclude(yield* failureOf(call), { status: 200, sent: "unknown" })
    })
  )

  it.live("an interrupted call ends its request", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => "hang")
      const wire = yield* wireTo(server.url)
      const calling = yield* Effect.forkChild(
        wire.call("append", { method: "POST", path: "/me/messages", json: {} })
      )
      while (server.requests.length === 0) yield* Effect.sleep(1)
      yield* Fiber.interrupt(calling)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(calling)))
      while (server.aborted() === 0) yield* Effect.sleep(1)
      assert.strictEqual(server.aborted(), 1)
    })
  )

  it.live("a refusal while the body still goes out is told", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(
        () => "hang",
        () => ({
          status: 413,
          body: { error: { code: "BadRequest", message: "The maximum request length supported is 4MB." } }
        })
      )
      const wire = yield* wireTo(server.url)
      const body = { octets: Buffer.alloc(8 << 20), contentType: "application/json" }
      const failure = yield* failureOf(wire.call("append", { method: "POST", path: "/me/messages", body }))
      assert.deepInclude(failure, { status: 413, text: "The maximum request length supported is 4MB." })
    })
  )
})

describe("tokens", () => {
  const refuseFirst = toyServer(({ headers }) =>
    headers.authorization === "Bearer token-2"
      ? { body: {} }
      : {
          status: 401,
          body: { error: { code: "InvalidAuthenticationToken", message: "Lifetime validation failed" } }
        }
  )

  it.live(
    "a token that expired meanwhile is renewed once, and the body goes out again, whole and paid for",
    () =>
      Effect.gen(function* () {
        const server = yield* refuseFirst
        const wire = yield* wireTo(server.url)
        const paid: Array<number> = []
        const spend = (octets: number) => Effect.sync(() => void paid.push(octets))
        yield* wire.call("append", { method: "POST", path: "/me/messages", json: { subject: "é" }, spend })
        assert.deepStrictEqual(
          server.requests.map(({ body }) => String(body)),
          ['{"subject":"é"}', '{"subject":"é"}']
        )
        assert.deepStrictEqual(paid, [16, 16])
      })
  )

  it.live("a token that is refused again after it was renewed is not renewed for ever", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ status: 401, body: { error: { code: "x", message: "no" } } }))
      const wire = yield* wireTo(server.url)
      assert.deepInclude(yield* failureOf(wire.call("list", list)), { status: 401, text: "no" })
      assert.strictEqual(server.requests.length, 2)
    })
  )
})
