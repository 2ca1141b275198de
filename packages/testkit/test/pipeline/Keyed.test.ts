import { assert, describe, it } from "@effect/vitest"
import { MailError, MessageRejected, Transient } from "@mailferry/core/MailError.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { dropAfterCommit, dropBeforeCommit, onCall } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { keyedCapabilities } from "@mailferry/testkit/MemoryDestination.ts"
import { DateTime, Duration, Effect, Option } from "effect"

import { clean, findings } from "./LabelledMail.ts"
import { arrive, bridgeAccount, letter, protonLetter } from "./Letters.ts"
import { makeWorld, unaccounted, type WorldOptions } from "./World.ts"
import { tells, worthDying } from "./WorthDying.ts"

const pace = { concurrentCalls: 1, attemptTimeout: Duration.seconds(30), limits: [] }

const keyedWorld = (source: Account.MemoryAccount, options: Partial<WorldOptions> = {}) =>
  makeWorld({
    source,
    destination: Account.make(),
    ...options,
    capabilities: { ...keyedCapabilities, pace, ...options.capabilities }
  })

const subjectOf = ({ bytes }: Account.MemoryMessage) =>
  /^Subject: (.*?)\r$/mu.exec(Buffer.from(bytes).toString("latin1"))?.[1] ?? "?"

/** Each stored message as one line: where it is, what it is marked with, and whether all of it is there. */
const stored = (account: Account.MemoryAccount): ReadonlyArray<string> =>
  [...account.mailboxes.values()]
    .flatMap(({ messages, path }) =>
      [...messages.values()].map((message) =>
        [
          path.join("/"),
          subjectOf(message),
          ...[...message.flags, ...message.keywords].toSorted(),
          ...(message.unfinished ? ["UNFINISHED"] : [])
        ].join(" ")
      )
    )
    .toSorted()

const labelOf = (account: Account.MemoryAccount, name: string) => {
  Account.addMailbox(account, { path: ["Labels", name], role: "label" })
  return ["Labels", name] as const
}

const proton = () => bridgeAccount(["INBOX"], ["Sent"], ["Archive"], ["All Mail"])

const refused = (why: MessageRejected["why"]) =>
  new MailError({
    adapter: "memory",
    operation: "append",
    reason: new MessageRejected({ why, detail: "an attachment is too large" })
  })

const cutOff = new MailError({
  adapter: "memory",
  operation: "append",
  reason: new Transient({ detail: "the connection was cut between two attachments", applied: "no" })
})

describe("labels at a service that keeps categories", () => {
  it.effect("come as categories under their own words, and the message stands in one mailbox", () =>
    Effect.gen(function* () {
      const source = proton()
      const [work, taxes] = [labelOf(source, "Work, urgent"), labelOf(source, "Taxes 2019")]
      arrive(
        source,
        protonLetter(1, { keywords: ["$Forwarded", "$MDNSent", "NonJunk"] }),
        ["INBOX"],
        work,
        taxes
      )
      const world = yield* keyedWorld(source)
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1 })
      assert.deepStrictEqual(stored(world.destination), ["INBOX letter 1 $Forwarded Taxes 2019 Work_ urgent"])
      assert.deepStrictEqual(result.losses, { "flag-not-kept": 2 })
      assert.deepStrictEqual(findings(yield* world.verify()), clean)
    })
  )

  it.effect("are shown so in the plan", () =>
    Effect.gen(function* () {
      const source = proton()
      arrive(source, protonLetter(1), ["INBOX"], labelOf(source, "Taxes 2019"))
      const { summary } = yield* (yield* keyedWorld(source)).plan()
      const line = summary.mailboxes.find(({ role }) => role === "label")
      assert.deepInclude(line, { mark: { name: "Taxes 2019", called: "category" }, shown: 1 })
    })
  )

  it.effect("given later are added to what is there, and a second run adds nothing", () =>
    Effect.gen(function* () {
      const source = proton()
      const taxes = labelOf(source, "Taxes 2019")
      const message = arrive(source, protonLetter(1), ["INBOX"])
      const world = yield* keyedWorld(source)
      yield* world.run()
      Account.show(Account.mailboxOf(source, taxes), message)
      yield* world.run()
      assert.deepStrictEqual(stored(world.destination), ["INBOX letter 1 Taxes 2019"])
      const { writes } = world.destination
      const { result } = yield* world.run()
      assert.deepInclude(result, { migrated: 0, alreadyThere: 1 })
      assert.strictEqual(world.destination.writes, writes)
    })
  )

  it.effect("come as mailboxes when the rules ask for copies", () =>
    Effect.gen(function* () {
      const source = proton()
      arrive(source, protonLetter(1), ["INBOX"], labelOf(source, "Taxes 2019"))
      const world = yield* keyedWorld(source)
      yield* world.run({ rules: { ...defaultRules, labels: "copy" } })
      assert.deepStrictEqual(stored(world.destination), ["INBOX letter 1", "Labels/Taxes 2019 letter 1"])
    })
  )
})

describe("an append of unknown outcome to a service that finds messages by our key", () => {
  for (const [name, fault] of [
    ["stored", dropAfterCommit],
    ["lost", dropBeforeCommit]
  ] as const) {
    it.effect(`is settled though the message was ${name}, twins without any id included`, () =>
      Effect.gen(function* () {
        const twin = () => letter(1, { messageId: "" })
        const source = Account.make([
          { path: ["INBOX"], specialUse: "inbox", messages: [twin(), twin(), twin()] }
        ])
        const world = yield* keyedWorld(source, { capabilities: { leavesUnfinished: false } })
        const { destinationCalls, result } = yield* world.run({
          destinationScript: onCall("append", 2, fault)
        })
        assert.deepInclude(result, { outcome: "complete", migrated: 3 })
        assert.strictEqual(stored(world.destination).length, 3)
        assert.deepStrictEqual(
          destinationCalls.filter(({ operation }) => operation === "fetch"),
          []
        )
      })
    )
  }
})

describe("a message that the service shows with a date of its own", () => {
  it.effect("is entered with that date, whether the append told it or was looked up", () =>
    Effect.gen(function* () {
      for (const fault of [undefined, dropAfterCommit]) {
        const source = proton()
        arrive(source, protonLetter(1), ["INBOX"])
        const world = yield* keyedWorld(source, { dating: DateTime.makeUnsafe("2026-11-21T00:00:00Z") })
        const { result } = yield* world.run(
          fault === undefined ? {} : { destinationScript: onCall("append", 1, fault) }
        )
        assert.deepInclude(result, { outcome: "complete", migrated: 1 })
        assert.deepStrictEqual(findings(yield* world.verify()), clean)
      }
    })
  )
})

describe("an append that leaves part of a message behind", () => {
  it.effect("is gone on with, not begun again", () =>
    Effect.gen(function* () {
      const source = proton()
      arrive(source, protonLetter(1), ["INBOX"])
      let cuts = 2
      const world = yield* keyedWorld(source, { cut: () => (cuts-- > 0 ? cutOff : undefined) })
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1 })
      assert.deepStrictEqual(stored(world.destination), ["INBOX letter 1"])
    })
  )

  it.effect("is gone on with by the next run when this one gave it up", () =>
    Effect.gen(function* () {
      const source = proton()
      arrive(source, protonLetter(1), ["INBOX"])
      let isCut = true
      const world = yield* keyedWorld(source, { cut: () => (isCut ? cutOff : undefined) })
      const first = yield* world.run()
      assert.notStrictEqual(first.result.outcome, "complete")
      assert.deepStrictEqual(stored(world.destination), ["INBOX letter 1 UNFINISHED"])
      isCut = false
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1 })
      assert.deepStrictEqual(stored(world.destination), ["INBOX letter 1"])
    })
  )

  it.effect("is removed when the service refuses the message after all", () =>
    Effect.gen(function* () {
      const source = proton()
      arrive(source, protonLetter(1), ["INBOX"])
      arrive(source, protonLetter(2), ["INBOX"])
      let n = 0
      const world = yield* keyedWorld(source, { cut: () => (++n === 1 ? refused("too-large") : undefined) })
      const { result } = yield* world.run()
      assert.deepInclude(result, { migrated: 1, quarantined: 1 })
      assert.strictEqual(stored(world.destination).length, 1)
      assert.notInclude(stored(world.destination)[0], "UNFINISHED")
    })
  )

  it.effect("is removed when the message has another place by the next run", () =>
    Effect.gen(function* () {
      const source = proton()
      const message = arrive(source, protonLetter(1), ["INBOX"])
      const world = yield* keyedWorld(source)
      yield* world.start({ killAt: dyingWithin(2) })
      assert.deepStrictEqual(stored(world.destination), ["INBOX letter 1 UNFINISHED"])
      Account.mailboxOf(source, ["INBOX"]).messages.clear()
      Account.show(Account.mailboxOf(source, ["Archive"]), message)
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 1 })
      assert.deepStrictEqual(stored(world.destination), ["Archive letter 1"])
    })
  )

  it.effect("is left alone by a plan, which writes nothing", () =>
    Effect.gen(function* () {
      const source = proton()
      arrive(source, protonLetter(1), ["INBOX"])
      const world = yield* keyedWorld(source)
      yield* world.start({ killAt: dyingWithin(2) })
      const { writes } = world.destination
      yield* world.plan()
      assert.strictEqual(world.destination.writes, writes)
      assert.deepStrictEqual(stored(world.destination), ["INBOX letter 1 UNFINISHED"])
    })
  )
})

/** Dies at the nth step within an append. */
const dyingWithin = (n: number) => {
  let steps = 0
  return ({ when }: { readonly when: string }) => when === "within" && ++steps === n
}

describe("a killed process that writes to such a service", () => {
  const source = () => {
    const account = proton()
    const taxes = labelOf(account, "Taxes 2019")
    arrive(account, protonLetter(1), ["INBOX"], taxes)
    arrive(account, protonLetter(2, { flags: ["\\Seen"] }), ["INBOX"], ["Sent"])
    arrive(account, protonLetter(3, { messageId: "" }), ["Archive"])
    arrive(account, protonLetter(4, { messageId: "<1@letters.invalid>" }), ["Archive"])
    return account
  }
  const expected = [
    "Archive letter 3",
    "Archive letter 4",
    "INBOX letter 1 Taxes 2019",
    "INBOX letter 2 \\Seen",
    "Sent letter 2 \\Seen"
  ]
  it.effect("leaves nothing lost, nothing doubled and nothing half done, wherever it dies", () =>
    Effect.gen(function* () {
      const undisturbed = yield* keyedWorld(source())
      const { moments } = yield* undisturbed.start()
      assert.deepStrictEqual(stored(undisturbed.destination), expected)
      assert.include(moments.map(tells), "within destination append")
      for (const { n, ...moment } of worthDying(moments)) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const world = yield* keyedWorld(source())
            const dead = yield* world.start({ killAt: (moment) => moment.n === n })
            assert.isTrue(Option.isNone(dead.exit))
            const { result } = yield* world.run()
            const place = `killed at moment ${n}, ${tells({ n, ...moment })}`
            assert.deepStrictEqual(stored(world.destination), expected, place)
            assert.strictEqual(result.outcome, "complete", place)
            assert.strictEqual(unaccounted(result), 0, place)
            assert.deepStrictEqual(findings(yield* world.verify({ full: true })), clean, place)
          })
        )
      }
    })
  )
})

describe("a lost ledger, where the service keeps our keys", () => {
  it.effect("costs no second copy, even of twins without a Message-ID", () =>
    Effect.gen(function* () {
      const twin = () => letter(1, { messageId: "" })
      const source = Account.make([{ path: ["INBOX"], specialUse: "inbox", messages: [twin(), twin()] }])
      const first = yield* keyedWorld(source)
      yield* first.run()
      const second = yield* keyedWorld(source, { destination: first.destination })
      const { result } = yield* second.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 0, alreadyThere: 2 })
      assert.strictEqual(stored(second.destination).length, 2)
    })
  )
})

describe("verify, where messages are built anew", () => {
  it.effect(
    "leaves out what stood there before us, although nothing tells old mail from new by its place",
    () =>
      Effect.gen(function* () {
        const source = proton()
        arrive(source, protonLetter(1), ["INBOX"])
        const destination = Account.make()
        Account.deliver(destination, ["INBOX"], letter(7))
        const world = yield* keyedWorld(source, { destination, cursorless: true })
        yield* world.run()
        assert.deepStrictEqual(findings(yield* world.verify()), clean)
        Account.deliver(destination, ["INBOX"], letter(8))
        assert.deepStrictEqual(findings(yield* world.verify()), { ...clean, foreign: 1, ok: false })
      })
  )

  it.effect("finds a message whose text is not the one that was sent", () =>
    Effect.gen(function* () {
      const source = proton()
      arrive(source, protonLetter(1), ["INBOX"])
      arrive(source, protonLetter(2), ["INBOX"])
      const world = yield* keyedWorld(source)
      yield* world.run()
      const inbox = Account.mailboxOf(world.destination, ["INBOX"])
      const [[arrival, message] = assert.fail()] = inbox.messages
      inbox.messages.set(arrival, { ...message, bytes: Buffer.from("Subject: letter 1\r\n\r\nforged\r\n") })
      const verified = yield* world.verify()
      assert.deepStrictEqual(findings(verified), { ...clean, altered: 1, ok: false })
      assert.strictEqual(verified.differences[0]?.detail, "its text is not the one that was sent")
      assert.strictEqual(verified.readBack, 2)
    })
  )
})
