import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import type { RehearsalGraphOptions } from "@mailferry/rehearsal/graph/GraphOptions.ts"
import { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { Effect, Logger, Option, Redacted } from "effect"

import { makeMicrosoftTokens } from "../../src/auth/MicrosoftTokens.ts"

let directory: string
let server: RehearsalGraph
let file: string

const start = async (options: RehearsalGraphOptions = {}) => {
  await server.stop()
  server = await RehearsalGraph.start(options)
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "mailferry-o365-"))
  server = await RehearsalGraph.start()
  file = join(directory, "kept.json")
})
afterEach(async () => {
  await server.stop()
  rmSync(directory, { recursive: true, force: true })
})

const account = (more: Partial<Parameters<typeof makeMicrosoftTokens>[0]> = {}) => ({
  user: server.user,
  credentials: `file:${file}` as const,
  endpoint: { graph: server.url, authority: server.url },
  ...more
})

const graphScopes = "openid profile offline_access Mail.ReadWrite MailboxSettings.ReadWrite User.Read"

const signedIn = (more: Readonly<Record<string, string>> = {}): string => {
  const refreshToken = server.refreshToken()
  writeFileSync(
    file,
    JSON.stringify({
      kind: "sign-in",
      client: server.clientId,
      tenant: "common",
      refresh_token: refreshToken,
      account: server.user,
      scope: graphScopes,
      granted: "2026-11-20T10:00:00.000Z",
      ...more
    }),
    { mode: 0o600 }
  )
  return refreshToken
}

const kept = () => JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>

const me = (token: Redacted.Redacted) =>
  Effect.promise(() =>
    fetch(`${server.url}/v1.0/me/mailFolders/inbox`, {
      headers: { authorization: `Bearer ${Redacted.value(token)}` }
    }).then(({ status }) => status)
  )

const asked = () => server.requests.filter(({ path }) => path.endsWith("/token"))

const refusal = <A>(effect: Effect.Effect<A, unknown>) =>
  Effect.map(Effect.flip(effect), (error) => {
    assert(error !== null && typeof error === "object" && "reason" in error)
    return error.reason as { readonly _tag: string; readonly detail: string; readonly advice?: string }
  })

describe("tokens of a sign-in", () => {
  it.live("are issued for the refresh token, once for many calls", () =>
    Effect.gen(function* () {
      signedIn()
      const { graph, imap, mailboxPath } = yield* makeMicrosoftTokens(account())
      const tokens = yield* Effect.all([graph.accessToken, graph.accessToken, graph.accessToken], {
        concurrency: "unbounded"
      })
      assert.strictEqual(new Set(tokens.map(Redacted.value)).size, 1)
      assert.strictEqual(yield* me(tokens[0]), 200)
      assert.strictEqual(asked().length, 1)
      assert.strictEqual(mailboxPath, "/me")
      assert.deepEqual(imap, Option.none())
    })
  )

  it.live("are asked for at the configured authority and nowhere else", () =>
    Effect.gen(function* () {
      signedIn()
      const { graph } = yield* makeMicrosoftTokens(account())
      yield* graph.accessToken
      assert.deepEqual(
        server.requests.map(({ method, path }) => `${method} ${path}`),
        ["POST /common/oauth2/v2.0/token"]
      )
    })
  )

  it.live("are renewed at 401, and calls that ask meanwhile share the new one", () =>
    Effect.gen(function* () {
      signedIn()
      const { graph } = yield* makeMicrosoftTokens(account())
      const first = yield* graph.accessToken
      server.expireTokens()
      assert.strictEqual(yield* me(first), 401)
      const [second, third] = yield* Effect.all([graph.refreshed, graph.refreshed], { concurrency: 2 })
      assert.strictEqual(Redacted.value(second), Redacted.value(third))
      assert.strictEqual(yield* me(second), 200)
      assert.strictEqual(asked().length, 2)
    })
  )

  it.live("bring a new refresh token, which is kept in the place of the old one for its owner alone", () =>
    Effect.gen(function* () {
      const before = signedIn()
      const { graph } = yield* makeMicrosoftTokens(account())
      yield* graph.accessToken
      assert.notStrictEqual(kept()["refresh_token"], before)
      assert.deepInclude(kept(), { account: server.user, scope: graphScopes, kind: "sign-in" })
      if (process.platform !== "win32") assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      const next = yield* makeMicrosoftTokens(account())
      assert.strictEqual(yield* me(yield* next.graph.accessToken), 200)
    })
  )

  it.live("do not write over a newer sign-in, nor where somebody signed out meanwhile", () =>
    Effect.gen(function* () {
      signedIn()
      const { graph } = yield* makeMicrosoftTokens(account())
      const newer = signedIn()
      yield* graph.accessToken
      assert.strictEqual(kept()["refresh_token"], newer)
      rmSync(file)
      yield* graph.refreshed
      assert.throws(() => statSync(file))
    })
  )

  it.live("go on with what a new sign-in left, once the old one is refused", () =>
    Effect.gen(function* () {
      signedIn()
      const { graph } = yield* makeMicrosoftTokens(account())
      yield* graph.accessToken
      server.revoke()
      signedIn()
      assert.strictEqual(yield* me(yield* graph.refreshed), 200)
    })
  )

  it.live("go on when the new refresh token cannot be kept, and say so", () =>
    Effect.gen(function* () {
      signedIn()
      const { graph } = yield* makeMicrosoftTokens(account())
      // A directory in the place of the file that would be renamed over it.
      const told: Array<string> = []
      const logger = Logger.make(({ message }) => void told.push(String(message)))
      const text = readFileSync(file, "utf8")
      const write = yield* Effect.acquireRelease(
        Effect.sync(() => writeFileSync(`${file}.${process.pid}.new`, "in the way")),
        () => Effect.sync(() => rmSync(`${file}.${process.pid}.new`, { force: true }))
      ).pipe(Effect.andThen(graph.accessToken), Effect.scoped, Effect.provide(Logger.layer([logger])))
      assert.strictEqual(yield* me(write), 200)
      assert.strictEqual(readFileSync(file, "utf8"), text)
      assert.match(told.join("\n"), /renewed the sign-in of you@example\.com, and it could not be kept/u)
      assert.notInclude(told.join("\n"), kept()["refresh_token"] ?? "-")
    })
  )

  it.live("of IMAP are of another audience, and there only when it was granted", () =>
    Effect.gen(function* () {
      signedIn({ scope: `${graphScopes} IMAP.AccessAsUser.All`, refresh_token: server.refreshToken() })
      server.refreshToken({ scope: "https://outlook.office.com/IMAP.AccessAsUser.All offline_access" })
      const { imap } = yield* makeMicrosoftTokens(account())
      assert(Option.isSome(imap))
      const token = yield* imap.value.accessToken
      const claims = JSON.parse(
        Buffer.from(Redacted.value(token).split(".")[1] ?? "", "base64url").toString()
      ) as Readonly<Record<string, string>>
      assert.strictEqual(claims["aud"], "https://outlook.office.com")
      assert.strictEqual(yield* me(token), 401)
    })
  )

  it.live("of a personal account are issued too", () =>
    Effect.gen(function* () {
      yield* Effect.promise(() => start({ personal: true, user: "you@outlook.com" }))
      signedIn({ tenant: "consumers" })
      const { graph } = yield* makeMicrosoftTokens(account())
      assert.strictEqual(yield* me(yield* graph.accessToken), 200)
    })
  )

  it.live("that was taken away are refused in words, with the number and the way back", () =>
    Effect.gen(function* () {
      signedIn()
      server.revoke()
      const { graph } = yield* makeMicrosoftTokens(account())
      const reason = yield* refusal(graph.accessToken)
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.match(
        reason.detail,
        /^the access was ended: a new password, or somebody took it away \(AADSTS50173, correlation id [\da-f-]{36}\)$/u
      )
      assert.strictEqual(reason.advice, "Sign in again: mailferry auth login o365 --user you@example.com")
      assert.notInclude(JSON.stringify(reason), kept()["refresh_token"] ?? "-")
    })
  )

  it.live("without consent come with the page on which an administrator agrees", () =>
    Effect.gen(function* () {
      signedIn()
      server.refuseTokens(65001)
      const { graph } = yield* makeMicrosoftTokens(account())
      const { advice = "" } = yield* refusal(graph.accessToken)
      const url = new URL(/http\S+adminconsent\S+/u.exec(advice)?.[0] ?? "")
      assert.strictEqual(`${url.origin}${url.pathname}`, `${server.url}/organizations/v2.0/adminconsent`)
      assert.strictEqual(url.searchParams.get("client_id"), server.clientId)
      assert.include(url.searchParams.get("scope") ?? "", "https://graph.microsoft.com/Mail.ReadWrite")
    })
  )

  it.live("need credentials, and something that is none is not repeated", () =>
    Effect.gen(function* () {
      const none = yield* refusal(makeMicrosoftTokens(account()))
      assert.strictEqual(none.detail, `there are no credentials of you@example.com in ${file}`)
      assert.include(none.advice ?? "", "mailferry auth login o365 --user you@example.com --client ID")
      writeFileSync(file, `{"kind":"sign-in","refresh_token":"hush"}`)
      const other = yield* refusal(makeMicrosoftTokens(account()))
      assert.include(other.detail, "neither a sign-in nor an application with a certificate")
      assert.notInclude(JSON.stringify(other), "hush")
    })
  )
})

describe("a bearer token", () => {
  it.live("is used as it is and cannot be renewed", () =>
    Effect.gen(function* () {
      const token = Redacted.make(server.token)
      const { graph, imap } = yield* makeMicrosoftTokens(account({ token }))
      assert.strictEqual(Redacted.value(yield* graph.accessToken), server.token)
      assert.strictEqual(
        (yield* refusal(graph.refreshed)).detail,
        "the token is refused and cannot be renewed"
      )
      assert.deepEqual(imap, Option.none())
      assert.strictEqual(server.requests.length, 0)
      const byImap = yield* makeMicrosoftTokens(account({ token, transport: "imap" }))
      assert.strictEqual(Option.isSome(byImap.imap), true)
    })
  )
})

describe("an application with a certificate", () => {
  const application = Effect.fnUntraced(function* (more: Readonly<Record<string, unknown>> = {}) {
    const app = yield* Effect.promise(() => server.application())
    writeFileSync(join(directory, "app.pem"), `${app.privateKey}\n${app.certificate}`, { mode: 0o600 })
    writeFileSync(
      file,
      JSON.stringify({ tenant: app.tenantId, client: app.clientId, certificate: "app.pem", ...more })
    )
    return app
  })

  it.live("names the mailbox, and signs anew at each renewal", () =>
    Effect.gen(function* () {
      yield* application()
      const { graph, mailboxPath } = yield* makeMicrosoftTokens(account())
      assert.strictEqual(mailboxPath, "/users/you%40example.com")
      const token = yield* graph.accessToken
      const inbox = yield* Effect.promise(() =>
        fetch(`${server.url}/v1.0${mailboxPath}/mailFolders/inbox`, {
          headers: { authorization: `Bearer ${Redacted.value(token)}` }
        })
      )
      assert.strictEqual(inbox.status, 200)
      assert.notStrictEqual(Redacted.value(yield* graph.refreshed), Redacted.value(token))
      assert.strictEqual(asked().length, 2)
    })
  )

  it.live("may name it by its thumbprint of either kind", () =>
    Effect.gen(function* () {
      const { thumbprint, thumbprintSha256 } = yield* Effect.promise(() => server.application())
      for (const print of [thumbprint.toLowerCase(), thumbprintSha256.replace(/(..)(?=.)/gu, "$1:")]) {
        yield* application({ thumbprint: print })
        const { graph } = yield* makeMicrosoftTokens(account())
        assert.match(Redacted.value(yield* graph.accessToken), /^ey/u)
      }
    })
  )

  it.live("that is not registered with it is refused in words", () =>
    Effect.gen(function* () {
      yield* application({ thumbprint: "0".repeat(64) })
      const { graph } = yield* makeMicrosoftTokens(account())
      const { advice, detail } = yield* refusal(graph.accessToken)
      assert.match(
        detail,
        /^the certificate is not the one that is registered, or has expired \(AADSTS700027/u
      )
      assert.include(advice ?? "", "Upload the certificate")
    })
  )
})
