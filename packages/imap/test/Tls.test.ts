import { X509Certificate } from "node:crypto"

import { assert, it } from "@effect/vitest"
import type { RehearsalImapServer } from "@mailferry/rehearsal/RehearsalImapServer.ts"
import { imapServerScoped } from "@mailferry/rehearsal/RehearsalImapServerScoped.ts"
import { Effect, Redacted } from "effect"

import type { ImapAccess } from "../src/ImapAccess.ts"
import { makeImapReader } from "../src/ImapReader.ts"
import { poolOf } from "./support/TestAccount.ts"

const modes = ["tls", "starttls"] as const

const listAt = (server: RehearsalImapServer, changes: Partial<ImapAccess>) =>
  Effect.flatMap(
    poolOf({
      kind: "imap",
      account: "test account",
      host: server.host,
      port: server.port,
      security: "tls",
      user: server.user,
      credentials: { _tag: "Password", password: Redacted.make(server.password) },
      ...changes
    }),
    (pool) => makeImapReader(pool).listMailboxes
  )

for (const security of modes) {
  it.live(`${security}: a certificate nobody vouches for is Fatal, and no password is sent to it`, () =>
    Effect.gen(function* () {
      const server = yield* imapServerScoped({ security })
      const { reason } = yield* Effect.flip(listAt(server, { security }))
      assert.strictEqual(reason._tag, "Fatal")
      assert.include(reason.advice, '"certificate"')
      assert.strictEqual(server.stats.logins + server.stats.refusedLogins, 0)
    })
  )

  it.live(`${security}: the server's own certificate may be given`, () =>
    Effect.gen(function* () {
      const server = yield* imapServerScoped({ security })
      assert.isNotEmpty(yield* listAt(server, { security, certificates: [server.certificate] }))
    })
  )

  it.live(`${security}: a certificate for another name is Fatal`, () =>
    Effect.gen(function* () {
      const server = yield* imapServerScoped({ security })
      const access = { security, certificates: [server.certificate], servername: "imap.example.net" }
      const { reason } = yield* Effect.flip(listAt(server, access))
      assert.strictEqual(reason._tag, "Fatal")
      assert.include(reason.advice, "another name")
    })
  )

  it.live(`${security}: a pinned certificate is known by its fingerprint, and another one is Fatal`, () =>
    Effect.gen(function* () {
      const server = yield* imapServerScoped({ security })
      const other = yield* imapServerScoped({ security })
      const { fingerprint256 } = new X509Certificate(server.certificate)
      const pinned = {
        security,
        certificates: [server.certificate, other.certificate],
        fingerprints: new Set([fingerprint256]),
        servername: "imap.example.net"
      }
      assert.isNotEmpty(yield* listAt(server, pinned))
      const { reason } = yield* Effect.flip(listAt(other, pinned))
      assert.strictEqual(reason._tag, "Fatal")
      assert.strictEqual(other.stats.logins, 0)
    })
  )
}

it.live("a server without STARTTLS gets no password", () =>
  Effect.gen(function* () {
    const server = yield* imapServerScoped({ security: "plain" })
    const { reason } = yield* Effect.flip(listAt(server, { security: "starttls" }))
    assert.strictEqual(reason._tag, "Fatal")
    assert.include(reason.advice, "security: tls")
    assert.strictEqual(server.stats.logins, 0)
  })
)

it.live("TLS spoken to a port without it is Fatal, and names port and security", () =>
  Effect.gen(function* () {
    const server = yield* imapServerScoped({ security: "plain" })
    const { reason } = yield* Effect.flip(listAt(server, { security: "tls" }))
    assert.strictEqual(reason._tag, "Fatal")
    assert.include(reason.advice, "993")
  })
)
