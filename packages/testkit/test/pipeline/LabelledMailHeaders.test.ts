import { assert, describe, it } from "@effect/vitest"
import { MailboxRejected } from "@mailferry/core/MailError.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { dropAfterCommit, failWith, onCall } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { joiningCapabilities } from "@mailferry/testkit/MemoryDestination.ts"
import { Effect } from "effect"

import { clean, findings, labelled, labelledWorld, mail, protonAccount } from "./LabelledMail.ts"
import { arrive } from "./Letters.ts"

const textOf = (account: Account.MemoryAccount, subject: string) =>
  [...account.mailboxes.values()]
    .flatMap(({ messages }) => [...messages.values()])
    .map(({ bytes }) => Buffer.from(bytes).toString("latin1"))
    .find((text) => text.includes(`Subject: ${subject}`)) ?? ""

describe("a message without the headers that the service insists on", () => {
  it.effect("gets the same Message-ID on every try, as one line, and is reported", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1, { messageId: "" }), ["INBOX"])
      const world = yield* labelledWorld(source)
      const { result } = yield* world.run({ destinationScript: onCall("append", 1, dropAfterCommit) })
      assert.deepInclude(result, { outcome: "complete", migrated: 1, losses: { "message-id-added": 1 } })
      assert.match(
        textOf(world.destination, "letter 1"),
        /^Message-ID: <[0-9a-f]{64}@import\.invalid>\r\nX-Pm-/u
      )
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX)"])
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
    })
  )

  it.effect("keeps its From and Date as they are unless mending was asked for", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1, { headers: ["From: nobody"] }), ["INBOX"])
      const plain = yield* labelledWorld(source)
      const { result } = yield* plain.run()
      assert.strictEqual(result.losses["date-of-arrival"], 1)
      assert.include(textOf(plain.destination, "letter 1"), "\r\nFrom: nobody\r\n")

      const mended = yield* labelledWorld(source)
      const { result: second } = yield* mended.run({ rules: { ...defaultRules, mendHeaders: true } })
      assert.deepStrictEqual(second.losses, { "header-mended": 2 })
      const text = textOf(mended.destination, "letter 1")
      assert.include(text, "Date: Sun, 31 Mar 2019 12:00:01 +0000\r\n")
      assert.include(text, "From: <unknown@sender.invalid>\r\n")
      assert.include(text, "X-Mailferry-Original-From: nobody\r\n")
      assert.deepStrictEqual(findings(yield* mended.verify()), clean)
    })
  )
})

describe("a mailbox that the service keeps for itself", () => {
  const keepsSent = (from: number) =>
    alwaysAppendTo(
      ["Sent"],
      from,
      failWith(
        new MailboxRejected({
          why: "name",
          detail: "Invalid label: SENT",
          mailbox: ["Sent"],
          instead: ["Proton", "Sent"]
        })
      )
    )

  const alwaysAppendTo =
    (mailbox: readonly [string], from: number, fault: ReturnType<typeof failWith>) =>
    (call: { readonly operation: string; readonly mailbox?: ReadonlyArray<string>; readonly n: number }) =>
      call.operation === "append" && call.n >= from && call.mailbox?.join("/") === mailbox[0]
        ? fault
        : undefined

  it.effect("is replaced by the one it names, for the rest of this run and in later ones", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      for (const n of [1, 2, 3, 4]) arrive(source, mail(n), ["Sent"])
      const world = yield* labelledWorld(source, {
        capabilities: { pace: { ...joiningCapabilities.pace, concurrentCalls: 1 } }
      })
      const { events, result } = yield* world.run({ destinationScript: keepsSent(3) })
      assert.deepInclude(result, { outcome: "complete", migrated: 4, changedAtSource: {} })
      const before = labelled(world.destination)
      assert.strictEqual(before.filter((line) => line.endsWith("(Sent)")).length, 2)
      assert.strictEqual(before.filter((line) => line.endsWith("(Proton/Sent)")).length, 2)
      assert.strictEqual(events.filter(({ _tag }) => _tag === "MailboxRenamed").length, 1)
      arrive(source, mail(5), ["Sent"])
      const { result: next } = yield* world.run({ destinationScript: keepsSent(1) })
      assert.deepInclude(next, { outcome: "complete", migrated: 1, alreadyThere: 4, changedAtSource: {} })
      assert.include(labelled(world.destination), "letter 5 (Proton/Sent)")
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
    })
  )
})
