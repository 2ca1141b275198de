import { chmodSync, existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import type { SignInCheck } from "@mailferry/core/SignIn.ts"
import { Effect, Option, Redacted } from "effect"

import { microsoftSignIn } from "../../src/auth/MicrosoftSignIn.ts"
import type { MicrosoftAccount } from "../../src/auth/MicrosoftTokens.ts"
import { openStage, signIn, type Stage } from "./support/Stage.ts"

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ appOnlyMailboxes: ["you@example.com"], users: ["else@example.com"] })
})
afterEach(() => stage.end())

const of = (more: Partial<MicrosoftAccount> = {}) => microsoftSignIn(stage.account(more))

const reason = (found: { readonly failure: Option.Option<{ readonly reason: unknown }> }) =>
  Option.getOrThrow(found.failure).reason as { readonly detail: string; readonly advice?: string }

const facts = (found: { readonly facts: ReadonlyArray<{ readonly name: string; readonly value: string }> }) =>
  Object.fromEntries(found.facts.map(({ name, value }) => [name, value]))

describe("the status of a sign-in", () => {
  it.live("says where it is, since when and for what, and tries what a run needs", () =>
    Effect.gen(function* () {
      yield* signIn(stage, ({ answer }) => answer())
      const status = yield* of().status
      assert.deepEqual(status.place, Option.some(stage.file))
      assert.deepInclude(facts(status), {
        kind: "sign-in",
        "signed in": "you@example.com",
        application: stage.server.clientId,
        directory: "common"
      })
      assert.match(facts(status)["since"] ?? "", /^\d{4}-\d\d-\d\dT/u)
      assert.include(facts(status)["rights"] ?? "", "Mail.ReadWrite")
      assert.deepEqual(
        status.checks.map(({ name, ok }) => [name, ok]),
        [
          ["get an access token", true],
          ["ask whose account it is", true],
          ["open the inbox", true],
          ["read the list of categories", true],
          ["bring two probe messages", true]
        ]
      )
      assert.deepEqual(status.failure, Option.none())
      assert.deepEqual(
        stage.server.account.folders.filter(({ displayName }) => displayName.includes("probe")),
        []
      )
      assert.strictEqual(stage.server.account.messages.length, 0)
      assert.notInclude(JSON.stringify(status), stage.kept()["refresh_token"] ?? "-")
    })
  )

  it.live("that was ended says so, and nothing of the mailbox is asked", () =>
    Effect.gen(function* () {
      yield* signIn(stage, ({ answer }) => answer())
      stage.server.revoke()
      const status = yield* of().status
      assert.deepEqual(
        status.checks.map(({ ok }) => ok),
        [false]
      )
      assert.match(reason(status).detail, /AADSTS50173/u)
    })
  )

  it.live("that is for IMAP tries that, too; it is only decisive for a job that goes by IMAP", () =>
    Effect.gen(function* () {
      yield* Effect.promise(async () => {
        await stage.end()
        stage = await openStage({ imap: true })
      })
      yield* signIn(stage, ({ answer }) => answer(), { imap: true })
      const last = ({ checks }: { readonly checks: ReadonlyArray<SignInCheck> }) => checks.at(-1)
      const good = yield* of().status
      const check = { name: "open the mailbox by IMAP", ok: true, detail: "Exchange lets us in" }
      assert.deepEqual(last(good), check)
      assert.deepEqual((yield* of({ transport: "imap" }).status).checks, [check])
      stage.server.imap.refuseLogin("NO AUTHENTICATE failed.")
      const beside = yield* of().status
      assert.deepInclude(last(beside), { name: "open the mailbox by IMAP", ok: false })
      assert.deepEqual(beside.failure, Option.none())
      const alone = yield* of({ transport: "imap" }).status
      assert.strictEqual(Option.isSome(alone.failure), true)
    })
  )

  it.live("of a mailbox that makes drafts of what is brought says so, and leaves nothing there", () =>
    Effect.gen(function* () {
      yield* Effect.promise(async () => {
        await stage.end()
        stage = await openStage({ probeMakesDrafts: true })
      })
      const status = yield* of({ token: Redacted.make(stage.server.token) }).status
      assert.include(reason(status).detail, "makes a draft of received mail")
      assert.strictEqual(status.checks.at(-1)?.ok, false)
      assert.strictEqual(stage.server.account.messages.length, 0)
    })
  )

  it.live("of a token in the job is about that token", () =>
    Effect.gen(function* () {
      const good = yield* of({ token: Redacted.make(stage.server.token) }).status
      assert.deepEqual(good.failure, Option.none())
      assert.deepEqual(facts(good), { kind: "an access token, which cannot be renewed" })
      const narrow = stage.server.issueToken({ scopes: ["User.Read"] })
      const bad = yield* of({ token: Redacted.make(narrow) }).status
      assert.include(reason(bad).detail, "Mail.ReadWrite may be missing")
      assert.notInclude(JSON.stringify(bad), narrow)
    })
  )

  it.live("without credentials says how to get some", () =>
    Effect.gen(function* () {
      const status = yield* of().status
      assert.deepEqual(status.place, Option.none())
      assert.include(
        reason(status).advice ?? "",
        "mailferry auth login o365 --user you@example.com --client ID"
      )
    })
  )

  it.live("of an application names its certificate, and who may read that", () =>
    Effect.gen(function* () {
      const path = yield* Effect.promise(() => stage.application())
      const credentials = `file:${path}` as const
      const pem = join(stage.directory, "app.pem")
      const status = yield* of({ credentials }).status
      assert.deepEqual(status.failure, Option.none())
      assert.deepInclude(facts(status), { kind: "application with a certificate", certificate: pem })
      assert.match(facts(status)["valid until"] ?? "", /^\d{4}-\d\d-\d\d$/u)
      assert.deepEqual(
        status.checks.map(({ name }) => name),
        ["get an access token", "open the inbox", "read the list of categories", "bring two probe messages"]
      )
      if (process.platform === "win32") return
      chmodSync(pem, 0o644)
      const exposed = yield* of({ credentials }).status
      assert.include(facts(exposed)["warning"] ?? "", `chmod 600 ${pem}`)
    })
  )
})

describe("signing out", () => {
  it.live("removes the credentials and says where the access itself is taken away", () =>
    Effect.gen(function* () {
      yield* signIn(stage, ({ answer }) => answer())
      const { done, failure } = yield* of().logout
      assert.strictEqual(existsSync(stage.file), false)
      assert.strictEqual(done[0], `The credentials were removed from ${stage.file}.`)
      assert.include(done[1] ?? "", "https://account.live.com/consent/Manage")
      assert.include(done[1] ?? "", "https://myapps.microsoft.com")
      assert.deepEqual(failure, Option.none())
      assert.deepEqual((yield* of().logout).done, ["There were no credentials of you@example.com."])
    })
  )

  it.live("leaves an application's certificate where it is, and a file written by hand alone", () =>
    Effect.gen(function* () {
      const client = yield* Effect.promise(() => stage.application())
      yield* signIn(stage, () => Effect.void, { client })
      const { done } = yield* of().logout
      assert.strictEqual(existsSync(stage.file), false)
      assert.strictEqual(existsSync(join(stage.directory, "app.pem")), true)
      assert.include(done[1] ?? "", "was left where it is")
      const refused = yield* Effect.flip(of({ credentials: `file:${client}` }).logout)
      assert.strictEqual(refused._tag, "SignInMisuse")
      assert.strictEqual(existsSync(client), true)
    })
  )
})

describe("an administrator's way", () => {
  it.live("shows what to grant in Exchange, and who may be reached already", () =>
    Effect.gen(function* () {
      const key = yield* Effect.promise(() => stage.application())
      const users = ["you@example.com", "else@example.com"]
      const { checks, failure, steps } = yield* of().delegation({ key, users })
      const { clientId } = yield* Effect.promise(() => stage.server.application())
      const text = steps.join("\n")
      assert.include(text, `New-ServicePrincipal -AppId '${clientId}' -ObjectId 'OBJECT-ID'`)
      assert.include(
        text,
        "PrimarySmtpAddress -eq 'you@example.com' -or PrimarySmtpAddress -eq 'else@example.com'"
      )
      for (const role of ["Application Mail.ReadWrite", "Application MailboxSettings.ReadWrite"]) {
        assert.include(text, `-Role '${role}' -CustomResourceScope 'mailferry'`)
      }
      assert.include(text, "Test-ServicePrincipalAuthorization")
      assert.deepEqual(
        checks.map(({ name, ok, user }) => [user, name, ok]),
        [
          ["you@example.com", "get a token with the certificate", true],
          ["you@example.com", "open the inbox", true],
          ["you@example.com", "read the list of categories", true],
          ["else@example.com", "get a token with the certificate", true],
          ["else@example.com", "open the inbox", false]
        ]
      )
      assert.include(reason({ failure }).advice ?? "", "RBAC for Applications")
      assert.notInclude(JSON.stringify({ checks, steps }), "PRIVATE KEY")
    })
  )

  it.live("writes a quote in an address as PowerShell wants it", () =>
    Effect.gen(function* () {
      const key = yield* Effect.promise(() => stage.application())
      const { steps } = yield* of().delegation({ key, users: ["o'$neil@example.com"] })
      assert.include(steps.join("\n"), "PrimarySmtpAddress -eq 'o''`$neil@example.com'")
    })
  )

  it.live("needs the application's file", () =>
    Effect.gen(function* () {
      const ask = (key: string) => Effect.flip(of().delegation({ key, users: ["you@example.com"] }))
      const id = yield* ask(stage.server.clientId)
      assert.include("detail" in id ? id.detail : "", "an application's id alone is no key")
      const odd = join(stage.directory, "odd.json")
      writeFileSync(odd, "[]")
      const other = yield* ask(odd)
      assert.include("detail" in other ? other.detail : "", "does not describe an application")
    })
  )
})
