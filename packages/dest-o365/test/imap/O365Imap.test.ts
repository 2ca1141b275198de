import { assert, describe, it } from "@effect/vitest"
import type { AppendRequest } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import { type SystemFlag, systemFlags } from "@mailferry/core/Message.ts"
import type { RehearsalGraphOptions } from "@mailferry/rehearsal/graph/GraphOptions.ts"
import { DateTime, Duration, Effect, Option, Redacted } from "effect"

import type { MicrosoftTokens } from "../../src/auth/MicrosoftTokens.ts"
import { connectO365Imap } from "../../src/imap/O365Imap.ts"
import { configOf, exchangeAccount, granted, tokensOf } from "./exchangeJob.ts"

const date = DateTime.makeUnsafe("2014-05-06T07:08:09Z")

const letter = (
  name: string,
  mailbox: MailboxPath = ["INBOX"],
  more: Partial<AppendRequest> = {}
): AppendRequest => ({
  mailbox,
  labels: [],
  flags: new Set(),
  keywords: new Set(),
  internalDate: date,
  messageId: Option.some(`<${name}@x>`),
  bytes: Buffer.from(
    `Message-ID: <${name}@x>\r\nDate: Tue, 06 May 2014 07:00:00 +0000\r\nSubject: ${name}\r\n\r\n${name}\r\n`
  ),
  note: () => Effect.void,
  ticket: Effect.succeedNone,
  migrationKey: "0".repeat(64),
  lose: () => Effect.void,
  spend: () => Effect.void,
  ...more
})

const started = Effect.fnUntraced(function* (
  options?: RehearsalGraphOptions,
  tokens?: (valid: string) => Pick<MicrosoftTokens, "imap">
) {
  const { job, server } = yield* exchangeAccount(options)
  const config = yield* configOf(job)
  const given = tokens?.(server.imap.token) ?? tokensOf(server.imap.token)
  return { connect: connectO365Imap(config, given), server }
})

const reasonOf = <R>(effect: Effect.Effect<unknown, MailError, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

describe("Exchange by IMAP", () => {
  it.live("claims what Exchange keeps: flags and dates, neither octets nor keywords", () =>
    Effect.gen(function* () {
      const { connect } = yield* started()
      const { capabilities } = yield* connect
      assert.deepInclude(capabilities, {
        placement: "one-mailbox",
        flags: new Set(systemFlags),
        keywords: false,
        keepsOctets: false,
        keepsInternalDate: true,
        reportsLocator: true,
        maxMessageSize: Infinity
      })
      assert.strictEqual(capabilities.pace.concurrentCalls, 2)
      assert.isTrue(capabilities.names.reserved?.has("files"))
    })
  )

  it.live("stores mail that Graph shows as received, with its dates, and without keywords", () =>
    Effect.gen(function* () {
      const { connect, server } = yield* started()
      const destination = yield* connect
      const flags = new Set<SystemFlag>(["\\Seen", "\\Flagged"])
      yield* destination.append(
        letter("one", ["INBOX"], { flags, keywords: new Set(["$Forwarded", "work"]) })
      )
      const [message] = server.account.messages
      assert.deepInclude(message, { isDraft: false, isRead: true, subject: "one" })
      assert.strictEqual(message?.received, DateTime.toEpochMillis(date))
      assert.strictEqual(message?.sent, Date.parse("2014-05-06T07:00:00Z"))
    })
  )

  it.live("finds its special folders in any language, and Outlook.com's inbox", () =>
    Effect.gen(function* () {
      const folderNames = { sentitems: "Gesendete Elemente", junkemail: "Junk-E-Mail" }
      const { connect, server } = yield* started({ personal: true, folderNames })
      const destination = yield* connect
      const uses = (yield* destination.listMailboxes).flatMap(({ path, specialUse }) =>
        Option.isSome(specialUse) ? [[specialUse.value, path.join("/")]] : []
      )
      assert.includeDeepMembers(uses, [
        ["inbox", "INBOX"],
        ["sent", "Gesendete Elemente"],
        ["junk", "Junk-E-Mail"],
        ["trash", "Deleted Items"],
        ["drafts", "Drafts"],
        ["archive", "Archive"]
      ])
      yield* destination.ensureMailbox(["INBOX", "Below"], Option.none())
      yield* destination.append(letter("one", ["INBOX", "Below"]))
      assert.strictEqual(server.account.messages[0]?.folderPath, "Inbox/Below")
    })
  )

  it.live("shows a label by a copy", () =>
    Effect.gen(function* () {
      const { connect, server } = yield* started()
      const destination = yield* connect
      yield* destination.ensureMailbox(["Labels", "Red"], Option.none())
      const { locator } = yield* destination.append(letter("one"))
      yield* destination.copy({ mailbox: ["INBOX"], locator: Option.getOrThrow(locator) }, ["Labels", "Red"])
      const where = server.account.messages.map(({ folderPath }) => folderPath)
      assert.deepStrictEqual(where, ["Inbox", "Labels/Red"])
    })
  )

  it.live("asks for a new token once when one is refused, and logs in with it", () =>
    Effect.gen(function* () {
      const { connect, server } = yield* started({}, (valid) => tokensOf("old", valid))
      yield* connect
      assert.deepInclude(server.imap.stats, { logins: 1, refusedLogins: 1 })
    })
  )

  it.live("goes on with a new token after the old one expired in the middle of the run, however often", () =>
    Effect.gen(function* () {
      const { connect, server } = yield* started({}, (valid) => {
        let token = valid
        const renewed = Effect.sync(() => {
          token = fresh()
          return Redacted.make(token)
        })
        return granted({ accessToken: Effect.sync(() => Redacted.make(token)), refreshed: renewed })
      })
      const fresh = () => server.issueImapToken()
      const destination = yield* connect
      for (const name of ["one", "two"]) {
        server.expireTokens()
        server.imap.cutSessions()
        yield* Effect.sleep("20 millis")
        const refused = yield* reasonOf(destination.append(letter(name)))
        assert.deepInclude(refused, { _tag: "Transient", applied: "no" })
        yield* destination.append(letter(name))
      }
      assert.lengthOf(server.account.messages, 2)
    })
  )

  it.live("is AuthFailed where IMAP is switched off, and says what an administrator can do", () =>
    Effect.gen(function* () {
      for (const off of ["refused", "unconnected"]) {
        const { connect, server } = yield* started()
        if (off === "refused") server.imap.refuseLogin("AUTHENTICATE failed.")
        else server.imap.notConnected()
        const reason = yield* reasonOf(connect)
        assert.strictEqual(reason._tag, "AuthFailed")
        assert.match(reason.advice ?? "", /Get-CASMailbox/u)
      }
    })
  )

  it.live("is AuthFailed with a token for Graph, and with one for another mailbox", () =>
    Effect.gen(function* () {
      const { job, server } = yield* exchangeAccount({ users: ["other@example.com"] })
      const config = yield* configOf(job)
      for (const token of [server.token, server.issueImapToken({ user: "other@example.com" })]) {
        const reason = yield* reasonOf(connectO365Imap(config, tokensOf(token)))
        assert.strictEqual(reason._tag, "AuthFailed")
      }
    })
  )

  it.live("hands on how long Exchange wants to be left alone, whatever was asked", () =>
    Effect.gen(function* () {
      const { connect, server } = yield* started()
      const destination = yield* connect
      const words = "BAD Request is throttled. Suggested Backoff Time: 180000 milliseconds"
      const calls = [
        destination.append(letter("one")),
        destination.list(["INBOX"], Option.none()),
        destination.ensureMailbox(["New"], Option.none()),
        destination.find(["INBOX"], { ...letter("one"), stableId: Option.none(), size: 1 })
      ]
      for (const call of calls) {
        server.imap.throttle(words, 1, undefined, { closes: true })
        const reason = yield* reasonOf(call)
        const wait = reason._tag === "Throttled" ? reason.retryAfter : undefined
        assert.deepStrictEqual(wait, Duration.millis(180_000))
      }
      assert.lengthOf(server.account.messages, 0)
    })
  )
})
