import { assert, it } from "@effect/vitest"
import type { AppendRequest } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type {
  RehearsalImapServer,
  RehearsalImapServerOptions
} from "@mailferry/rehearsal/RehearsalImapServer.ts"
import { imapServerScoped } from "@mailferry/rehearsal/RehearsalImapServerScoped.ts"
import { rich } from "@mailferry/rehearsal/server/ServerProfile.ts"
import { DateTime, Effect, Option, Redacted } from "effect"

import type { ImapAccess } from "../src/ImapAccess.ts"
import { makeImapDestination } from "../src/ImapDestination.ts"
import { makeImapPool } from "../src/ImapPool.ts"
import { accessTo, withClient } from "./support/TestAccount.ts"

const inbox: MailboxPath = ["INBOX"]

const accessOf = (server: RehearsalImapServer): ImapAccess => ({
  ...accessTo(server.port),
  user: server.user,
  credentials: { _tag: "Password", password: Redacted.make(server.password) }
})

const destinationOn = (server: RehearsalImapServer, connections = 4) =>
  Effect.flatMap(makeImapPool(accessOf(server), { connections, readOnly: false }), (pool) =>
    makeImapDestination(pool, { connections })
  )

const serverOf = (options: RehearsalImapServerOptions = {}) =>
  imapServerScoped({ security: "plain", ...options })

const letter = (name: string, changes: Partial<AppendRequest> = {}): AppendRequest => ({
  mailbox: inbox,
  labels: [],
  flags: new Set(),
  keywords: new Set(),
  internalDate: DateTime.makeUnsafe("2019-03-31T01:30:00Z"),
  messageId: Option.some(`<${name}@x>`),
  bytes: Buffer.from(`Message-ID: <${name}@x>\r\nX-Pm-Internal-Id: ${name}==\r\n\r\n${name}\r\n`),
  note: () => Effect.void,
  ticket: Effect.succeedNone,
  migrationKey: "0".repeat(64),
  lose: () => Effect.void,
  spend: () => Effect.void,
  ...changes
})

const identity = (name: string) => ({
  stableId: Option.some(`${name}==`),
  messageId: Option.some(`<${name}@x>`),
  size: 0,
  internalDate: DateTime.makeUnsafe(0)
})

const stored = (server: RehearsalImapServer) => server.mailboxes.get("INBOX")?.messages ?? []

it.live("an append whose answer was lost is unknown, and find says that it took place", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server)
    server.cutAfterLiteral()
    const { reason } = yield* Effect.flip(destination.append(letter("lost")))
    assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
    assert.lengthOf(yield* destination.find(inbox, identity("lost")), 1)
  })
)

it.live("an append cut off in the message is unknown, and find says that it did not take place", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server)
    server.cutMidLiteral()
    const large = letter("large", {
      bytes: Buffer.concat([letter("large").bytes, Buffer.alloc(100_000, "x\r\n")])
    })
    const { reason } = yield* Effect.flip(destination.append(large))
    assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
    assert.lengthOf(yield* destination.find(inbox, identity("large")), 0)
  })
)

it.live("an append that never reached the server was not carried out", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server)
    yield* Effect.promise(() => server.stop())
    while (server.stats.openSessions > 0) yield* Effect.sleep(1)
    yield* Effect.sleep(5)
    const { reason } = yield* Effect.flip(destination.append(letter("never")))
    assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
  })
)

it.live("a copy whose answer was lost is unknown", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server)
    const { locator } = yield* destination.append(letter("copied"))
    server.cutBeforeCopyOk()
    const message = { mailbox: inbox, locator: Option.getOrThrow(locator) }
    const { reason } = yield* Effect.flip(destination.copy(message, ["Sent"]))
    assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
    assert.lengthOf(yield* destination.find(["Sent"], identity("copied")), 1)
  })
)

it.live("flags are kept though the session had a mailbox open that keeps none", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server, 1)
    yield* destination.list(["Sent"], Option.none())
    yield* destination.append(
      letter("flagged", { flags: new Set(["\\Flagged"]), keywords: new Set(["$Forwarded"]) })
    )
    assert.sameMembers([...(stored(server)[0]?.flags ?? [])], ["\\Flagged", "$Forwarded"])
  })
)

it.live("leaving a mailbox open for writing expunges nothing", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    server.deliver("INBOX", Buffer.from("Subject: deleted by another client\r\n\r\n"), ["\\Deleted"])
    const destination = yield* destinationOn(server, 1)
    const { locator } = yield* destination.append(letter("one"))
    const seen = { flags: new Set(["\\Seen"] as const), keywords: new Set<string>() }
    yield* destination.addFlags({ mailbox: inbox, locator: Option.getOrThrow(locator) }, seen)
    yield* destination.append(letter("two"))
    assert.lengthOf(stored(server), 3)
    assert.notInclude(server.commands, "EXPUNGE")
  })
)

it.live("a message that is answered BAD ends its connection, so that no line of it is obeyed for long", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server, 1)
    server.refuseAppend("bad", "BAD Invalid arguments")
    const before = server.stats.connections
    const { reason } = yield* Effect.flip(destination.append(letter("bad")))
    assert.deepInclude(reason, { _tag: "MessageRejected", why: "unclassified" })
    yield* destination.append(letter("good"))
    assert.isAbove(server.stats.connections, before)
  })
)

it.live("an empty message, and one above the server's limit, never reach the wire", () =>
  Effect.gen(function* () {
    const server = yield* serverOf({ profile: { ...rich, appendLimit: 1000, advertisesAppendLimit: true } })
    const destination = yield* destinationOn(server)
    assert.strictEqual(destination.capabilities.maxMessageSize, 1000)
    const empty = yield* Effect.flip(destination.append(letter("empty", { bytes: new Uint8Array() })))
    const large = yield* Effect.flip(destination.append(letter("large", { bytes: Buffer.alloc(1001, "x") })))
    assert.propertyVal(empty.reason, "why", "malformed")
    assert.propertyVal(large.reason, "why", "too-large")
    assert.notInclude(server.commands, "APPEND")
  })
)

it.live("dates that servers choke on are brought within what they take", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server)
    for (const date of ["1901-01-01T00:00:00Z", "2200-01-01T00:00:00Z"]) {
      yield* destination.append(letter(date.slice(0, 4), { internalDate: DateTime.makeUnsafe(date) }))
    }
    assert.deepStrictEqual(
      stored(server).map(({ internalDate }) => internalDate.toISOString().slice(0, 10)),
      ["1970-01-02", "2037-12-31"]
    )
  })
)

it.live("a message refused with a time to wait is not stored, and not waited for", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server)
    for (const status of ["NO", "BAD"]) {
      const words = "Request is throttled. Suggested Backoff Time: 240000 milliseconds"
      server.throttle(`${status} ${words}`, 1, ["APPEND"], { closes: true })
      const { reason } = yield* Effect.flip(destination.append(letter("x")))
      assert.strictEqual(reason._tag === "Throttled" && String(reason.retryAfter), "240000 millis")
    }
    assert.lengthOf(stored(server), 0)
  })
)

it.live("an account that is full is QuotaExceeded, and one that is throttled Throttled", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server)
    server.overQuota(true)
    assert.strictEqual((yield* Effect.flip(destination.append(letter("x")))).reason._tag, "QuotaExceeded")
    server.behave()
    server.throttle("NO [THROTTLED] Too many requests", 1, ["APPEND"])
    assert.strictEqual((yield* Effect.flip(destination.append(letter("x")))).reason._tag, "Throttled")
    assert.lengthOf(stored(server), 0)
  })
)

it.live("a mailbox for sent mail is made as one, where the server takes that", () =>
  Effect.gen(function* () {
    const server = yield* serverOf({ profile: { ...rich, atStart: {} } })
    const destination = yield* destinationOn(server)
    yield* destination.ensureMailbox(["Gesendet, Ärger & Co"], Option.some("sent"))
    const sent = (yield* destination.listMailboxes).find(({ specialUse }) =>
      Option.contains(specialUse, "sent")
    )
    assert.deepStrictEqual(sent?.path, ["Gesendet, Ärger & Co"])
    yield* destination.append(letter("x", { mailbox: ["Gesendet, Ärger & Co"] }))
  })
)

it.live("a mailbox whose special use the server refuses is made without", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server)
    yield* destination.ensureMailbox(["Sent too"], Option.some("sent"))
    assert.isTrue((yield* destination.listMailboxes).some(({ path }) => path[0] === "Sent too"))
  })
)

it.live("a mailbox that two calls make at the same moment is made", () =>
  Effect.gen(function* () {
    const server = yield* serverOf({ profile: "poor" })
    const destination = yield* destinationOn(server)
    const path: MailboxPath = ["a", "b", "c"]
    yield* Effect.forEach([1, 2, 3, 4], () => destination.ensureMailbox(path, Option.none()), {
      concurrency: 4
    })
    assert.lengthOf(
      (yield* destination.listMailboxes).filter((mailbox) => mailbox.path.join("/") === "a/b/c"),
      1
    )
  })
)

it.live("a mailbox that has gone since is made again", () =>
  Effect.gen(function* () {
    const server = yield* serverOf()
    const destination = yield* destinationOn(server)
    yield* destination.ensureMailbox(["Work"], Option.none())
    yield* Effect.promise(() => withClient(accessOf(server), (client) => client.mailboxDelete("Work")))
    assert.isUndefined(server.mailboxes.get("Work"))
    yield* destination.ensureMailbox(["Work"], Option.none())
    yield* destination.append(letter("x", { mailbox: ["Work"] }))
  })
)
