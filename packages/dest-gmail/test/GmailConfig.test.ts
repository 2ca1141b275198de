import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Redacted, Schema } from "effect"

import { GmailDestination } from "../src/GmailAdapter.ts"
import { isSameAddress } from "../src/GmailAddress.ts"

const { Config } = GmailDestination

const decode = Schema.decodeEffect(Config)

const user = "You@gmail.com"

describe("the job file's keys", () => {
  it.effect("are few: a user is enough", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* decode({ user }), {
        user,
        transport: "api",
        credentials: "keychain",
        project: "new",
        trash: false,
        method: "import",
        colours: {}
      })
    })
  )

  it.effect("name the account by its address alone, whatever way leads into it", () =>
    Effect.gen(function* () {
      const token = "secret"
      const ids = yield* Effect.forEach(
        [
          { user },
          { user, token },
          { user: "you@gmail.com", transport: "imap" as const },
          { user: "y.o.u+proton@googlemail.com" },
          { user, endpoint: { api: "http://127.0.0.1:1" } }
        ],
        (job) => Effect.map(decode(job), GmailDestination.accountId)
      )
      assert.deepStrictEqual([...new Set(ids)], ["gmail:you@gmail.com"])
    })
  )

  it.effect("hide their secrets", () =>
    Effect.gen(function* () {
      const config = yield* decode({ user, token: "very secret" })
      assert.notInclude(JSON.stringify(config), "very secret")
      assert.strictEqual(config.token && Redacted.value(config.token), "very secret")
      assert.deepStrictEqual([...GmailDestination.secrets], ["token", "password"])
    })
  )

  it.effect.each([
    { name: "no address", job: { user: "you" } },
    { name: "mail in the clear", job: { user, endpoint: { api: "http://mail.example.net" } } },
    { name: "tokens in the clear", job: { user, endpoint: { token: "http://mail.example.net/token" } } },
    { name: "no colour", job: { user, colours: { Work: "red" } } },
    { name: "a parent of two levels", job: { user, parent: "a/b" } },
    { name: "an empty parent", job: { user, parent: " " } },
    { name: "a password for the API", job: { user, password: "app password" } },
    {
      name: "two secrets",
      job: { user, transport: "imap" as const, password: "app password", token: "token" }
    },
    { name: "credentials nowhere", job: { user, credentials: "somewhere" } }
  ])("refuse $name", ({ job }) =>
    Effect.gen(function* () {
      assert.isTrue(Option.isNone(yield* Effect.option(decode(job))))
    })
  )
})

describe("addresses of one account", () => {
  it.each([
    ["you@gmail.com", "You@GMAIL.com", true],
    ["john.doe@gmail.com", "johndoe@googlemail.com", true],
    ["johndoe+x@gmail.com", "johndoe@gmail.com", true],
    ["john.doe@example.net", "johndoe@example.net", false],
    ["john@example.net", "john@example.org", false],
    ["", "@gmail.com", false]
  ] as const)("%s and %s: %s", (one, other, same) => {
    assert.strictEqual(isSameAddress(one, other), same)
  })
})
