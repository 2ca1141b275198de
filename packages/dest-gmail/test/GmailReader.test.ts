import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import { entriesOf, locatorsOf } from "@mailferry/testkit/Listing.ts"
import { Effect, Option } from "effect"

import { connected } from "./support/connected.ts"

const inbox: MailboxPath = ["INBOX"]
const unhurried = { quotaPerMinute: Infinity, indexDelayMillis: 0 } as const

describe("listing", () => {
  it.live("tells flags for 15 units a page at the most, however many messages", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      for (let n = 0; n < 1100; n++) {
        const labels = ["INBOX", ...(n % 2 === 0 ? ["UNREAD"] : []), ...(n % 7 === 0 ? ["STARRED"] : [])]
        server.account.deposit(Buffer.from(`From: a@example.net\r\n\r\n${n}`), labels, new Date(n * 1000))
      }
      const destination = yield* connected(server)
      const before = server.stats.units
      const entries = yield* entriesOf(destination, inbox)
      const told = new Map(
        entries.map(({ flags, locator }) => [String(locator), [...Option.getOrThrow(flags).flags].toSorted()])
      )
      assert.strictEqual(told.size, 1100)
      for (const message of server.account.messages) {
        const expected = [
          ...(message.has("STARRED") ? ["\\Flagged"] : []),
          ...(message.has("UNREAD") ? [] : ["\\Seen"])
        ]
        assert.deepStrictEqual(told.get(message.id), expected)
      }
      assert.isAtMost(server.stats.units - before, 3 * 15)
    })
  )

  it.live("All Mail leaves out Spam and Trash, which are listed by themselves", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const octets = Buffer.from("From: a@example.net\r\n\r\nx")
      const ids = [[], ["INBOX"], ["SPAM"], ["TRASH"]].map(
        (labels) => server.account.deposit(octets, labels).id
      )
      const destination = yield* connected(server)
      const listed = yield* Effect.forEach([["All Mail"], ["Spam"], ["Trash"]] as const, (path) =>
        Effect.map(locatorsOf(destination, path), (locators) => locators.map(String).toSorted())
      )
      assert.deepStrictEqual(listed, [ids.slice(0, 2).toSorted(), [ids[2]], [ids[3]]] as never)
    })
  )
})
