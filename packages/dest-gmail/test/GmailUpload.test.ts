import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import { letterTo } from "@mailferry/testkit/destination/Subject.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Effect, Option } from "effect"

import { connected } from "./support/connected.ts"

const inbox: MailboxPath = ["INBOX"]
const unhurried = { quotaPerMinute: Infinity, indexDelayMillis: 0 } as const

/** A body too large for one request. */
const large = { body: `${"x".repeat(78)}\r\n`.repeat(70_000) }

describe("how a message goes out", () => {
  const sessions = (requests: ReadonlyArray<{ readonly method: string; readonly query: URLSearchParams }>) =>
    requests.filter(({ method, query }) => method === "POST" && query.get("uploadType") === "resumable")
      .length

  it.live("in one request when it is small and named; in a session when it is not, or was refused", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const noted: Array<string> = []
      const note = (ticket: string) => Effect.sync(() => void noted.push(ticket))
      yield* destination.append(letterTo(inbox, { note }))
      assert.deepStrictEqual([noted.length, sessions(server.requests)], [0, 0])
      const unnamed = "From: a@example.net\r\nDate: Sun, 31 Mar 2019 03:30:00 +0200\r\n\r\nno name\r\n"
      for (const letter of [
        letterTo(inbox, { note }, large),
        letterTo(inbox, { note, bytes: Buffer.from(unnamed), messageId: Option.none() }),
        letterTo(inbox, { note, messageId: Option.some("<two words@example.net>") }),
        letterTo(inbox, { note, alone: true })
      ]) {
        const { length } = noted
        yield* destination.append(letter)
        assert.deepStrictEqual([noted.length, sessions(server.requests)], [length + 1, length + 1])
        assert.isTrue(server.account.messages.at(-1)?.raw.equals(letter.bytes))
      }
    })
  )

  it.live("a message that was stored before the connection was cut is recalled by its ticket", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const noted: Array<string> = []
      const note = (ticket: string) => Effect.sync(() => void noted.push(ticket))
      server.commitThenDrop()
      const reason = yield* reasonOf(destination.append(letterTo(inbox, { note }, large)))
      assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
      const receipt = yield* destination.recall(noted[0] ?? "")
      assert.deepStrictEqual(
        Option.toArray(receipt)
          .flatMap(({ locator }) => Option.toArray(locator))
          .map(String),
        server.account.messages.map(({ id }) => id)
      )
      assert.strictEqual(server.account.messages.length, 1)
    })
  )

  it.live("a message that was not stored is recalled as nothing, and so is one whose session is gone", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const noted: Array<string> = []
      const note = (ticket: string) => Effect.sync(() => void noted.push(ticket))
      server.dropBeforeCommit()
      const cut = yield* reasonOf(destination.append(letterTo(inbox, { note }, large)))
      assert.deepInclude(cut, { _tag: "Transient", applied: "unknown" })
      assert.isTrue(Option.isNone(yield* destination.recall(noted[0] ?? "")))
      for (const how of ["gone", "forgotten"] as const) {
        yield* destination.append(letterTo(inbox, { note }, large))
        server.expireSessions(how)
        assert.isTrue(Option.isNone(yield* destination.recall(noted.at(-1) ?? "")))
      }
    })
  )

  it.live("a message of unknown outcome that comes again is one message", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      for (const fault of ["commitThenDrop", "commitThen503"] as const) {
        const letter = letterTo(inbox)
        server[fault]()
        const reason = yield* reasonOf(destination.append(letter))
        assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" }, fault)
        const { length } = server.account.messages
        const { locator } = yield* destination.append(letter)
        assert.strictEqual(server.account.messages.length, length)
        assert.deepStrictEqual(Option.getOrUndefined(locator), server.account.messages.at(-1)?.id as never)
      }
    })
  )

  it.live("the search that lags finds the message later", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ quotaPerMinute: Infinity, indexDelayMillis: 150 })
      const destination = yield* connected(server)
      const letter = letterTo(inbox)
      const find = destination.find(inbox, { ...letter, stableId: Option.none(), size: letter.bytes.length })
      yield* destination.append(letter)
      assert.strictEqual((yield* find).length, 0)
      while ((yield* find).length === 0) yield* Effect.sleep(20)
      assert.deepStrictEqual(
        (yield* find).map(({ messageId }) => messageId),
        [letter.messageId]
      )
    })
  )

  it.live("an id that no search can quote is not looked for", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const before = server.requests.length
      for (const id of ["<a b@example.net>", '<"a"@example.net>', "plain", "<(a)@example.net>"]) {
        const identity = { ...letterTo(inbox), stableId: Option.none(), messageId: Option.some(id), size: 1 }
        assert.deepStrictEqual(yield* destination.find(inbox, identity), [])
      }
      assert.strictEqual(server.requests.length, before)
    })
  )
})
