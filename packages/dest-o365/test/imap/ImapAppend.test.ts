import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath, SpecialUse } from "@mailferry/core/Mailbox.ts"
import { DateTime, Duration, Effect, Option, Redacted } from "effect"

import type { MicrosoftTokens } from "../../src/auth/MicrosoftTokens.ts"
import { type ImapAppendRequest, makeImapAppend } from "../../src/imap/ImapAppend.ts"
import { configOf, exchangeAccount, granted, tokensOf } from "./exchangeJob.ts"

const signed = [
  "From: Ann <ann@example.org>",
  "To: You <you@example.com>",
  "Subject: Signed",
  "Date: Tue, 02 Mar 2010 10:11:09 +0000",
  "Message-ID: <signed@example.org>",
  'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=s',
  "",
  "--s",
  "Content-Type: text/plain",
  "",
  "Signed.",
  "--s",
  "Content-Type: application/pgp-signature",
  "",
  "signature",
  "--s--",
  ""
].join("\r\n")

const request = (path: MailboxPath, more: Partial<ImapAppendRequest> = {}): ImapAppendRequest => ({
  path,
  specialUse: Option.none(),
  flags: new Set(),
  internalDate: DateTime.makeUnsafe("2010-03-02T10:11:12Z"),
  octets: Buffer.from(signed),
  ...more
})

const use = (specialUse: SpecialUse) => ({ specialUse: Option.some(specialUse) })

/** An account, and IMAP beside Graph for it. */
const started = Effect.fnUntraced(function* (
  options?: Parameters<typeof exchangeAccount>[0],
  tokens?: (valid: string) => Pick<MicrosoftTokens, "imap">
) {
  const { job, server } = yield* exchangeAccount(options)
  const config = yield* configOf(job)
  const given = tokens?.(server.imap.token) ?? tokensOf(server.imap.token)
  return { imap: yield* makeImapAppend(config, given), server }
})

const reasonOf = Effect.fnUntraced(function* (effect: Effect.Effect<unknown, { readonly reason: unknown }>) {
  const { reason } = yield* Effect.flip(effect)
  return reason as { readonly _tag: string; readonly [field: string]: unknown }
})

describe("IMAP beside Graph", () => {
  it.live("stores a received message with its dates and flags, its signature as it was", () =>
    Effect.gen(function* () {
      const { imap, server } = yield* started()
      yield* imap.append(request(["INBOX"], { flags: new Set(["\\Seen", "\\Flagged", "\\Answered"]) }))
      const [message] = server.account.messages
      assert.deepInclude(message, { isDraft: false, isRead: true, internetMessageId: "<signed@example.org>" })
      assert.strictEqual(message?.received, Date.parse("2010-03-02T10:11:12Z"))
      assert.strictEqual(message?.parts.flag["flagStatus"], "flagged")
      assert.include(message?.attachments[0]?.octets.read().toString(), signed.slice(signed.indexOf("--s")))
    })
  )

  it.live("finds Exchange's own folders in any language, and others by their names in any case", () =>
    Effect.gen(function* () {
      const folderNames = { sentitems: "Gesendete Elemente", archive: "Archiv" }
      const { imap, server } = yield* started({ folderNames })
      const folder = server.account.addFolder("Work", server.account.root)
      server.account.addFolder("Old", folder)
      yield* imap.append(request(["Sent"], use("sent")))
      yield* imap.append(request(["Archiv"], use("archive")))
      yield* imap.append(request(["work", "old"]))
      const paths = server.account.messages.map(({ folderPath }) => folderPath)
      assert.deepStrictEqual(paths, ["Gesendete Elemente", "Archiv", "Work/Old"])
    })
  )

  it.live("looks again for a folder that Graph made meanwhile, and says when there is none", () =>
    Effect.gen(function* () {
      const { imap, server } = yield* started()
      yield* imap.append(request(["INBOX"]))
      server.account.addFolder("New", server.account.root)
      yield* imap.append(request(["New"]))
      const missing = yield* reasonOf(imap.append(request(["Nowhere"])))
      assert.include(missing, { _tag: "MailboxRejected", why: "missing" })
      const gone = server.account.folderAt("New")
      if (gone !== undefined) server.account.removeFolder(gone)
      for (const _ of [1, 2]) {
        const reason = yield* reasonOf(imap.append(request(["New"])))
        assert.include(reason, { _tag: "MailboxRejected", why: "missing" })
      }
      server.account.addFolder("a/b", server.account.root)
      const nameless = yield* reasonOf(imap.append(request(["a/b"])))
      assert.include(nameless, { _tag: "MailboxRejected", why: "name" })
    })
  )

  it.live("connects when first needed, and once for all", () =>
    Effect.gen(function* () {
      const { imap, server } = yield* started()
      assert.strictEqual(server.imap.stats.connections, 0)
      yield* Effect.all([imap.check, imap.append(request(["INBOX"])), imap.append(request(["INBOX"]))], {
        concurrency: "unbounded"
      })
      assert.strictEqual(server.imap.stats.connections, 1)
    })
  )

  it.live("connects anew after the connection was lost, with the token of that time", () =>
    Effect.gen(function* () {
      const given: Array<string> = []
      const { imap, server } = yield* started({}, (valid) => {
        const token = Effect.sync(() => {
          given.push(valid)
          return Redacted.make(valid)
        })
        return granted({ accessToken: token, refreshed: token })
      })
      yield* imap.append(request(["INBOX"]))
      server.imap.cutSessions()
      yield* Effect.sleep("20 millis")
      yield* imap.append(request(["INBOX"]))
      assert.lengthOf(given, 2)
      assert.lengthOf(server.account.messages, 2)
    })
  )

  it.live("says that the outcome is open when the answer was lost, and tries nothing again", () =>
    Effect.gen(function* () {
      const { imap, server } = yield* started()
      yield* imap.check
      server.imap.cutAfterLiteral()
      const reason = yield* reasonOf(imap.append(request(["INBOX"])))
      assert.include(reason, { _tag: "Transient", applied: "unknown" })
      assert.lengthOf(server.account.messages, 1)
    })
  )

  it.live("renews a refused token once", () =>
    Effect.gen(function* () {
      const tokens = (valid: string) => tokensOf("old", valid)
      const { imap, server } = yield* started({}, tokens)
      yield* imap.append(request(["INBOX"]))
      assert.deepInclude(server.imap.stats, { logins: 1, refusedLogins: 1 })
    })
  )

  it.live("is AuthFailed at once and for good where IMAP is switched off", () =>
    Effect.gen(function* () {
      const { imap, server } = yield* started()
      server.imap.refuseLogin("AUTHENTICATE failed.")
      const reason = yield* reasonOf(imap.append(request(["INBOX"])))
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.match(String(reason["advice"]), /switched off/u)
      assert.strictEqual((yield* reasonOf(imap.check))._tag, "AuthFailed")
      assert.strictEqual(server.imap.stats.refusedLogins, 2)
      assert.lengthOf(server.account.messages, 0)
    })
  )

  it.live("asks nobody where the sign-in is not for IMAP, or the job names Graph's server alone", () =>
    Effect.gen(function* () {
      const { job, server } = yield* exchangeAccount()
      const config = yield* configOf(job)
      const unasked = yield* makeImapAppend(config, { imap: Option.none() })
      const reason = yield* reasonOf(unasked.append(request(["INBOX"])))
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.match(String(reason["advice"]), /auth login o365 --user you@example\.com --with-imap/u)
      const elsewhere = { ...config, endpoint: { graph: server.url } }
      const alone = yield* makeImapAppend(elsewhere, tokensOf(server.imap.token))
      assert.strictEqual((yield* reasonOf(alone.append(request(["INBOX"]))))._tag, "Fatal")
      assert.strictEqual(server.imap.stats.connections, 0)
    })
  )

  it.live("is AuthFailed where the login succeeds and nothing is behind it", () =>
    Effect.gen(function* () {
      const { imap, server } = yield* started()
      server.imap.notConnected()
      assert.strictEqual((yield* reasonOf(imap.append(request(["INBOX"]))))._tag, "AuthFailed")
      assert.strictEqual((yield* reasonOf(imap.append(request(["INBOX"]))))._tag, "AuthFailed")
      assert.strictEqual(server.imap.stats.logins, 1)
    })
  )

  it.live("takes the same words for a hiccup once IMAP has worked", () =>
    Effect.gen(function* () {
      const { imap, server } = yield* started()
      yield* imap.append(request(["INBOX"]))
      server.imap.throttle("BAD User is authenticated but not connected.", 1, ["APPEND"])
      const reason = yield* reasonOf(imap.append(request(["INBOX"])))
      assert.include(reason, { _tag: "Transient", applied: "no" })
    })
  )

  it.live("hands on how long Exchange wants to be left alone", () =>
    Effect.gen(function* () {
      const { imap, server } = yield* started()
      const words = "Request is throttled. Suggested Backoff Time: 180000 milliseconds"
      yield* imap.check
      for (const response of [`NO ${words}`, `BAD ${words}`]) {
        server.imap.throttle(response, 1, ["APPEND"], { closes: true })
        const reason = yield* reasonOf(imap.append(request(["INBOX"])))
        assert.include(reason, { _tag: "Throttled", over: "rate" })
        assert.strictEqual(Duration.toMillis(reason["retryAfter"] as Duration.Duration), 180_000)
      }
      assert.lengthOf(server.account.messages, 0)
    })
  )

  it.live("tells messages that are too large from those with lines that are too long", () =>
    Effect.gen(function* () {
      const { imap } = yield* started({ messageSizeLimit: 30_000 })
      const text = (body: string) => Buffer.from(`Message-ID: <x@y>\r\n\r\n${body}\r\n`)
      const large = yield* reasonOf(imap.append(request(["INBOX"], { octets: text("a\r\n".repeat(20_000)) })))
      assert.include(large, { _tag: "MessageRejected", why: "too-large" })
      const long = yield* reasonOf(imap.append(request(["INBOX"], { octets: text("a".repeat(10_501)) })))
      assert.include(long, { _tag: "MessageRejected", why: "malformed" })
    })
  )

  it.live("says when the mailbox is full", () =>
    Effect.gen(function* () {
      const { imap, server } = yield* started()
      server.mailboxFull()
      assert.strictEqual((yield* reasonOf(imap.append(request(["INBOX"]))))._tag, "QuotaExceeded")
    })
  )
})
