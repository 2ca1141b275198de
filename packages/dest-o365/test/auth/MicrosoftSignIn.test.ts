import { existsSync, readFileSync, statSync } from "node:fs"

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import type { RehearsalGraphOptions } from "@mailferry/rehearsal/graph/GraphOptions.ts"
import { Effect, Option } from "effect"

import { makeMicrosoftTokens } from "../../src/auth/MicrosoftTokens.ts"
import { openStage, reasonOf, signIn, type Stage } from "./support/Stage.ts"

const imapScope = "IMAP.AccessAsUser.All"

let stage: Stage

const restart = (options: RehearsalGraphOptions) =>
  Effect.promise(async () => {
    await stage.end()
    stage = await openStage(options)
  })

beforeEach(async () => {
  stage = await openStage({
    users: ["else@example.com", { address: "ann@example.com", aliases: ["a.smith@example.com"] }]
  })
})
afterEach(() => stage.end())

const tokenWorks = Effect.gen(function* () {
  const { graph } = yield* makeMicrosoftTokens(stage.account())
  yield* graph.accessToken
})

const rights = () => (stage.kept()["scope"] ?? "").split(" ")

describe("signing in through the browser", () => {
  it.live("keeps a refresh token for the account, readable for its owner alone, that a run can use", () =>
    Effect.gen(function* () {
      const { acted, ended } = yield* signIn(stage, ({ answer }) => answer())
      assert.deepEqual(ended, { account: "you@example.com", place: stage.file, notes: [] })
      assert.include(acted, "mailferry may now bring mail to you@example.com.")
      assert.hasAllKeys(stage.kept(), [
        "kind",
        "client",
        "tenant",
        "refresh_token",
        "account",
        "scope",
        "granted"
      ])
      assert.deepInclude(stage.kept(), {
        kind: "sign-in",
        client: stage.server.clientId,
        tenant: "common",
        account: "you@example.com"
      })
      assert.includeMembers(rights(), ["Mail.ReadWrite", "MailboxSettings.ReadWrite", "User.Read"])
      if (process.platform !== "win32") assert.strictEqual(statSync(stage.file).mode & 0o777, 0o600)
      yield* tokenWorks
    })
  )

  it.live("asks for no more than is needed, for that account, with a code nobody else can use", () =>
    Effect.gen(function* () {
      const { acted } = yield* signIn(stage, ({ answer, page }) => Effect.tap(page, () => answer()))
      const { origin, pathname, searchParams } = acted
      assert.strictEqual(`${origin}${pathname}`, `${stage.server.url}/common/oauth2/v2.0/authorize`)
      assert.match(searchParams.get("redirect_uri") ?? "", /^http:\/\/localhost:\d+$/u)
      assert.match(searchParams.get("code_challenge") ?? "", /^[\w-]{43}$/u)
      assert.match(searchParams.get("state") ?? "", /^[\w-]{43}$/u)
      assert.match(searchParams.get("nonce") ?? "", /^[\w-]{43}$/u)
      assert.deepInclude(Object.fromEntries(searchParams), {
        login_hint: "you@example.com",
        response_type: "code",
        response_mode: "query",
        code_challenge_method: "S256"
      })
      assert.sameMembers((searchParams.get("scope") ?? "").split(" "), [
        "Mail.ReadWrite",
        "MailboxSettings.ReadWrite",
        "User.Read",
        "openid",
        "profile",
        "offline_access"
      ])
    })
  )

  it.live("talks to the configured servers and to nobody else", () =>
    Effect.gen(function* () {
      yield* signIn(stage, ({ answer }) => answer())
      assert.deepEqual(
        stage.server.requests.map(({ method, path }) => `${method} ${path}`),
        [
          "GET /common/oauth2/v2.0/authorize",
          "POST /rehearsal/consent",
          "POST /common/oauth2/v2.0/token",
          "GET /v1.0/me",
          "GET /v1.0/me/mailFolders/inbox",
          "GET /v1.0/me/outlook/masterCategories"
        ]
      )
    })
  )

  it.live("works by the pasted address where the browser is on another computer", () =>
    Effect.gen(function* () {
      const { ended } = yield* signIn(stage, ({ paste }) => paste())
      assert.deepInclude(ended, { account: "you@example.com" })
      assert.strictEqual(existsSync(stage.file), true)
    })
  )

  it.live("needs the application's id once, and keeps the directory that was named", () =>
    Effect.gen(function* () {
      yield* signIn(stage, ({ answer }) => answer(), { tenant: "example.com" })
      const before = stage.kept()["refresh_token"]
      const { ended } = yield* signIn(stage, ({ answer }) => answer(), { client: undefined })
      assert.deepInclude(ended, { account: "you@example.com" })
      assert.notStrictEqual(stage.kept()["refresh_token"], before)
      assert.strictEqual(stage.kept()["tenant"], "example.com")
    })
  )

  it.live("of a personal account works the same", () =>
    Effect.gen(function* () {
      yield* restart({ personal: true, user: "you@outlook.com" })
      const { ended } = yield* signIn(stage, ({ answer }) => answer(), { tenant: "consumers" })
      assert.deepInclude(ended, { account: "you@outlook.com" })
      yield* tokenWorks
    })
  )

  it.live("asks for IMAP on the same page, and makes sure that it was granted", () =>
    Effect.gen(function* () {
      const { ended } = yield* signIn(stage, ({ answer }) => answer(), { imap: true })
      assert.deepInclude(ended, { account: "you@example.com" })
      assert.include(rights(), imapScope)
      const { imap } = yield* makeMicrosoftTokens(stage.account())
      assert.strictEqual(Option.isSome(imap), true)
    })
  )

  it.live("of a job that goes by IMAP asks for that by itself", () =>
    Effect.gen(function* () {
      yield* signIn(stage, ({ answer }) => answer(), {}, { transport: "imap" })
      assert.include(rights(), imapScope)
    })
  )

  it.live("shows no secret, and names those that pass by to whoever writes to the screen", () =>
    Effect.gen(function* () {
      const { ended, person } = yield* signIn(stage, ({ answer }) => answer())
      const secret = stage.kept()["refresh_token"] ?? "-"
      assert.notInclude(person.read.join("\n"), secret)
      assert.notInclude(JSON.stringify(ended), secret)
      assert.include(person.hidden, secret)
      // code, access token, refresh token
      assert.isAtLeast(new Set(person.hidden).size, 3)
    })
  )

  it.live("that is cancelled keeps nothing and leaves earlier credentials as they were", () =>
    Effect.gen(function* () {
      yield* signIn(stage, ({ answer }) => answer())
      const before = readFileSync(stage.file, "utf8")
      const { acted, ended } = yield* signIn(stage, ({ answer }) => answer({ action: "cancel" }))
      assert.strictEqual(reasonOf(ended).detail, "access was not given on Microsoft's page")
      assert.include(acted, "Access was not given")
      assert.strictEqual(readFileSync(stage.file, "utf8"), before)
    })
  )

  it.live("to the wrong account names both and keeps nothing", () =>
    Effect.gen(function* () {
      const { acted, ended } = yield* signIn(stage, ({ answer }) => answer({ account: "else@example.com" }))
      assert.strictEqual(
        reasonOf(ended).detail,
        "these credentials are for else@example.com, and mail is to go to you@example.com"
      )
      assert.include(acted, "these credentials are for else@example.com")
      assert.strictEqual(existsSync(stage.file), false)
    })
  )

  it.live("by another address of the same mailbox is the same account", () =>
    Effect.gen(function* () {
      const { ended } = yield* signIn(
        stage,
        ({ answer }) => answer({ account: "ann@example.com" }),
        {},
        { user: "A.Smith@example.com" }
      )
      assert.deepInclude(ended, { account: "ann@example.com" })
    })
  )

  it.live("of an account without a mailbox is refused before anything is kept", () =>
    Effect.gen(function* () {
      yield* restart({ users: [{ address: "bob@example.com", hasMailbox: false }] })
      const { ended } = yield* signIn(
        stage,
        ({ answer }) => answer({ account: "bob@example.com" }),
        {},
        { user: "bob@example.com" }
      )
      assert.include(reasonOf(ended).advice ?? "", "bob@example.com has no mailbox")
      assert.strictEqual(existsSync(stage.file), false)
    })
  )

  it.live("that only an administrator may allow comes with the address for them, and works afterwards", () =>
    Effect.gen(function* () {
      stage.server.requireAdminConsent()
      const { ended } = yield* signIn(stage, ({ answer }) => answer({ action: "back" }))
      const { advice = "", detail } = reasonOf(ended)
      assert.match(detail, /^only an administrator may agree to this application \(AADSTS90094/u)
      const page = new URL(/http\S+adminconsent\S+/u.exec(advice)?.[0] ?? "")
      assert.strictEqual(page.searchParams.get("client_id"), stage.server.clientId)
      yield* Effect.promise(async () => {
        const html = await (await fetch(page)).text()
        const request = /name="request" value="([^"]*)"/u.exec(html)?.[1] ?? ""
        const body = new URLSearchParams({ request, action: "accept" })
        await fetch(`${stage.server.url}/rehearsal/adminconsent`, {
          method: "POST",
          body,
          redirect: "manual"
        })
      })
      const again = yield* signIn(stage, ({ answer }) => answer())
      assert.deepInclude(again.ended, { account: "you@example.com" })
    })
  )

  it.live("refused at the token endpoint is told in the browser and in the terminal", () =>
    Effect.gen(function* () {
      const { acted, ended } = yield* signIn(stage, ({ answer }) => {
        stage.server.refuseTokens(53_003)
        return answer()
      })
      assert.match(reasonOf(ended).detail, /a rule of the organisation \(conditional access\) forbids it/u)
      assert.include(acted, "conditional access")
      assert.strictEqual(existsSync(stage.file), false)
    })
  )

  it.live("at an authority that is not there says so", () =>
    Effect.gen(function* () {
      const authority = "https://127.0.0.1:1"
      const { ended } = yield* signIn(
        stage,
        () => Effect.void,
        {},
        { endpoint: { graph: stage.server.url, authority } }
      )
      assert.strictEqual(reasonOf(ended).detail, "the sign-in cannot be reached (ECONNREFUSED)")
    })
  )

  it.live("without a known application says where to get one", () =>
    Effect.gen(function* () {
      const none = yield* signIn(stage, () => Effect.void, { client: undefined })
      assert.strictEqual(reasonOf(none.ended).detail, "no application is known for you@example.com")
      assert.include(reasonOf(none.ended).advice ?? "", "--client ID")
      const wrong = yield* signIn(stage, () => Effect.void, { client: "my-app" })
      assert.include(reasonOf(wrong.ended).detail, '"my-app" is neither the id of an application')
      const odd = yield* signIn(stage, () => Effect.void, { tenant: "no/where" })
      assert.strictEqual(reasonOf(odd.ended).detail, '"no/where" is no directory of Microsoft\'s')
      assert.strictEqual(stage.server.requests.length, 0)
    })
  )
})
