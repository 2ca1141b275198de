import { assert, describe, it } from "@effect/vitest"
import { toyServer } from "@mailferry/testkit/ToyServer.ts"
import { Effect, Redacted } from "effect"

import { AuthorityWire } from "../../src/auth/AuthorityWire.ts"
import { refresh } from "../../src/auth/TokenRequest.ts"

const client = { client: "2f0e7a1c-5f5b-4a57-8d6e-0b6a4e1c9d33", tenant: "common" }
const token = Redacted.make("the-refresh-token")

const asked = (authority: string) =>
  refresh({ graph: "https://graph.invalid", authority }, client, token, ["Mail.ReadWrite"])

describe("the way to the sign-in", () => {
  it.live("leads one request to the token endpoint, with the token in its body and nowhere else", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({
        body: { token_type: "Bearer", access_token: "access", expires_in: 60, scope: "Mail.ReadWrite" }
      }))
      const issued = yield* asked(server.url)
      assert.strictEqual(Redacted.value(issued.accessToken), "access")
      assert.strictEqual(issued.lifeMillis, 60_000)
      assert.strictEqual(server.requests.length, 1)
      const [request] = server.requests
      assert.strictEqual(request?.url.pathname, "/common/oauth2/v2.0/token")
      assert.strictEqual(
        new URLSearchParams(request?.body.toString()).get("refresh_token"),
        "the-refresh-token"
      )
      assert.notInclude(JSON.stringify(request?.headers) + request?.url.href, "the-refresh-token")
    })
  )

  it.live("has a path of its own before the directory where the authority has one", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({
        body: { token_type: "Bearer", access_token: "a", expires_in: 1 }
      }))
      yield* asked(`${server.url}/behind/a/proxy`)
      assert.strictEqual(server.requests[0]?.url.pathname, "/behind/a/proxy/common/oauth2/v2.0/token")
    })
  )

  it.live("follows no redirect, which would carry the token elsewhere", () =>
    Effect.gen(function* () {
      const elsewhere = yield* toyServer(() => ({}))
      const server = yield* toyServer(() => ({
        status: 307,
        headers: { location: `${elsewhere.url}/common/oauth2/v2.0/token` }
      }))
      const fault = yield* Effect.flip(asked(server.url))
      assert.strictEqual(fault.status, 307)
      assert.strictEqual(elsewhere.requests.length, 0)
    })
  )

  it.live("asks once, whatever is answered", () =>
    Effect.gen(function* () {
      for (const status of [429, 500, 503]) {
        const server = yield* toyServer(() => ({ status, headers: { "retry-after": "7" } }))
        const fault = yield* Effect.flip(asked(server.url))
        assert.strictEqual(fault.status, status)
        assert.strictEqual(fault.retryAfter, 7)
        assert.strictEqual(server.requests.length, 1)
      }
      const server = yield* toyServer(() => "drop")
      const fault = yield* Effect.flip(asked(server.url))
      assert.deepInclude(fault, { status: undefined, code: "ECONNRESET" })
      assert.strictEqual(server.requests.length, 1)
    })
  )

  it.live("takes a page, and JSON without a token, for what they are", () =>
    Effect.gen(function* () {
      for (const body of ["<html>Sign in to this network</html>", {}, []]) {
        const server = yield* toyServer(() => ({ body }))
        assert.strictEqual((yield* Effect.flip(asked(server.url))).status, 200)
      }
    })
  )

  it.live("is closed to every other server", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({}))
      const wire = new AuthorityWire(server.url)
      const other = yield* Effect.flip(
        Effect.tryPromise(() =>
          wire.sendGetRequestAsync("https://login.windows.net/common/discovery/instance")
        )
      )
      assert.include(String(other.cause), "asked and nobody else")
      assert.strictEqual(server.requests.length, 0)
    })
  )

  it.live("tells a refusal without the request in it", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({
        status: 400,
        body: { error: "invalid_grant", error_description: "AADSTS70008: Expired.", error_codes: [70_008] }
      }))
      const fault = yield* Effect.flip(asked(server.url))
      assert.deepInclude(fault, { error: "invalid_grant", numbers: [70_008] })
      assert.notInclude(JSON.stringify(fault), "the-refresh-token")
    })
  )
})
