import { assert, describe, it } from "@effect/vitest"
import type { Destination } from "@mailferry/core/Destination.ts"
import * as Ledger from "@mailferry/core/Ledger.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { runMigration, type RunOptions } from "@mailferry/core/Run.ts"
import { RunEvents } from "@mailferry/core/RunEvent.ts"
import { Source } from "@mailferry/core/Source.ts"
import { verifyMigration } from "@mailferry/core/Verify.ts"
import type { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"
import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { DateTime, Effect, Layer, Option, Stream } from "effect"

import { jobFor, type Job, jobLayer } from "./support/jobLayer.ts"

interface Letter {
  /** The value of Message-ID, or several fields. */
  readonly id?: string | undefined
  readonly head?: string
  readonly body?: string
  readonly flags?: ReadonlyArray<"\\Seen" | "\\Flagged">
}

const dateOf = (n: number) => DateTime.makeUnsafe(`2019-03-31T12:00:0${n}Z`)

const letter = (n: number, { body = "hello", flags = ["\\Seen"], head, id = `<${n}@x>` }: Letter = {}) => ({
  bytes: Buffer.from(
    `X-Pm-Internal-Id: ${n}==\r\n${head ?? "From: a@example.net\r\n"}${id === "" ? "" : `Message-ID: ${id}\r\n`}Date: ${DateTime.toDate(dateOf(n)).toUTCString()}\r\nSubject: letter ${n}\r\n\r\n${body}\r\n`
  ),
  internalDate: dateOf(n),
  flags
})

/** Puts one message into several mailboxes of the source, and into the view of all mail. */
const arrive = (
  account: Account.MemoryAccount,
  spec: Account.MemoryMessageSpec,
  ...paths: ReadonlyArray<MailboxPath>
) => {
  const message = Account.newMessage(account, spec)
  for (const path of [...paths, ["All Mail"] as const])
    Account.show(Account.mailboxOf(account, path), message)
}

const protonAccount = () =>
  Account.make([
    { path: ["INBOX"], specialUse: "inbox" },
    { path: ["Sent"], specialUse: "sent" },
    { path: ["Drafts"], specialUse: "drafts" },
    { path: ["Spam"], specialUse: "junk" },
    { path: ["Trash"], specialUse: "trash" },
    { path: ["Archive"], specialUse: "archive" },
    { path: ["All Mail"], specialUse: "all", role: "everything" },
    { path: ["Starred"], specialUse: "flagged", role: "starred" },
    { path: ["Scheduled"] },
    { path: ["Folders", "Büro 2019"], proposed: ["Büro 2019"] },
    { path: ["Folders", "Inbox"], proposed: ["Inbox copy"] },
    { path: ["Labels", "Important"], role: "label" },
    { path: ["Labels", "blue"], role: "label" }
  ])

/** Each stored message with its labels: one line for one message. */
const stored = ({ account }: RehearsalGmail) =>
  account.messages
    .map(({ labels, raw }) => {
      const [, subject] = /^Subject: (.*?)\r$/mu.exec(raw.toString("latin1", 0, 500)) ?? []
      return `${subject} (${labels.toSorted().join(", ")})`
    })
    .toSorted()

const options: RunOptions = {
  rules: defaultRules,
  planFile: Option.none(),
  pilot: "skip",
  stop: Effect.succeed(false),
  byteBudget: 8 << 20,
  quarantineDirectory: Option.none(),
  retryQuarantined: false
}

const moving = Effect.fnUntraced(function* (
  server: RehearsalGmail,
  source: Account.MemoryAccount,
  more: Partial<Job> = {}
) {
  const ledger = yield* Layer.build(
    Ledger.layer({ filename: ":memory:", sourceAccount: "a", destinationAccount: "b", exclusive: true })
  )
  const services = Layer.mergeAll(
    Layer.succeed(Source, MemorySource.make(source)),
    jobLayer(jobFor(server, more)),
    Layer.succeed(RunEvents, { emit: () => Effect.void, stream: Stream.empty }),
    Layer.succeedContext(ledger)
  )
  const process = <A, E>(program: Effect.Effect<A, E, Source | Destination | RunEvents | Ledger.Ledger>) =>
    Effect.provide(program, Layer.fresh(services))
  return {
    run: Effect.map(process(Effect.scoped(runMigration(options))), ({ result }) => result),
    verify: process(Effect.scoped(verifyMigration({ ...options, full: true, allowForeign: false })))
  }
})

const unhurried = { quotaPerMinute: Infinity, indexDelayMillis: 50 } as const

describe("a move into Gmail", () => {
  it.live("brings every mailbox to the place that Gmail has for it, and proves it", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ ...unhurried, sentRule: "refuse", byteExactRaw: false })
      const source = protonAccount()
      const { run, verify } = yield* moving(server, source)
      arrive(source, letter(1, { flags: [] }), ["INBOX"], ["Labels", "Important"], ["Labels", "blue"])
      arrive(source, letter(2, { flags: ["\\Seen", "\\Flagged"] }), ["Archive"], ["Starred"])
      arrive(source, letter(3), ["Folders", "Büro 2019"], ["Labels", "blue"])
      arrive(source, letter(4), ["INBOX"], ["Sent"])
      arrive(source, letter(5), ["Sent"])
      arrive(source, letter(6), ["Drafts"])
      arrive(source, letter(7), ["Spam"])
      arrive(source, letter(8), ["Trash"])
      arrive(source, letter(9), ["Scheduled"])
      const result = yield* run
      assert.deepInclude(result, { outcome: "complete", planned: 9, migrated: 9, quarantined: 0, failed: 0 })
      assert.deepStrictEqual(stored(server), [
        "letter 1 (INBOX, UNREAD, _Important, blue)",
        "letter 2 (STARRED)",
        "letter 3 (Büro 2019, blue)",
        "letter 4 (INBOX, Proton/Sent)",
        "letter 5 (Proton/Sent)",
        "letter 6 (Proton/Drafts)",
        "letter 7 (SPAM)",
        "letter 8 (Proton/Trash)",
        "letter 9 (Proton/Scheduled)"
      ])
      const verified = yield* verify
      assert.deepInclude(verified, { ok: true, missing: 0, doubled: 0, altered: 0, foreign: 0, readBack: 9 })
      const { units } = server.stats
      assert.deepInclude(yield* run, { outcome: "complete", planned: 9, migrated: 0, alreadyThere: 9 })
      assert.isBelow(server.stats.units - units, 100, "a run with nothing to do costs next to nothing")
      assert.lengthOf(server.account.messages, 9)
    })
  )

  it.live("loses and doubles nothing when answers are lost and mail is joined", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const source = protonAccount()
      const { run, verify } = yield* moving(server, source)
      const large = `${"x".repeat(78)}\r\n`.repeat(66_000)
      server.account.deposit(letter(1).bytes, ["INBOX"])
      arrive(source, letter(1), ["INBOX"], ["Labels", "blue"])
      arrive(source, letter(2, { id: "" }), ["Archive"])
      arrive(source, letter(3, { body: large }), ["Folders", "Büro 2019"], ["Labels", "blue"])
      arrive(source, letter(4, { id: "", body: large }), ["INBOX"])
      // Two of ours with one Message-ID, and one that Gmail will not have.
      arrive(source, letter(5, { id: "<same@x>", body: "one" }), ["INBOX"])
      arrive(source, letter(6, { id: "<same@x>", body: "another" }), ["Folders", "Büro 2019"])
      arrive(source, letter(7, { head: "" }), ["Archive"])
      server.commitThenDrop(2)
      server.commitThen503(1)
      server.dropBeforeCommit(2)
      server.badRequest(1, ({ call }) => call === "messages.import")
      const result = yield* run
      assert.deepInclude(result, {
        outcome: "partial",
        planned: 7,
        migrated: 4,
        alreadyThere: 1,
        merged: 1,
        quarantined: 1,
        failed: 0
      })
      const there = stored(server)
      assert.includeMembers(there, [
        "letter 1 (INBOX, blue)",
        "letter 2 ()",
        "letter 3 (Büro 2019, blue)",
        "letter 4 (INBOX)"
      ])
      assert.lengthOf(
        there.filter((line) => /^letter [56] \(Büro 2019, INBOX\)$/u.test(line)),
        1
      )
      assert.lengthOf(there, 5)
      const verified = yield* verify
      assert.deepInclude(verified, { missing: 0, doubled: 0, altered: 0, foreign: 0, quarantined: 1 })
      yield* run
      assert.deepStrictEqual(stored(server), there)
    })
  )

  it.live("knows what was joined by ids that Gmail reads and we do not", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const source = protonAccount()
      const { run, verify } = yield* moving(server, source)
      arrive(source, letter(1, { id: "<same@x>" }), ["INBOX"])
      arrive(source, letter(2, { id: "<same@x> (copy)" }), ["INBOX"])
      arrive(source, letter(3, { id: "<other@x>\r\nMessage-ID: <same@x>" }), ["INBOX"])
      arrive(source, letter(4, { id: "< blank@x >" }), ["INBOX"])
      arrive(source, letter(5, { id: "<SAME@x>" }), ["INBOX"])
      const result = yield* run
      assert.deepInclude(result, { outcome: "complete", planned: 5, migrated: 4, merged: 1 })
      assert.lengthOf(stored(server), 4)
      assert.deepInclude(yield* verify, { ok: true, missing: 0, doubled: 0, altered: 0, foreign: 0 })
    })
  )

  it.live("leaves mail in sight that has a twin in Spam, whichever comes first", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ ...unhurried, indexDelayMillis: 0 })
      const source = protonAccount()
      const { run, verify } = yield* moving(server, source)
      server.account.deposit(letter(1).bytes, ["INBOX"])
      arrive(source, letter(1), ["Spam"])
      arrive(source, letter(2, { id: "<a@x>" }), ["Folders", "Büro 2019"])
      arrive(source, letter(3, { id: "<a@x>" }), ["Spam"])
      arrive(source, letter(4, { id: "<b@x>" }), ["Spam"])
      arrive(source, letter(5, { id: "<b@x>" }), ["INBOX"])
      arrive(source, letter(6), ["Spam"])
      const result = yield* run
      assert.deepInclude(result, { planned: 6, migrated: 3, merged: 2, alreadyThere: 1 })
      const places = stored(server).map((line) => line.replace(/^letter \d /u, ""))
      assert.deepStrictEqual(places.toSorted(), ["(Büro 2019)", "(INBOX)", "(INBOX)", "(SPAM)"])
      assert.deepInclude(yield* verify, { ok: true, missing: 0, doubled: 0, altered: 0, foreign: 0 })
      yield* run
      const again = stored(server).map((line) => line.replace(/^letter \d /u, ""))
      assert.deepStrictEqual(again.toSorted(), places.toSorted())
    })
  )

  it.live("is proved where labels are spelt otherwise there, and not where mail was thrown away", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const source = protonAccount()
      Account.addMailbox(source, { path: ["Folders", "Work", "Sub"], proposed: ["Work", "Sub"] })
      const { run, verify } = yield* moving(server, source)
      server.account.labels.create({ name: "WORK" })
      arrive(source, letter(1), ["Folders", "Work", "Sub"])
      arrive(source, letter(2), ["Folders", "Büro 2019"])
      yield* run
      const { id = "" } = server.account.labels.named("Büro 2019") ?? {}
      server.account.labels.change(id, { name: "BÜRO 2019" }, false)
      assert.deepStrictEqual(stored(server), ["letter 1 (WORK/Sub)", "letter 2 (BÜRO 2019)"])
      assert.deepInclude(yield* verify, { ok: true, missing: 0 })
      for (const message of server.account.messages) {
        server.account.relabel(message, new Set([...message.labelIds, "TRASH"]))
      }
      assert.deepInclude(yield* verify, { ok: false, missing: 2 })
    })
  )
})
