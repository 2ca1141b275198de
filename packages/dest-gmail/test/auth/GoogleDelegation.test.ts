import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"
import { Effect, Option } from "effect"

import { googleSignIn } from "../../src/auth/GoogleSignIn.ts"

const modify = "https://www.googleapis.com/auth/gmail.modify"
const labels = "https://www.googleapis.com/auth/gmail.labels"

let directory: string
let server: RehearsalGmail
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mailferry-gmail-"))
})
afterEach(async () => {
  await server.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** What an administrator learns of these users, where the domain grants `delegatedScopes`. */
const delegationFor = (users: ReadonlyArray<string>, delegatedScopes: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    server = yield* Effect.promise(() =>
      RehearsalGmail.start({
        user: "ann@example.com",
        users: ["bob@example.com", { email: "office@example.com", mailService: false }],
        delegatedScopes
      })
    )
    const key = join(directory, "key.json")
    writeFileSync(key, JSON.stringify(server.serviceAccount()), { mode: 0o600 })
    const { delegation } = googleSignIn({
      user: users[0] ?? "",
      endpoint: { api: server.url, token: `${server.url}/token` }
    })
    return yield* delegation({ key, users })
  })

describe("domain-wide delegation", () => {
  it.live("begins with the console's page, client and exact scopes filled in", () =>
    Effect.gen(function* () {
      const { steps } = yield* delegationFor(["ann@example.com"], [])
      const link = new URL(steps.find((step) => step.startsWith("https:")) ?? "")
      assert.strictEqual(
        `${link.origin}${link.pathname}`,
        "https://admin.google.com/ac/owl/domainwidedelegation"
      )
      assert.deepEqual(Object.fromEntries(link.searchParams), {
        clientScopeToAdd: `${modify},${labels}`,
        clientIdToAdd: server.serviceAccount().client_id,
        overwriteClientId: "true"
      })
      assert.include(steps.join("\n"), "24 hours")
      assert.notInclude(steps.join("\n"), "PRIVATE KEY")
    })
  )

  it.live("that is complete holds for every user, and Gmail answers", () =>
    Effect.gen(function* () {
      const { checks, failure } = yield* delegationFor(
        ["ann@example.com", "bob@example.com"],
        [modify, labels]
      )
      assert.deepEqual(failure, Option.none())
      assert.strictEqual(checks.length, 6)
      assert.strictEqual(
        checks.every(({ ok }) => ok),
        true
      )
    })
  )

  it.live("that lacks one scope names that one", () =>
    Effect.gen(function* () {
      const { checks, failure } = yield* delegationFor(["ann@example.com"], [modify])
      assert.deepEqual(
        checks.map(({ name, ok }) => [name.split(" ")[0], ok]),
        [
          ["gmail.modify", true],
          ["gmail.labels", false]
        ]
      )
      const { reason } = Option.getOrThrow(failure)
      assert.include(reason.detail, "unauthorized_client")
      assert.include(reason.advice ?? "", "24 h")
    })
  )

  it.live("of a user who is not in the domain says so", () =>
    Effect.gen(function* () {
      const { failure } = yield* delegationFor(["nobody@example.com"], [modify, labels])
      const { reason } = Option.getOrThrow(failure)
      assert.include(reason.detail, "invalid_grant")
      assert.include(reason.advice ?? "", "nobody@example.com")
    })
  )

  it.live("of a user without Gmail says so", () =>
    Effect.gen(function* () {
      const { checks, failure } = yield* delegationFor(["office@example.com"], [modify, labels])
      assert.deepInclude(checks.at(-1), { name: "list the labels", ok: false })
      assert.match(Option.getOrThrow(failure).reason.detail, /Mail service not enabled/u)
    })
  )

  it.live("with something else than a key is refused before anybody is asked", () =>
    Effect.gen(function* () {
      yield* delegationFor(["ann@example.com"], [])
      const key = join(directory, "client.json")
      writeFileSync(key, JSON.stringify(server.clientFile()))
      const { delegation } = googleSignIn({ user: "ann@example.com" })
      const error = yield* Effect.flip(delegation({ key, users: ["ann@example.com"] }))
      assert.deepInclude(error, { _tag: "SignInMisuse" })
      assert.notInclude(JSON.stringify(error), server.client.secret)
    })
  )
})
