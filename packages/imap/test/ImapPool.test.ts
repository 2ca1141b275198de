import { assert, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type {
  RehearsalImapServer,
  RehearsalImapServerOptions
} from "@mailferry/rehearsal/RehearsalImapServer.ts"
import { imapServerScoped } from "@mailferry/rehearsal/RehearsalImapServerScoped.ts"
import { Effect, Exit, Fiber, Option, Redacted, Scope } from "effect"

import type { ImapAccess } from "../src/ImapAccess.ts"
import { makeImapReader } from "../src/ImapReader.ts"
import { accessTo, poolOf } from "./support/TestAccount.ts"

const inbox: MailboxPath = ["INBOX"]
const many = Array.from({ length: 12 }, (_, i) => i)

const serverOf = (options: RehearsalImapServerOptions = {}) =>
  imapServerScoped({ security: "plain", ...options })

const accessOf = (server: RehearsalImapServer, changes: Partial<ImapAccess> = {}): ImapAccess => ({
  ...accessTo(server.port),
  user: server.user,
  credentials: { _tag: "Password", password: Redacted.make(server.password) },
  ...changes
})

const wrong = { credentials: { _tag: "Password", password: Redacted.make("wrong") } } as const

it.live("nothing connects before the first call, and calls share connections up to the limit", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const reader = makeImapReader(yield* poolOf(accessOf(server), { connections: 3 }))
    assert.strictEqual(server.stats.connections, 0)
    yield* Effect.forEach(many, () => reader.end(inbox), { concurrency: "unbounded" })
    assert.strictEqual(server.stats.connections, 3)
  })
)

it.live("a mailbox is not opened again by a call that finds it open", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const { uid } = server.deliver("INBOX", Buffer.from("Subject: x\r\n\r\nx\r\n"))
    const reader = makeImapReader(yield* poolOf(accessOf(server)))
    const { entries, epoch } = yield* reader.list(inbox, Option.none())
    assert.strictEqual(String(entries[0]?.locator), `${epoch}:${uid}`)
    for (const { locator } of entries) {
      yield* reader.fetch(inbox, locator)
      yield* reader.fetch(inbox, locator)
    }
    assert.lengthOf(
      server.commands.filter((verb) => verb === "EXAMINE"),
      1
    )
  })
)

it.live("calls that come together with a wrong password are one refused login, and later calls none", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const pool = yield* poolOf(accessOf(server, wrong))
    const reader = makeImapReader(pool)
    const failures = yield* Effect.forEach(many, () => Effect.flip(reader.listMailboxes), {
      concurrency: "unbounded"
    })
    failures.push(yield* Effect.flip(reader.listMailboxes))
    assert.deepStrictEqual(
      [...new Set(failures.map(({ operation, reason }) => `${operation} ${reason._tag}`))],
      ["connect AuthFailed"]
    )
    assert.strictEqual(server.stats.refusedLogins, 1)
    yield* pool.retryLogin
    yield* Effect.flip(reader.listMailboxes)
    assert.strictEqual(server.stats.refusedLogins, 2)
  })
)

it.live("a login that is refused for now is tried again by the next call", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    server.refuseLogin("[UNAVAILABLE] Temporary authentication failure")
    const reader = makeImapReader(yield* poolOf(accessOf(server)))
    assert.strictEqual((yield* Effect.flip(reader.listMailboxes)).reason._tag, "Transient")
    server.refuseLogin(undefined)
    assert.isNotEmpty(yield* reader.listMailboxes)
  })
)

it.live("a server that allows fewer connections than asked for is used with those it allows", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const reader = makeImapReader(yield* poolOf(accessOf(server), { connections: 4 }))
    yield* reader.listMailboxes
    server.refuseLogin("[ALERT] Too many simultaneous connections. (Failure)")
    yield* Effect.forEach(many, () => reader.end(inbox), { concurrency: "unbounded" })
    assert.strictEqual(server.stats.openSessions, 1)
  })
)

it.live("a server with no connection to spare at all is Throttled", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    server.refuseLogin("[ALERT] Too many simultaneous connections. (Failure)")
    const reader = makeImapReader(yield* poolOf(accessOf(server)))
    assert.strictEqual((yield* Effect.flip(reader.listMailboxes)).reason._tag, "Throttled")
  })
)

it.live("connections that were cut are replaced by the next calls", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const reader = makeImapReader(yield* poolOf(accessOf(server)))
    yield* reader.end(inbox)
    server.cutSessions()
    // The end of a connection may be heard of only by using it: that costs one call, not more.
    yield* Effect.exit(reader.end(inbox))
    assert.isTrue(Option.isSome(yield* reader.end(inbox)))
  })
)

it.live("a BYE between two calls costs neither", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const reader = makeImapReader(yield* poolOf(accessOf(server)))
    yield* reader.end(inbox)
    server.bye("Shutting down")
    while (server.stats.openSessions > 0) yield* Effect.sleep(1)
    yield* Effect.sleep(5)
    assert.isTrue(Option.isSome(yield* reader.end(inbox)))
  })
)

it.live("an interrupted call gives up its connection, and the next opens another", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const reader = makeImapReader(yield* poolOf(accessOf(server), { connections: 1 }))
    yield* reader.end(inbox)
    server.slow(200)
    const fiber = yield* Effect.forkChild(reader.end(inbox))
    yield* Effect.sleep(20)
    yield* Fiber.interrupt(fiber)
    server.slow(0)
    assert.isTrue(Option.isSome(yield* reader.end(inbox)))
    assert.strictEqual(server.stats.connections, 2)
  })
)

it.live("a throttled server is told of at once, with the whole wait it asked for", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const reader = makeImapReader(yield* poolOf(accessOf(server)))
    yield* reader.end(inbox)
    server.throttle("BAD Request is throttled. Suggested Backoff Time: 250000 milliseconds", 1)
    const { reason } = yield* Effect.flip(reader.end(inbox))
    assert.strictEqual(reason._tag, "Throttled")
    assert.strictEqual(reason._tag === "Throttled" && String(reason.retryAfter), "250000 millis")
    assert.isTrue(Option.isSome(yield* reader.end(inbox)))
  })
)

it.live("closing the scope closes every connection", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const scope = yield* Scope.make()
    const reader = makeImapReader(yield* Scope.provide(poolOf(accessOf(server)), scope))
    yield* Effect.forEach(many, () => reader.end(inbox), { concurrency: "unbounded" })
    assert.strictEqual(server.stats.openSessions, 4)
    yield* Scope.close(scope, Exit.void)
    while (server.stats.openSessions > 0) yield* Effect.sleep(1)
    assert.strictEqual(server.stats.openSessions, 0)
  })
)

it.live("a server that is not there is Transient, with the address to check", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const access = accessOf(server)
    yield* Effect.promise(() => server.stop())
    const { operation, reason } = yield* Effect.flip(makeImapReader(yield* poolOf(access)).listMailboxes)
    assert.strictEqual(operation, "connect")
    assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
    assert.include(reason.advice, "host and port")
  })
)

it.live("a token logs in by XOAUTH2, is asked for at each login, and a wrong one is AuthFailed", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    let asked = 0
    const token = Effect.sync(() => Redacted.make(++asked === 1 ? server.token : "expired"))
    const credentials = { _tag: "Token", token } as const
    const reader = makeImapReader(yield* poolOf(accessOf(server, { credentials }), { connections: 1 }))
    assert.isNotEmpty(yield* reader.listMailboxes)
    server.cutSessions()
    yield* Effect.exit(reader.listMailboxes)
    assert.strictEqual((yield* Effect.flip(reader.listMailboxes)).reason._tag, "AuthFailed")
    assert.strictEqual(asked, 2)
  })
)
