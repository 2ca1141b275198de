import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import { letterTo } from "@mailferry/testkit/destination/Subject.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { watchedConnections } from "@mailferry/testkit/WatchedConnections.ts"
import { Effect, Option } from "effect"

import { connected } from "./support/connected.ts"

const inbox: MailboxPath = ["INBOX"]
const unhurried = { quotaPerMinute: Infinity, indexDelayMillis: 0 } as const

/** A body too large for one request. */
const large = { body: `${"x".repeat(78)}\r\n`.repeat(70_000) }

/** Where a job file says that its credentials are. */
const fileWith = (credentials: object) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "gmail-"))),
      (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
    ),
    (directory) => {
      const file = join(directory, "credentials.json")
      writeFileSync(file, JSON.stringify(credentials), { mode: 0o600 })
      return `file:${file}` as const
    }
  )

describe("the connection", () => {
  it.live("every operation talks to the configured server, and to nobody else", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const seen = yield* watchedConnections
      const destination = yield* connected(server)
      const letter = letterTo(inbox)
      let ticket = ""
      const note = (text: string) => Effect.sync(() => void (ticket = text))
      const work: MailboxPath = ["Work"]
      yield* destination.ensureMailbox(work, Option.none())
      const { locator } = yield* destination.append(letter)
      yield* destination.append(letterTo(inbox, { note }, large))
      const stored = { mailbox: inbox, locator: Option.getOrThrow(locator) }
      yield* destination.recall(ticket)
      yield* destination.copy(stored, work)
      yield* destination.addFlags(stored, { flags: new Set(["\\Seen", "\\Flagged"]), keywords: new Set() })
      yield* destination.listMailboxes
      yield* destination.list(work, Option.none())
      yield* destination.end(work)
      yield* destination.describe(work, [stored.locator])
      yield* destination.glimpse(work, stored.locator)
      yield* destination.fetch(work, stored.locator)
      yield* destination.find(work, { ...letter, stableId: Option.none(), size: 1 })
      const { host, port } = server
      assert.deepStrictEqual([...seen], [`${host}:${port}`])
      assert.deepStrictEqual(
        new Set(server.requests.map((request) => request.host)),
        new Set([`${host}:${port}`])
      )
    })
  )

  it.live("credentials of another account are refused, with both addresses", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ ...unhurried, users: ["other@gmail.com"] })
      const token = server.issueToken({ user: "other@gmail.com" })
      const error = yield* Effect.flip(connected(server, { token }))
      assert.strictEqual(error.reason._tag, "AuthFailed")
      assert.include(error.reason.detail, "other@gmail.com")
      assert.include(error.reason.detail, "you@gmail.com")
      assert.deepStrictEqual(
        server.requests.map(({ call }) => call),
        ["getProfile"]
      )
    })
  )

  it.live("dots and googlemail.com make no other account", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ ...unhurried, user: "john.doe@gmail.com" })
      const destination = yield* connected(server, { user: "JohnDoe+mail@googlemail.com" })
      assert.strictEqual(destination.account, "JohnDoe+mail@googlemail.com")
      const error = yield* Effect.flip(connected(server, { user: "johndoe@example.com" }))
      assert.strictEqual(error.reason._tag, "AuthFailed")
    })
  )

  it.live("an access token that ends in the middle of a run is renewed, and nothing is lost or doubled", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const credentials = yield* fileWith(server.authorizedUser())
      const destination = yield* connected(server, { credentials })
      for (const letter of [letterTo(inbox), letterTo(inbox, {}, large)]) {
        server.expireTokens()
        yield* destination.append(letter)
        assert.isTrue(server.account.messages.at(-1)?.raw.equals(letter.bytes))
      }
      assert.strictEqual(server.account.messages.length, 2)
    })
  )

  it.live("rights that were taken back end the run with what to do about it", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const credentials = yield* fileWith(server.authorizedUser())
      const destination = yield* connected(server, { credentials })
      server.revoke()
      const reason = yield* reasonOf(destination.append(letterTo(inbox)))
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.include(reason.advice, "mailferry auth login gmail --user you@gmail.com")
    })
  )
})
