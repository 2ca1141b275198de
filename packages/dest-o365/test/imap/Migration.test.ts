import { assert, describe, it } from "@effect/vitest"
import { Destination } from "@mailferry/core/Destination.ts"
import * as Ledger from "@mailferry/core/Ledger.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { runMigration, type RunOptions } from "@mailferry/core/Run.ts"
import { RunEvents } from "@mailferry/core/RunEvent.ts"
import { Source } from "@mailferry/core/Source.ts"
import { verifyMigration } from "@mailferry/core/Verify.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { DateTime, Effect, Layer, Option, Stream } from "effect"

import { connectO365Imap } from "../../src/imap/O365Imap.ts"
import { configOf, exchangeAccount, tokensOf } from "./exchangeJob.ts"

/** Octets that Exchange does not give back: it keeps no Received. */
const letter = (n: number, messageId = `<${n}@x>`): Account.MemoryMessageSpec => ({
  bytes: Buffer.from(
    `Received: by x\r\nX-Pm-Internal-Id: ${n}==\r\nMessage-ID: ${messageId}\r\nSubject: letter ${n}\r\n\r\nhello\r\n`
  ),
  flags: ["\\Seen"],
  internalDate: DateTime.makeUnsafe(`2019-03-31T12:00:0${n}Z`)
})

const protonAccount = () =>
  Account.make([
    { path: ["INBOX"], specialUse: "inbox" },
    { path: ["Sent"], specialUse: "sent" },
    { path: ["Archive"], specialUse: "archive" },
    { path: ["All Mail"], specialUse: "all", role: "everything" },
    { path: ["Folders", "Files"], proposed: ["Files"] },
    { path: ["Labels", "red one"], role: "label" }
  ])

/** Puts one message into several mailboxes of the source, and into the view of all mail. */
const arrive = (
  account: Account.MemoryAccount,
  spec: Account.MemoryMessageSpec,
  ...paths: ReadonlyArray<MailboxPath>
) => {
  const message = Account.newMessage(account, spec)
  for (const path of [...paths, ["All Mail"] as const]) {
    const mailbox = [...account.mailboxes.values()].find((each) => each.path.join("/") === path.join("/"))
    if (mailbox !== undefined) Account.show(mailbox, message)
  }
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
  const { job, server } = yield* exchangeAccount()
  const ledger = yield* Layer.build(
    Ledger.layer({ filename: ":memory:", sourceAccount: "a", destinationAccount: "b", exclusive: true })
  )
  const destination = Effect.flatMap(configOf(job), (config) =>
    connectO365Imap(config, tokensOf(server.imap.token))
  )
  const services = Layer.mergeAll(
    Layer.succeed(Source, MemorySource.make(source)),
    Layer.effect(Destination, destination),
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

describe("a move into Exchange by IMAP", () => {
  it.live("loses and doubles nothing when answers are lost", () =>
    Effect.gen(function* () {
      const { run, server, source, verify } = yield* started()
      arrive(source, letter(1), ["INBOX"], ["Labels", "red one"])
      arrive(source, letter(2), ["Archive"])
      arrive(source, letter(3), ["Folders", "Files"])
      arrive(source, letter(4), ["INBOX"], ["Sent"])
      arrive(source, letter(5, "<same@x>"), ["INBOX"])
      arrive(source, letter(6, "<same@x>"), ["INBOX"])
      server.imap.cutAfterLiteral(2)
      server.imap.cutBeforeCopyOk(1)
      assert.deepInclude(yield* run, { outcome: "complete", planned: 6, quarantined: 0, failed: 0 })
      const stored = () =>
        server.account.messages.map(({ folderPath, subject }) => `${folderPath}: ${subject}`).toSorted()
      assert.deepStrictEqual(stored(), [
        "Archive: letter 2",
        "Inbox: letter 1",
        "Inbox: letter 4",
        "Inbox: letter 5",
        "Inbox: letter 6",
        "Labels/red one: letter 1",
        "Sent Items: letter 4",
        "_Files: letter 3"
      ])
      assert.isTrue(server.account.messages.every(({ isDraft, isRead }) => !isDraft && isRead))
      assert.deepInclude(yield* verify, { ok: true, missing: 0, doubled: 0, altered: 0, notMigrated: 0 })
      assert.deepInclude(yield* run, { outcome: "complete", migrated: 0, failed: 0 })
      assert.lengthOf(stored(), 8)
    })
  )
})
