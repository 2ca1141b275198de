import { assert, describe, it } from "@effect/vitest"
import { Destination } from "@mailferry/core/Destination.ts"
import * as Ledger from "@mailferry/core/Ledger.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { runMigration, type RunOptions } from "@mailferry/core/Run.ts"
import { RunEvents } from "@mailferry/core/RunEvent.ts"
import { Source } from "@mailferry/core/Source.ts"
import { verifyMigration } from "@mailferry/core/Verify.ts"
import type { RehearsalImapServer } from "@mailferry/rehearsal/RehearsalImapServer.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { DateTime, Effect, Layer, Option, Stream } from "effect"

import { jobLayer } from "../support/jobLayer.ts"
import { imapAccount } from "./imapJob.ts"

const letter = (n: number, messageId = `<${n}@x>`, body = "hello"): Account.MemoryMessageSpec => ({
  bytes: Buffer.from(
    `X-Pm-Internal-Id: ${n}==\r\nMessage-ID: ${messageId}\r\nSubject: letter ${n}\r\n\r\n${body}\r\n`
  ),
  internalDate: DateTime.makeUnsafe(`2019-03-31T12:00:0${n}Z`)
})

/** Puts one message into several mailboxes of the source, and into the view of all mail. */
const arrive = (
  account: Account.MemoryAccount,
  spec: Account.MemoryMessageSpec,
  ...paths: Array<MailboxPath>
) => {
  const message = Account.newMessage(account, spec)
  for (const path of [...paths, ["All Mail"] as const]) {
    const mailbox = [...account.mailboxes.values()].find((each) => each.path.join("/") === path.join("/"))
    if (mailbox !== undefined) Account.show(mailbox, message)
  }
}

const protonAccount = () =>
  Account.make([
    { path: ["INBOX"], specialUse: "inbox" },
    { path: ["Sent"], specialUse: "sent" },
    { path: ["Archive"], specialUse: "archive" },
    { path: ["All Mail"], specialUse: "all", role: "everything" },
    { path: ["Folders", "Büro 2019"], proposed: ["Büro 2019"] },
    { path: ["Labels", "red one"], role: "label" },
    { path: ["Labels", "blue"], role: "label" }
  ])

/** Each message with the labels it shows under, and its octets' first words: one line for one message. */
const labelled = (server: RehearsalImapServer) => {
  const shown = new Map<string, Array<string>>()
  for (const { messages, name } of server.mailboxes.values()) {
    for (const { bytes, gmailId = "" } of messages) {
      const subject = /^Subject: (.*?)\r$/mu.exec(Buffer.from(bytes).toString())?.[1] ?? "?"
      const key = `${subject} ${gmailId}`
      shown.set(key, [...(shown.get(key) ?? []), ...(name === "[Gmail]/All Mail" ? [] : [name])])
    }
  }
  return Array.from(
    shown,
    ([key, names]) => `${key.replace(/ \d+$/u, "")} (${names.toSorted().join(", ")})`
  ).toSorted()
}

const options: RunOptions = {
  rules: defaultRules,
  planFile: Option.none(),
  pilot: "skip",
  stop: Effect.succeed(false),
  byteBudget: 1 << 20,
  quarantineDirectory: Option.none(),
  retryQuarantined: false
}

const started = Effect.fnUntraced(function* () {
  const source = protonAccount()
  const { job, server } = yield* imapAccount()
  const ledger = yield* Layer.build(
    Ledger.layer({ filename: ":memory:", sourceAccount: "a", destinationAccount: "b", exclusive: true })
  )
  const services = Layer.mergeAll(
    Layer.succeed(Source, MemorySource.make(source)),
    jobLayer(job),
    Layer.succeed(RunEvents, { emit: () => Effect.void, stream: Stream.empty }),
    Layer.succeedContext(ledger)
  )
  const process = <A, E>(program: Effect.Effect<A, E, Source | Destination | RunEvents | Ledger.Ledger>) =>
    Effect.provide(program, Layer.fresh(services))
  return {
    source,
    server,
    run: Effect.map(process(Effect.scoped(runMigration(options))), ({ result }) => result),
    verify: process(Effect.scoped(verifyMigration({ ...options, full: true, allowForeign: false })))
  }
})

describe("a move into Gmail by IMAP", () => {
  it.live("loses and doubles nothing when answers are lost and mail is joined", () =>
    Effect.gen(function* () {
      const { run, server, source, verify } = yield* started()
      arrive(source, letter(1), ["INBOX"], ["Labels", "red one"], ["Labels", "blue"])
      arrive(source, letter(2), ["Archive"])
      arrive(source, letter(3), ["Folders", "Büro 2019"], ["Labels", "blue"])
      arrive(source, letter(4), ["INBOX"], ["Sent"])
      // Two of ours with one Message-ID, and one that lies in Gmail's Trash from earlier days.
      arrive(source, letter(5, "<same@x>", "one"), ["INBOX"])
      arrive(source, letter(6, "<same@x>", "another"), ["Folders", "Büro 2019"])
      arrive(source, letter(7), ["Archive"], ["Labels", "blue"])
      server.deliver("[Gmail]/Trash", Buffer.from("Message-ID: <7@x>\r\nSubject: old 7\r\n\r\nolder\r\n"), [])
      server.cutAfterLiteral(2)
      server.cutBeforeCopyOk(1)
      const result = yield* run
      assert.deepInclude(result, { outcome: "complete", planned: 7, quarantined: 0, failed: 0, merged: 1 })
      const expected = [
        "letter 1 (INBOX, blue, red one)",
        "letter 2 ()",
        "letter 3 (Büro 2019, blue)",
        "letter 4 (INBOX, [Gmail]/Sent Mail)",
        "old 7 (blue)"
      ]
      const stored = labelled(server)
      assert.includeMembers([...stored], expected)
      // Which of the two came first is not said.
      assert.lengthOf(
        stored.filter((line) => /^letter [56] \(Büro 2019, INBOX\)$/u.test(line)),
        1
      )
      assert.lengthOf(stored, 6)
      const verified = yield* verify
      assert.deepInclude(verified, { ok: true, missing: 0, doubled: 0, altered: 0, notMigrated: 0 })
      const { appended } = server.stats
      assert.deepInclude(yield* run, { outcome: "complete", migrated: 0, failed: 0 })
      assert.strictEqual(server.stats.appended, appended)
      assert.deepStrictEqual(labelled(server), stored)
    })
  )
})
