import { createServer } from "node:http"

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { imapAccount, connect, signedIn } from "./imapJob.ts"

describe("signing in to Gmail by IMAP", () => {
  it.live("takes an app password as Google shows it, in groups of four", () =>
    Effect.gen(function* () {
      const { job, server } = yield* imapAccount(undefined, { password: "abcdefghijklmnop" })
      const { token: _, ...rest } = job
      yield* connect({ ...rest, password: "abcd efgh ijkl mnop" })
      assert.strictEqual(server.stats.logins, 1)
    })
  )

  it.live("leaves a password as it is that is none of Google's", () =>
    Effect.gen(function* () {
      const { job, server } = yield* imapAccount(undefined, { password: "correct horse battery staple" })
      const { token: _, ...rest } = job
      yield* connect({ ...rest, password: "correct horse battery staple" })
      assert.strictEqual(server.stats.logins, 1)
    })
  )

  it.live("asks for a new token once when one is refused, and logs in with it", () =>
    Effect.gen(function* () {
      const { job, server } = yield* imapAccount(undefined, { token: "second" })
      const tokens = yield* tokenServer(["first", "second"])
      yield* connect(yield* signedIn(job, tokens.url))
      assert.strictEqual(tokens.asked(), 2)
      assert.deepInclude(server.stats, { logins: 1, refusedLogins: 1 })
    })
  )

  it.live("gives up when the new token is refused as well", () =>
    Effect.gen(function* () {
      const { job } = yield* imapAccount(undefined, { token: "never" })
      const tokens = yield* tokenServer(["first", "second", "third"])
      const { operation, reason } = yield* Effect.flip(connect(yield* signedIn(job, tokens.url)))
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.strictEqual(operation, "connect")
      assert.strictEqual(tokens.asked(), 2)
    })
  )

  it.live("does not ask for another token in place of one that the job names", () =>
    Effect.gen(function* () {
      const { job, server } = yield* imapAccount()
      const { reason } = yield* Effect.flip(connect({ ...job, token: "wrong" }))
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.strictEqual(server.stats.refusedLogins, 1)
    })
  )
})

/** Google's token endpoint, with these tokens to give. */
const tokenServer = (tokens: ReadonlyArray<string>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        let asked = 0
        const server = createServer((request, response) => {
          request.resume()
          const token = tokens[asked++] ?? "none"
          response.setHeader("content-type", "application/json")
          response.end(JSON.stringify({ access_token: token, expires_in: 3599, token_type: "Bearer" }))
        })
        await new Promise<void>((resolve) => {
          server.listen(0, "127.0.0.1", resolve)
        })
        return { server, asked: () => asked }
      }),
      ({ server }) => Effect.sync(() => server.close())
    ),
    ({ asked, server }) => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      return { url: `http://127.0.0.1:${port}/token`, asked }
    }
  )
