import { createVerify, generateKeyPairSync } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import type { MailError } from "@mailferry/core/MailError.ts"
import { Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { vi } from "vitest"

import { type GoogleAccount, makeGoogleTokens } from "../../src/auth/GoogleTokens.ts"
import { TokenServer } from "./support/TokenServer.ts"

const user = "you@gmail.com"
let directory: string
let server: TokenServer

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "mailferry-gmail-"))
  server = await TokenServer.start((_, asked) => ({
    body: { access_token: `access-${asked}`, expires_in: 3600 }
  }))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server.stop()
  rmSync(directory, { recursive: true, force: true })
})

const accountWith = (credentials: unknown): GoogleAccount => {
  const file = join(directory, "credentials.json")
  writeFileSync(file, typeof credentials === "string" ? credentials : JSON.stringify(credentials), {
    mode: 0o600
  })
  return { user, credentials: `file:${file}`, endpoint: { token: server.url } }
}

const signedIn = {
  type: "authorized_user",
  client_id: "id.apps.googleusercontent.com",
  client_secret: "client-secret-1",
  refresh_token: "refresh-token-1"
}

const reasonOf = <A>(effect: Effect.Effect<A, MailError>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

describe("access tokens", () => {
  it.effect("a bearer token is used as it is, asks nobody, and cannot be renewed", () =>
    Effect.gen(function* () {
      const token = Redacted.make("bearer-token")
      const tokens = yield* makeGoogleTokens({ user, token, endpoint: { token: server.url } })
      assert.strictEqual(Redacted.value(yield* tokens.accessToken), "bearer-token")
      assert.strictEqual((yield* reasonOf(tokens.refreshed))._tag, "AuthFailed")
      assert.deepEqual(server.asked, [])
    })
  )

  it.effect(
    "a sign-in's token is asked for once, with client and refresh token, at the endpoint of the job",
    () =>
      Effect.gen(function* () {
        const tokens = yield* makeGoogleTokens(accountWith(signedIn))
        const first = yield* tokens.accessToken
        assert.strictEqual(yield* tokens.accessToken, first)
        assert.strictEqual(Redacted.value(first), "access-1")
        assert.deepEqual(server.paths, ["/token"])
        assert.deepEqual(Object.fromEntries(server.asked[0] ?? []), {
          grant_type: "refresh_token",
          client_id: signedIn.client_id,
          client_secret: signedIn.client_secret,
          refresh_token: signedIn.refresh_token
        })
      })
  )

  it.effect("a token with less than five minutes left is renewed before it is used", () =>
    Effect.gen(function* () {
      const tokens = yield* makeGoogleTokens(accountWith(signedIn))
      yield* tokens.accessToken
      yield* TestClock.adjust("54 minutes")
      assert.strictEqual(Redacted.value(yield* tokens.accessToken), "access-1")
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(Redacted.value(yield* tokens.accessToken), "access-2")
    })
  )

  it.live("calls that were all answered 401 share one renewal", () =>
    Effect.gen(function* () {
      const tokens = yield* makeGoogleTokens(accountWith(signedIn))
      yield* tokens.accessToken
      const renewed = yield* Effect.all(
        Array.from({ length: 8 }, () => tokens.refreshed),
        { concurrency: "unbounded" }
      )
      assert.deepEqual(new Set(renewed.map(Redacted.value)), new Set(["access-2"]))
      assert.strictEqual(server.asked.length, 2)
    })
  )

  it.live("a renewal that fails fails for all who waited for it, and the next one asks again", () =>
    Effect.gen(function* () {
      server.answer = (_, asked) =>
        asked === 1 ? { status: 503, body: "<html>" } : { body: { access_token: "later", expires_in: 3600 } }
      const tokens = yield* makeGoogleTokens(accountWith(signedIn))
      const reasons = yield* Effect.all(
        Array.from({ length: 4 }, () => reasonOf(tokens.accessToken)),
        { concurrency: "unbounded" }
      )
      assert.deepEqual(
        reasons.map(({ _tag }) => _tag),
        Array.from({ length: 4 }, () => "Transient")
      )
      assert.strictEqual(server.asked.length, 1)
      assert.strictEqual(Redacted.value(yield* tokens.accessToken), "later")
    })
  )

  it.effect(
    "a service account signs for the user with the endpoint as its audience, whatever token_uri says",
    () =>
      Effect.gen(function* () {
        const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
        const tokens = yield* makeGoogleTokens(
          accountWith({
            type: "service_account",
            client_id: "1234567890",
            client_email: "mover@project.iam.gserviceaccount.com",
            private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
            private_key_id: "key-1",
            token_uri: "https://elsewhere.example/token"
          })
        )
        assert.strictEqual(Redacted.value(yield* tokens.accessToken), "access-1")
        const [form] = server.asked
        assert.strictEqual(form?.get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer")
        const [header = "", claims = "", signature = ""] = form?.get("assertion")?.split(".") ?? []
        assert.deepEqual(JSON.parse(Buffer.from(header, "base64url").toString()), {
          alg: "RS256",
          typ: "JWT",
          kid: "key-1"
        })
        assert.deepInclude(JSON.parse(Buffer.from(claims, "base64url").toString()), {
          iss: "mover@project.iam.gserviceaccount.com",
          sub: user,
          aud: server.url,
          scope: "https://www.googleapis.com/auth/gmail.modify https://www.googleapis.com/auth/gmail.labels"
        })
        const signed = createVerify("RSA-SHA256").update(`${header}.${claims}`)
        assert.strictEqual(signed.verify(publicKey, signature, "base64url"), true)
      })
  )

  it.effect("an expired or revoked sign-in says the likely cause and the command that mends it", () =>
    Effect.gen(function* () {
      server.answer = () => ({
        status: 400,
        body: { error: "invalid_grant", error_description: "Token has been expired or revoked." }
      })
      const tokens = yield* makeGoogleTokens(accountWith(signedIn))
      const reason = yield* reasonOf(tokens.accessToken)
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.strictEqual(reason.detail, "invalid_grant: Token has been expired or revoked.")
      assert.match(reason.advice ?? "", /Testing.*7 days.*publish/u)
      assert.include(reason.advice ?? "", "mailferry auth login gmail --user you@gmail.com")
      assert.strictEqual(server.asked.length, 1)
    })
  )

  it.effect("no error repeats a secret", () =>
    Effect.gen(function* () {
      server.answer = (form) => ({ status: 400, body: { error: "invalid_request", echo: [...form] } })
      const tokens = yield* makeGoogleTokens(accountWith(signedIn))
      const error = yield* Effect.flip(tokens.accessToken)
      const told = `${error.message} ${JSON.stringify(error)} ${String(error.stack)}`
      assert.notInclude(told, signedIn.refresh_token)
      assert.notInclude(told, signedIn.client_secret)
    })
  )

  it.effect("a redirect is not followed: it would carry the secrets to another host", () =>
    Effect.gen(function* () {
      const elsewhere = yield* Effect.promise(() => TokenServer.start(() => ({ body: {} })))
      server.answer = () => ({ status: 307, location: elsewhere.url, body: "" })
      const tokens = yield* makeGoogleTokens(accountWith(signedIn))
      assert.strictEqual((yield* reasonOf(tokens.accessToken))._tag, "Fatal")
      assert.strictEqual(server.asked.length, 1)
      assert.deepEqual(elsewhere.asked, [])
      yield* Effect.promise(() => elsewhere.stop())
    })
  )

  it.effect("a page in the token's place, as of a network that wants a sign-in, is told for what it is", () =>
    Effect.gen(function* () {
      server.answer = () => ({ body: "<html>Welcome to the hotel</html>" })
      const tokens = yield* makeGoogleTokens(accountWith(signedIn))
      const reason = yield* reasonOf(tokens.accessToken)
      assert.strictEqual(reason._tag, "Fatal")
      assert.include(reason.advice ?? "", "this network wants a sign-in")
    })
  )

  it.effect("a proxy of the environment is not asked for this computer", () =>
    Effect.gen(function* () {
      for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
        vi.stubEnv(name, "http://127.0.0.1:9")
      }
      const tokens = yield* makeGoogleTokens(accountWith(signedIn))
      assert.strictEqual(Redacted.value(yield* tokens.accessToken), "access-1")
    })
  )

  it.effect("nobody there is no refusal: the run may go on later", () =>
    Effect.gen(function* () {
      const tokens = yield* makeGoogleTokens(accountWith(signedIn))
      yield* Effect.promise(() => server.stop())
      const reason = yield* reasonOf(tokens.accessToken)
      assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
      server = yield* Effect.promise(() => TokenServer.start(() => ({ body: {} })))
    })
  )

  it.effect("no credentials are a refusal that says how to sign in", () =>
    Effect.gen(function* () {
      const nowhere = join(directory, "nowhere.json")
      const reason = yield* reasonOf(makeGoogleTokens({ user, credentials: `file:${nowhere}` }))
      assert.deepInclude(reason, {
        _tag: "AuthFailed",
        detail: `there are no credentials of you@gmail.com in ${nowhere}`
      })
      assert.include(reason.advice ?? "", "mailferry auth login gmail --user you@gmail.com --client FILE")
    })
  )

  it.effect("a file that holds something else is refused, and nothing of it is repeated", () =>
    Effect.gen(function* () {
      for (const content of [{ installed: { client_secret: "hunter2secret" } }, "hunter2secret"]) {
        const reason = yield* reasonOf(makeGoogleTokens(accountWith(content)))
        assert.strictEqual(reason._tag, "AuthFailed")
        assert.include(reason.detail, "neither authorized_user nor service_account")
        assert.notInclude(JSON.stringify(reason), "hunter2secret")
      }
    })
  )
})
