import { assert, it } from "@effect/vitest"
import { Destination } from "@mailferry/core/Destination.ts"
import { imapServerScoped } from "@mailferry/rehearsal/RehearsalImapServerScoped.ts"
import { Effect, Schema } from "effect"

import { ImapDestinationAdapter } from "../src/ImapAdapter.ts"
import { jobLayer } from "./support/jobLayer.ts"

it.live("a token instead of a password is enough", () =>
  Effect.gen(function* () {
    const { host, port, token, user } = yield* imapServerScoped({ security: "plain" })
    const destination = yield* Effect.provide(
      Destination,
      jobLayer({ host, port, security: "none", user, token })
    )
    assert.strictEqual(destination.kind, "imap")
    assert.strictEqual(destination.account, `${user} on ${host}`)
  })
)

it.effect("an account is named by its user and host, and its secrets by their keys", () =>
  Effect.gen(function* () {
    const config = yield* Schema.decodeEffect(ImapDestinationAdapter.Config)({
      host: "IMAP.example.net",
      user: "You@example.net",
      password: "secret"
    })
    assert.strictEqual(ImapDestinationAdapter.accountId(config), "imap:you@example.net@imap.example.net")
    assert.deepStrictEqual(ImapDestinationAdapter.secrets, ["password", "token"])
  })
)
