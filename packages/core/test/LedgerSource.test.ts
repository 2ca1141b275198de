import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@mailferry/core/Ledger.ts"
import { Cursor } from "@mailferry/core/MailboxReader.ts"
import type { MessageSummary } from "@mailferry/core/Message.ts"
import { DateTime, Effect, Exit, Option, Stream } from "effect"

import { locator, newLedger, putMessage } from "./LedgerOnDisk.ts"
import { placementRow } from "./MessageRows.ts"
import { folder, inbox, label } from "./SourceMailboxes.ts"

type LedgerService = Ledger["Service"]

const mailboxId = Effect.fnUntraced(function* ({ source }: LedgerService) {
  yield* source.putMailboxes([inbox])
  const [mailbox] = yield* source.mailboxes
  return mailbox?.id ?? 0
})

const messagesOf = ({ messages }: LedgerService) => Stream.runCollect(messages.all)

const summary: MessageSummary = {
  locator: locator("2:1"),
  mailbox: ["INBOX"],
  stableId: Option.none(),
  messageId: Option.some("<1@example.net>"),
  internalDate: DateTime.makeUnsafe("2020-02-29T12:00:00Z"),
  size: 1000,
  flags: new Set(),
  keywords: new Set()
}

/** A message without an id of its own, shown in a mailbox in an earlier life of it. */
const formerly = Effect.fnUntraced(function* (
  { source }: LedgerService,
  mailbox: number,
  uid: number,
  other: Partial<MessageSummary> = {}
) {
  const message = yield* source.putMessage({
    ...summary,
    ...other,
    key: `former ${uid}`,
    fromSource: false,
    unreadable: Option.none(),
    subject: Option.none()
  })
  yield* source.putCopy(mailbox, "1", locator(`1:${uid}`), message)
  return message
})

describe("the ledger's mailboxes of the source", () => {
  it.effect("remembers each with its row id, through a listing that lacks it", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const { source } = ledger
      yield* source.putMailboxes([inbox, folder("Work"), label("x")])
      const before = yield* source.mailboxes
      assert.deepStrictEqual(
        before.map(({ path, proposed, role, specialUse }) => ({ path, proposed, role, specialUse })),
        [inbox, folder("Work"), label("x")].map(({ path, proposed, role, specialUse }) => ({
          path,
          proposed,
          role,
          specialUse
        }))
      )
      yield* source.putMailboxes([inbox])
      assert.deepStrictEqual(yield* source.mailboxes, before.slice(0, 1))
      yield* source.putMailboxes([label("x"), folder("Work"), inbox])
      assert.deepStrictEqual(yield* source.mailboxes, before)
    })
  )

  it.effect("notes where a complete listing ended", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const mailbox = yield* mailboxId(ledger)
      yield* ledger.source.finishMailbox(mailbox, "17", Option.some(Cursor("17:9")))
      const [row] = yield* ledger.source.mailboxes
      assert.deepInclude(row, { epoch: Option.some("17"), cursor: Option.some(Cursor("17:9")) })
    })
  )
})

describe("the ledger's copies", () => {
  it.effect("are known by locator within one life of the mailbox only", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      const mailbox = yield* mailboxId(ledger)
      yield* ledger.source.putCopy(mailbox, "1", locator("1:5"), ids[0] ?? 0)
      const known = (epoch: string) =>
        Effect.map(ledger.source.knownCopies(mailbox, epoch, [locator("1:5"), locator("1:6")]), (copies) =>
          copies.map(({ locator, message }) => `${locator} ${message}`)
        )
      assert.deepStrictEqual(yield* known("1"), [`1:5 ${ids[0]}`])
      assert.deepStrictEqual(yield* known("2"), [])
      assert.deepStrictEqual(yield* ledger.source.knownCopies(mailbox, "1", []), [])
    })
  )

  it.effect("are forgotten when a complete listing did not show them", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(3)
      const { source } = ledger
      const mailbox = yield* mailboxId(ledger)
      for (const id of ids) yield* source.putCopy(mailbox, "1", locator(`1:${id}`), id)
      const [first] = yield* source.knownCopies(mailbox, "1", [locator(`1:${ids[0]}`)])
      assert.strictEqual(yield* source.forgetOthers(mailbox, new Set([first?.id ?? 0])), 2)
      assert.strictEqual(yield* source.countCopies(mailbox), 1)
      assert.strictEqual((yield* messagesOf(ledger)).length, 3, "the messages themselves stay")
    })
  )

  it.effect("are forgotten with a mailbox that is no longer listed", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1)
      const mailbox = yield* mailboxId(ledger)
      yield* ledger.source.putCopy(mailbox, "1", locator("1:1"), ids[0] ?? 0)
      yield* ledger.source.putMailboxes([folder("Work")])
      yield* ledger.source.forgetAbsent
      const [message] = yield* messagesOf(ledger)
      assert.deepStrictEqual(message?.memberships, [])
    })
  )

  it.effect("of an earlier life are offered only where size, date and Message-ID agree", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const mailbox = yield* mailboxId(ledger)
      const same = yield* formerly(ledger, mailbox, 1)
      yield* formerly(ledger, mailbox, 2, { size: 1001 })
      yield* formerly(ledger, mailbox, 3, { messageId: Option.none() })
      yield* formerly(ledger, mailbox, 4, { internalDate: DateTime.makeUnsafe("2020-02-29T12:00:01Z") })
      yield* ledger.placements.put(placementRow({ message: same, fingerprint: Option.some("abc") }))
      const found = yield* ledger.source.formerCopies(mailbox, "2", summary)
      assert.deepStrictEqual(
        found.map(({ fingerprint, message }) => [message, fingerprint]),
        [[same, "abc"]]
      )
      assert.deepStrictEqual(yield* ledger.source.formerCopies(mailbox, "1", summary), [])
      const without = yield* ledger.source.formerCopies(mailbox, "2", {
        ...summary,
        messageId: Option.none()
      })
      assert.strictEqual(without.length, 1, "none matches none")
    })
  )
})

describe("the ledger's messages", () => {
  it.effect("are one row for one id, brought up to date when seen again", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const first = yield* putMessage(ledger, "id-1")
      const edited = yield* ledger.source.putMessage({
        ...summary,
        key: "id-1",
        fromSource: true,
        size: 2222,
        internalDate: DateTime.makeUnsafe("2021-01-01T00:00:00Z"),
        flags: new Set(["\\Seen"]),
        unreadable: Option.none(),
        subject: Option.some("edited draft")
      })
      assert.strictEqual(edited, first)
      const [row, ...others] = yield* messagesOf(ledger)
      assert.deepStrictEqual(others, [])
      assert.deepInclude(row, {
        stableId: Option.some("id-1"),
        size: 2222,
        internalDate: DateTime.makeUnsafe("2021-01-01T00:00:00Z"),
        subject: Option.some("edited draft")
      })
      assert.deepStrictEqual([...(row?.flags ?? [])], ["\\Seen"])
    })
  )

  it.effect("come in the order they were first listed, across pages, each with all that is known of it", () =>
    Effect.gen(function* () {
      const { ids, ledger } = yield* newLedger(1203)
      const mailbox = yield* mailboxId(ledger)
      const last = ids.at(-1) ?? 0
      yield* ledger.source.putCopy(mailbox, "1", locator("1:9"), last)
      yield* ledger.placements.put(placementRow({ message: last }))
      yield* ledger.reports.quarantine({
        message: last,
        subject: Option.none(),
        why: "policy",
        detail: "no",
        advice: Option.none(),
        file: Option.none(),
        run: 1
      })
      const rows = yield* messagesOf(ledger)
      assert.deepStrictEqual(
        rows.map(({ id }) => id),
        ids
      )
      assert.deepInclude(rows.at(-1), {
        memberships: [{ mailbox, locator: locator("1:9") }],
        placements: [placementRow({ message: last })],
        quarantined: true
      })
      assert.deepInclude(rows.at(-2), { memberships: [], placements: [], quarantined: false })
    })
  )

  it.effect("without an id of their own have none, only a key", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const id = yield* formerly(ledger, yield* mailboxId(ledger), 1)
      const [row] = yield* messagesOf(ledger)
      assert.deepInclude(row, { key: "former 1", stableId: Option.none() })
      assert.deepInclude(yield* ledger.messages.identity(id), {
        stableId: Option.none(),
        messageId: Option.some("<1@example.net>"),
        size: 1000
      })
    })
  )

  it.effect("that could not be read are forgotten, with their reports, once no mailbox shows them", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const { reports, source } = ledger
      const mailbox = yield* mailboxId(ledger)
      const message = yield* source.putMessage({
        ...summary,
        key: "unreadable 1",
        fromSource: false,
        unreadable: Option.some("failed to load"),
        subject: Option.some("hello")
      })
      yield* source.putCopy(mailbox, "1", locator("1:1"), message)
      const row = { message, subject: Option.none(), why: "unreadable", detail: "", run: 1 }
      yield* reports.quarantine({ ...row, advice: Option.none(), file: Option.none() })
      yield* reports.loss({ message, kind: "label-ignored", detail: "x", run: 1 })
      yield* source.forgetReadable
      assert.strictEqual((yield* reports.quarantined).length, 1, "a mailbox still shows it")
      const [copy] = yield* source.knownCopies(mailbox, "1", [locator("1:1")])
      assert.isTrue(copy?.unreadable)
      yield* source.forgetCopy(copy?.id ?? 0)
      yield* source.forgetReadable
      assert.deepStrictEqual(yield* messagesOf(ledger), [])
      assert.deepStrictEqual(yield* reports.quarantined, [])
      assert.deepStrictEqual(yield* reports.losses, [])
    })
  )

  it.effect("written in one commit are all there or none", () =>
    Effect.gen(function* () {
      const { ledger } = yield* newLedger()
      const half = Effect.andThen(putMessage(ledger, "id-1"), Effect.die("power cut"))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(ledger.source.inOneCommit(half))))
      assert.strictEqual(yield* ledger.reports.messageCount, 0)
      yield* ledger.source.inOneCommit(putMessage(ledger, "id-1"))
      assert.strictEqual(yield* ledger.reports.messageCount, 1)
    })
  )
})
