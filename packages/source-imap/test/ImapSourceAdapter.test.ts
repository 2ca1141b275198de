import { assert, it } from "@effect/vitest"
import { Source } from "@mailferry/core/Source.ts"
import { imapServerScoped } from "@mailferry/rehearsal/RehearsalImapServerScoped.ts"
import * as TrustStoreMemory from "@mailferry/testkit/TrustStoreMemory.ts"
import { Effect, Layer, Option, Schema } from "effect"

import { ImapSourceAdapter } from "../src/ImapSourceAdapter.ts"

it.live("every stored copy is a message of its own, even mail that came through Proton", () =>
  Effect.gen(function* () {
    const server = yield* imapServerScoped({ security: "plain" })
    server.deliver("INBOX", Buffer.from("Message-ID: <a@x>\r\nX-Pm-Internal-Id: abc==\r\n\r\n"))
    const config = yield* Schema.decodeEffect(ImapSourceAdapter.Config)({
      host: server.host,
      port: server.port,
      security: "none",
      user: server.user,
      password: server.password
    })
    assert.strictEqual(ImapSourceAdapter.accountId(config), `imap:${server.user}@127.0.0.1:${server.port}`)
    const summaries = yield* Effect.gen(function* () {
      const source = yield* Source
      const { entries } = yield* source.list(["INBOX"], Option.none())
      return yield* source.describe(
        ["INBOX"],
        entries.map(({ locator }) => locator)
      )
    }).pipe(Effect.provide(Layer.provide(ImapSourceAdapter.layer(config), TrustStoreMemory.layer)))
    assert.deepStrictEqual(
      summaries.map(({ messageId, stableId }) => [Option.getOrNull(messageId), Option.getOrNull(stableId)]),
      [["<a@x>", null]]
    )
    assert.notInclude(server.commands, "SELECT")
  })
)
