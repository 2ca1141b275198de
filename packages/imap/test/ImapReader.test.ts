import { assert, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { Page } from "@mailferry/core/MailboxReader.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { type Dovecot, startDovecot } from "@mailferry/testkit/Dovecot.ts"
import { dovecotSuite } from "@mailferry/testkit/DovecotSuite.ts"
import { DateTime, Effect, Option } from "effect"
import { afterAll, beforeAll } from "vitest"

import { first, newAccount, readerOf, withClient } from "./support/TestAccount.ts"

const inbox: MailboxPath = ["INBOX"]

const octets = (subject: string, more = "") =>
  Buffer.from(`Subject: ${subject}\r\nMessage-ID: <${subject}@example.net>\r\n${more}\r\nbody\r\n`, "latin1")

dovecotSuite("ImapReader on Dovecot", () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot.stop())

  it.live("lists mailboxes with their special use, levels and names", () =>
    Effect.gen(function* () {
      const access = newAccount(dovecot)
      yield* Effect.promise(() =>
        withClient(access, async (client) => {
          await client.mailboxCreate("Work/Ärger & Co/a.b")
          await client.mailboxCreate('Quote"d')
        })
      )
      const reader = yield* readerOf(access)
      const mailboxes = yield* reader.listMailboxes
      const shown = Object.fromEntries(
        mailboxes.map(({ path, specialUse }) => [JSON.stringify(path), Option.getOrNull(specialUse)])
      )
      assert.deepInclude(shown, {
        '["INBOX"]': "inbox",
        '["Sent"]': "sent",
        '["Junk"]': "junk",
        '["Work","Ärger & Co","a.b"]': null,
        '["Quote\\"d"]': null
      })
    })
  )

  it.live("lists, describes and fetches what was stored, and sets no flag", () =>
    Effect.gen(function* () {
      const access = newAccount(dovecot)
      const message = octets("one", "X-Pm-Internal-Id:\r\n abc==\r\n")
      yield* Effect.promise(() =>
        withClient(access, async (client) => {
          await client.append("INBOX", message, ["\\Flagged", "$Forwarded"], new Date("2019-03-31T01:30:00Z"))
        })
      )
      const reader = yield* readerOf(access)
      const page = yield* reader.list(inbox, Option.none())
      const entry = first(page.entries)
      assert.lengthOf(page.entries, 1)
      assert.deepStrictEqual(Option.getOrThrow(entry.flags), {
        flags: new Set(["\\Flagged" as const]),
        keywords: new Set(["$Forwarded"])
      })
      assert.isTrue(Option.isNone(page.next))
      assert.deepStrictEqual(Option.getOrThrow(yield* reader.end(inbox)), `${page.epoch}:2`)
      assert.deepStrictEqual([...(yield* reader.fetch(inbox, entry.locator))], [...message])
      assert.deepStrictEqual(yield* reader.describe(inbox, [entry.locator]), [
        {
          locator: MessageLocator(`${page.epoch}:1`),
          mailbox: inbox,
          stableId: Option.some("abc=="),
          messageId: Option.some("<one@example.net>"),
          internalDate: DateTime.makeUnsafe("2019-03-31T01:30:00Z"),
          size: message.length,
          flags: new Set(["\\Flagged" as const]),
          keywords: new Set(["$Forwarded"])
        }
      ])
    })
  )

  it.live("sees mail that arrived after it opened the mailbox", () =>
    Effect.gen(function* () {
      const access = newAccount(dovecot)
      const reader = yield* readerOf(access)
      const before = yield* reader.list(inbox, Option.none())
      assert.lengthOf(before.entries, 0)
      const end = yield* reader.end(inbox)
      yield* Effect.promise(() => withClient(access, (client) => client.append("INBOX", octets("late"))))
      const locator = MessageLocator(`${before.epoch}:1`)
      assert.lengthOf(yield* reader.describe(inbox, [locator]), 1)
      assert.strictEqual((yield* reader.fetch(inbox, locator)).length, octets("late").length)
      assert.lengthOf((yield* reader.list(inbox, end)).entries, 1)
    })
  )

  it.live("lists each message once over the pages of a mailbox of distant UIDs", () =>
    Effect.gen(function* () {
      const access = newAccount(dovecot)
      yield* Effect.promise(() =>
        withClient(access, async (client) => {
          for (let i = 0; i < 40; i++) await client.append("INBOX", octets(`m${i}`))
          await client.mailboxOpen("INBOX")
          await client.messageDelete("2:38", { uid: true })
        })
      )
      const reader = yield* readerOf(access)
      const pages: Array<Page> = []
      let from: Page["next"] = Option.none()
      do {
        const page: Page = yield* reader.list(inbox, from)
        pages.push(page)
        from = page.next
      } while (Option.isSome(from))
      const epoch = first(pages).epoch
      assert.deepStrictEqual(
        pages.flatMap(({ entries }) => entries.map(({ locator }) => locator as string)),
        [1, 39, 40].map((uid) => `${epoch}:${uid}`)
      )
    })
  )

  it.live("refuses locators and cursors of an earlier life of the mailbox", () =>
    Effect.gen(function* () {
      const access = newAccount(dovecot)
      const reader = yield* readerOf(access)
      const old = MessageLocator("1:1")
      const failures = [
        yield* Effect.flip(reader.describe(inbox, [old])),
        yield* Effect.flip(reader.fetch(inbox, old)),
        yield* Effect.flip(
          Effect.flatMap(reader.end(inbox), () => reader.list(inbox, Option.some("1:1" as never)))
        )
      ]
      for (const { reason } of failures) {
        assert.strictEqual(reason._tag, "MailboxRejected")
        assert.propertyVal(reason, "why", "uidvalidity-changed")
      }
    })
  )

  it.live("says gone of a message that is not there, and leaves it out of descriptions", () =>
    Effect.gen(function* () {
      const access = newAccount(dovecot)
      const reader = yield* readerOf(access)
      const { epoch } = yield* reader.list(inbox, Option.none())
      const locator = MessageLocator(`${epoch}:7`)
      assert.deepStrictEqual(yield* reader.describe(inbox, [locator]), [])
      const { reason } = yield* Effect.flip(reader.fetch(inbox, locator))
      assert.propertyVal(reason, "why", "gone")
    })
  )

  it.live("says missing of a mailbox that is not there", () =>
    Effect.gen(function* () {
      const reader = yield* readerOf(newAccount(dovecot))
      const { reason } = yield* Effect.flip(reader.list(["No such"], Option.none()))
      assert.strictEqual(reason._tag, "MailboxRejected")
      assert.propertyVal(reason, "why", "missing")
    })
  )

  it.live("glimpses subject, date, size, flags and header of a message", () =>
    Effect.gen(function* () {
      const access = newAccount(dovecot)
      const message = octets("=?utf-8?q?Gr=C3=BC=C3=9Fe?=")
      yield* Effect.promise(() =>
        withClient(access, (client) =>
          client.append("INBOX", message, ["\\Seen"], new Date("2001-02-03T04:05:06Z"))
        )
      )
      const reader = yield* readerOf(access)
      const { epoch } = yield* reader.list(inbox, Option.none())
      const seen = yield* reader.glimpse(inbox, MessageLocator(`${epoch}:1`))
      assert.deepStrictEqual(Option.getOrThrow(seen.subject), "Grüße")
      assert.deepStrictEqual(
        Option.getOrThrow(seen.internalDate),
        DateTime.makeUnsafe("2001-02-03T04:05:06Z")
      )
      assert.strictEqual(Option.getOrThrow(seen.size), message.length)
      assert.isTrue(Option.getOrThrow(seen.flags).flags.has("\\Seen"))
      assert.include(Buffer.from(Option.getOrThrow(seen.bytes)).toString(), "Message-ID")
    })
  )
})
