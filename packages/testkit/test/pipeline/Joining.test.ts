import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { assert, describe, it } from "@effect/vitest"
import { MailboxRejected } from "@mailferry/core/MailError.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import {
  always,
  dropAfterCommit,
  dropBeforeCommit,
  failWith,
  notSent,
  onCall,
  scripts
} from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { joiningCapabilities } from "@mailferry/testkit/MemoryDestination.ts"
import { Duration, Effect, Option } from "effect"

import { clean, findings, labelled, labelledWorld, mail, protonAccount } from "./LabelledMail.ts"
import { arrive } from "./Letters.ts"
import { unaccounted } from "./World.ts"
import { tells, worthDying } from "./WorthDying.ts"

const textOf = (account: Account.MemoryAccount, subject: string) =>
  [...account.mailboxes.values()]
    .flatMap(({ messages }) => [...messages.values()])
    .map(({ bytes }) => Buffer.from(bytes).toString("latin1"))
    .find((text) => text.includes(`Subject: ${subject}`)) ?? ""

describe("mail for a service with labels", () => {
  it.effect("is stored once, each message with all its labels, its star and its read state", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1, { flags: ["\\Seen"] }), ["INBOX"], ["Labels", "x"], ["Labels", "y"])
      arrive(source, mail(2), ["INBOX"], ["Sent"])
      arrive(source, mail(3, { flags: ["\\Flagged", "\\Answered"] }), ["Archive"], ["Starred"])
      arrive(source, mail(4), ["Folders", "Work"], ["Labels", "x"])
      arrive(source, mail(5))
      arrive(source, mail(6), ["Drafts"])
      arrive(source, mail(7), ["Trash"])
      arrive(source, mail(8), ["Spam"])
      arrive(source, mail(9), ["Scheduled"])
      arrive(source, mail(10), ["Folders", "Sent"])
      const world = yield* labelledWorld(source)
      const { destinationCalls, result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 10, migrated: 10, merged: 0 })
      assert.deepStrictEqual(labelled(world.destination), [
        "letter 1 (INBOX, x, y) \\Seen",
        "letter 10 (_Sent)",
        "letter 2 (INBOX, Sent)",
        "letter 3 () \\Flagged",
        "letter 4 (Work, x)",
        "letter 5 ()",
        "letter 6 (Proton/Drafts)",
        "letter 7 (Proton/Trash)",
        "letter 8 (Spam)",
        "letter 9 (Proton/Scheduled)"
      ])
      assert.strictEqual(destinationCalls.filter(({ operation }) => operation === "append").length, 10)
      assert.notInclude(
        destinationCalls.map(({ operation }) => operation),
        "copy"
      )
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
      const { writes } = world.destination
      const { result: again } = yield* world.run()
      assert.deepInclude(again, { outcome: "complete", migrated: 0, alreadyThere: 10 })
      assert.strictEqual(world.destination.writes, writes)
    })
  )

  it.effect("stands in one of the mailboxes that exclude each other, and the other is reported", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"], ["Spam"])
      const world = yield* labelledWorld(source)
      const { result } = yield* world.run()
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX)"])
      assert.strictEqual(result.losses["place-not-kept"], 1)
    })
  )

  it.effect("goes into a folder and a label of one name as into one label", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      Account.addMailbox(source, { path: ["Labels", "Work"], role: "label" })
      Account.addMailbox(source, { path: ["Labels", "Inbox"], role: "label" })
      arrive(source, mail(1), ["Folders", "Work"], ["Labels", "Work"])
      arrive(source, mail(2), ["INBOX"], ["Labels", "Work"], ["Labels", "Inbox"])
      const world = yield* labelledWorld(source)
      yield* world.run()
      assert.deepStrictEqual(labelled(world.destination), [
        "letter 1 (Work)",
        "letter 2 (INBOX, Work, _Inbox)"
      ])
    })
  )

  it.effect("goes under one label of its own when that is asked for", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["Folders", "Work"], ["Labels", "x"])
      arrive(source, mail(2), ["INBOX"])
      const names = { ...joiningCapabilities.names, parent: "Proton" }
      const world = yield* labelledWorld(source, { capabilities: { names } })
      yield* world.run()
      assert.deepStrictEqual(labelled(world.destination), [
        "letter 1 (Proton/Work, Proton/x)",
        "letter 2 (INBOX)"
      ])
    })
  )
})

describe("two messages with one Message-ID", () => {
  const twins = (body: string) => {
    const source = protonAccount()
    arrive(source, mail(1, { messageId: "<same@list>" }), ["INBOX"])
    arrive(source, mail(2, { messageId: "<same@list>", body }), ["Sent"], ["Labels", "x"])
    return source
  }

  it.effect("become one with the labels of both, and are reported as merged and never as lost", () =>
    Effect.gen(function* () {
      const world = yield* labelledWorld(twins("hello 1"))
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 2, migrated: 1, merged: 1, losses: {} })
      assert.strictEqual(unaccounted(result), 0)
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX, Sent, x)"])
      const merged = yield* world.ledger(({ joined }) => joined.merged)
      assert.deepInclude(merged[0], { key: "proton-2==", joinedWith: "proton-1==", messageId: "<same@list>" })
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
      const { result: again } = yield* world.run()
      assert.deepInclude(again, { outcome: "complete", migrated: 0, merged: 0, alreadyThere: 2 })
    })
  )

  it.effect("of which the bodies differ leave the octets of the second as a file", () =>
    Effect.gen(function* () {
      const world = yield* labelledWorld(twins("another body"))
      const { result } = yield* world.run()
      assert.deepInclude(result, { migrated: 1, merged: 1, losses: { "merged-with-other-body": 1 } })
      const directory = join(world.directory, "quarantine")
      const [file = ""] = readdirSync(directory)
      assert.include(readFileSync(join(directory, file), "latin1"), "another body")
    })
  )
})

describe("two messages with one Message-ID of which one is spam", () => {
  for (const [name, first, second] of [
    ["later", ["Folders", "Work"], ["Spam"]],
    ["earlier", ["Spam"], ["Folders", "Work"]]
  ] as const) {
    it.effect(`stay in sight when the spam comes ${name}`, () =>
      Effect.gen(function* () {
        const source = protonAccount()
        arrive(source, mail(1, { messageId: "<same@list>", body: "hello" }), first)
        arrive(source, mail(2, { messageId: "<same@list>", body: "hello" }), second)
        const world = yield* labelledWorld(source)
        const { result } = yield* world.run()
        assert.deepInclude(result, { outcome: "complete", planned: 2, migrated: 1, merged: 1 })
        const [line = ""] = labelled(world.destination)
        assert.include(line, "Work")
        if (name === "later") assert.strictEqual(line, "letter 1 (Work)")
        assert.strictEqual(result.losses["place-not-kept"] ?? 0, name === "later" ? 1 : 0)
        assert.deepStrictEqual(findings(yield* world.verify()), clean)
        assert.deepInclude((yield* world.run()).result, { migrated: 0, merged: 0, alreadyThere: 2 })
        assert.lengthOf(labelled(world.destination), 1)
        assert.deepStrictEqual(labelled(world.destination), [line])
      })
    )
  }
})

describe("mail that was there first", () => {
  it.effect("is joined and not counted as migrated, and the labels it was given are reported", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"], ["Labels", "x"])
      arrive(source, mail(2), ["INBOX"])
      const world = yield* labelledWorld(source)
      const there = Account.newMessage(world.destination, mail(1))
      Account.show(Account.mailboxOf(world.destination, ["All Mail"]), there)
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 2, migrated: 1, alreadyThere: 1 })
      assert.strictEqual(result.losses["labels-added-there"], 1)
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX, x)", "letter 2 (INBOX)"])
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
    })
  )

  it.effect("with another body leaves the octets of ours as a file, and keeps no pilot from passing", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1, { body: "ours" }), ["Sent"])
      arrive(source, mail(2), ["Sent"])
      const world = yield* labelledWorld(source)
      const there = Account.newMessage(world.destination, mail(1, { body: "a scanner's other mail" }))
      Account.show(Account.mailboxOf(world.destination, ["All Mail"]), there)
      const { pilot, result } = yield* world.run({ pilot: "first" })
      assert.isTrue(Option.getOrThrow(pilot).passed)
      assert.deepInclude(result, { outcome: "complete", migrated: 1, alreadyThere: 1 })
      assert.strictEqual(result.losses["merged-with-other-body"], 1)
      const directory = join(world.directory, "quarantine")
      const [file = ""] = readdirSync(directory)
      assert.include(readFileSync(join(directory, file), "latin1"), "ours")
    })
  )

  it.effect("and in sight is not taken into Spam by its twin", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["Spam"])
      arrive(source, mail(2), ["Spam"])
      const world = yield* labelledWorld(source)
      const there = Account.newMessage(world.destination, mail(1))
      for (const path of [["INBOX"], ["All Mail"]] as const) {
        Account.show(Account.mailboxOf(world.destination, path), there)
      }
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1, alreadyThere: 1 })
      assert.strictEqual(result.losses["place-not-kept"], 1)
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX)", "letter 2 (Spam)"])
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
    })
  )

  it.effect("is known although it came between the plan and the run", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"])
      const world = yield* labelledWorld(source)
      yield* world.plan()
      Account.show(
        Account.mailboxOf(world.destination, ["All Mail"]),
        Account.newMessage(world.destination, mail(1))
      )
      assert.deepInclude((yield* world.run()).result, { migrated: 0, alreadyThere: 1 })
    })
  )
})

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

describe("an append of unknown outcome to such a service", () => {
  for (const [name, fault] of [
    ["stored", dropAfterCommit],
    ["lost", dropBeforeCommit]
  ] as const) {
    it.effect(`is settled though the message was ${name}, by its ticket or by joining`, () =>
      Effect.gen(function* () {
        for (const tickets of [true, false]) {
          const source = protonAccount()
          for (const n of [1, 2, 3]) arrive(source, mail(n), ["INBOX"], ["Labels", "x"])
          const world = yield* labelledWorld(source, { tickets })
          const { result } = yield* world.run({ destinationScript: onCall("append", 2, fault) })
          assert.deepInclude(result, { outcome: "complete", migrated: 3, merged: 0 })
          assert.deepStrictEqual(labelled(world.destination), [
            "letter 1 (INBOX, x)",
            "letter 2 (INBOX, x)",
            "letter 3 (INBOX, x)"
          ])
        }
      })
    )

    it.effect(`is settled though the message was ${name}, by searching where nothing is joined`, () =>
      Effect.gen(function* () {
        const source = protonAccount()
        for (const n of [1, 2, 3]) arrive(source, mail(n), ["INBOX"], ["Labels", "x"])
        const world = yield* labelledWorld(source, {
          tickets: false,
          capabilities: { joinsByMessageId: false, adoption: "none" }
        })
        const { result } = yield* world.run({ destinationScript: onCall("append", 2, fault) })
        assert.deepInclude(result, { outcome: "complete", migrated: 3 })
        assert.strictEqual(labelled(world.destination).length, 3)
      })
    )
  }

  it.effect("is not taken for refused when the next try is refused", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"])
      const world = yield* labelledWorld(source, { tickets: false })
      const { result } = yield* world.run({
        destinationScript: (call) =>
          call.operation !== "append" ? undefined : call.n === 1 ? dropAfterCommit : refusal
      })
      assert.deepInclude(result, { outcome: "complete", migrated: 1, quarantined: 0 })
    })
  )

  const refusal = failWith(new MailboxRejected({ why: "permission", detail: "not now" }))

  for (const joinsByMessageId of [true, false]) {
    const way = joinsByMessageId ? "by joining" : "by searching"
    it.effect(`is settled ${way} although the service answers no question about its ticket`, () =>
      Effect.gen(function* () {
        const source = protonAccount()
        for (const n of [1, 2, 3]) arrive(source, mail(n), ["INBOX"])
        const world = yield* labelledWorld(source, { capabilities: { joinsByMessageId } })
        const unanswered = always("recall", notSent)
        yield* world.start({
          destinationScript: unanswered,
          killAt: ({ operation, when }) => operation === "append" && when === "after"
        })
        const { result } = yield* world.run({
          destinationScript: scripts(unanswered, onCall("append", 1, dropAfterCommit))
        })
        assert.deepInclude(result, { outcome: "complete", planned: 3, merged: 0 })
        assert.strictEqual(labelled(world.destination).length, 3)
        assert.deepStrictEqual(findings(yield* world.verify()), clean)
      })
    )
  }

  it.effect("is left open by itself where neither its ticket nor a search can tell, and ends no run", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      for (const n of [1, 2, 3]) arrive(source, mail(n), ["INBOX"])
      const world = yield* labelledWorld(source, { capabilities: { joinsByMessageId: false } })
      yield* world.start({ killAt: ({ operation, when }) => operation === "append" && when === "before" })
      yield* world.start({
        killAt: ({ n, operation, when }) => n > 1 && operation === "append" && when === "after"
      })
      const { result } = yield* world.run({ destinationScript: always("recall", notSent) })
      assert.strictEqual(labelled(world.destination).length, 3 - result.failed)
      assert.strictEqual(unaccounted(result), 0)
      assert.deepInclude((yield* world.run()).result, { outcome: "complete", planned: 3 })
      assert.strictEqual(labelled(world.destination).length, 3)
    })
  )

  it.effect("is nobody's when the service never answers: it is left open, and the next run settles it", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["INBOX"])
      const world = yield* labelledWorld(source, { tickets: false })
      const { result } = yield* world.run({ destinationScript: always("append", dropBeforeCommit) })
      assert.notStrictEqual(result.outcome, "complete")
      assert.deepInclude((yield* world.run()).result, { outcome: "complete", migrated: 1 })
      assert.deepStrictEqual(labelled(world.destination), ["letter 1 (INBOX)"])
    })
  )
})

describe("a killed process that writes to such a service", () => {
  const source = () => {
    const account = protonAccount()
    arrive(account, mail(1), ["INBOX"], ["Labels", "x"])
    arrive(account, mail(2, { flags: ["\\Seen"] }), ["INBOX"], ["Sent"])
    arrive(account, mail(3, { messageId: "" }), ["Archive"])
    arrive(account, mail(1, { id: "proton-4==" }), ["Folders", "Work"])
    return account
  }
  const expected = ["letter 1 (INBOX, Work, x)", "letter 2 (INBOX, Sent) \\Seen", "letter 3 ()"]
  const pace = { concurrentCalls: 1, attemptTimeout: Duration.seconds(30), limits: [] }
  for (const [name, options] of [
    ["with tickets", { tickets: true, capabilities: { pace } }],
    ["without tickets", { tickets: false, capabilities: { pace } }]
  ] as const) {
    it.effect(`leaves nothing lost and nothing doubled, wherever it dies: ${name}`, () =>
      Effect.gen(function* () {
        const undisturbed = yield* labelledWorld(source(), options)
        const { moments } = yield* undisturbed.start()
        assert.deepStrictEqual(labelled(undisturbed.destination), expected)
        assert.includeMembers(moments.map(tells), ["before destination append", "after destination append"])
        for (const { n } of worthDying(moments)) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const world = yield* labelledWorld(source(), options)
              yield* world.start({ killAt: (moment) => moment.n === n })
              const { result } = yield* world.run()
              assert.strictEqual(result.outcome, "complete")
              assert.strictEqual(unaccounted(result), 0)
              assert.deepStrictEqual(labelled(world.destination), expected, `killed at ${n}`)
              assert.deepInclude((yield* world.run()).result, { migrated: 0, merged: 0 })
              assert.deepInclude(findings(yield* world.verify()), { doubled: 0, foreign: 0, missing: 0 })
            })
          )
        }
      })
    )
  }

  for (const tickets of [true, false]) {
    it.effect(`keeps the octets that were joined away, ${tickets ? "with" : "without"} tickets`, () =>
      Effect.gen(function* () {
        const twins = () => {
          const account = protonAccount()
          arrive(account, mail(1, { messageId: "<same@list>" }), ["INBOX"])
          arrive(account, mail(2, { messageId: "<same@list>", body: "another body" }), ["Folders", "Work"])
          return account
        }
        const undisturbed = yield* labelledWorld(twins(), { tickets, capabilities: { pace } })
        const { moments } = yield* undisturbed.start()
        const afterwards = moments.findLastIndex(({ operation }) => operation === "append")
        for (const { n } of moments.slice(afterwards, afterwards + 4)) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const world = yield* labelledWorld(twins(), { tickets, capabilities: { pace } })
              yield* world.start({ killAt: (moment) => moment.n === n })
              assert.deepInclude((yield* world.run()).result, { outcome: "complete", planned: 2 })
              const [file = ""] = readdirSync(join(world.directory, "quarantine"))
              const octets = readFileSync(join(world.directory, "quarantine", file), "latin1")
              assert.include(octets, "another body", `killed at ${n}`)
            })
          )
        }
      })
    )
  }
})

describe("a message whose place at such a service has changed", () => {
  it.effect("is found again by its Message-ID, the added one too, whatever size the service tells", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      const later = arrive(source, mail(1, { messageId: "", id: "" }), ["INBOX"])
      const world = yield* labelledWorld(source, { capabilities: { addsHeaders: true } })
      yield* world.run()
      const [stored] = Account.mailboxOf(world.destination, ["INBOX"]).messages.values()
      assert.isDefined(stored)
      // Another client moved it in a way that gave it another id and a header line more.
      const moved = Account.newMessage(world.destination, {
        ...stored,
        bytes: Buffer.concat([Buffer.from("Received: by import\r\n"), stored?.bytes ?? new Uint8Array()])
      })
      for (const mailbox of world.destination.mailboxes.values()) {
        for (const [arrival, message] of mailbox.messages)
          if (message === stored) mailbox.messages.set(arrival, moved)
      }
      later.flags.add("\\Flagged")
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1 })
      assert.isTrue(moved.flags.has("\\Flagged"))
    })
  )
})
