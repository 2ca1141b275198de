import { assert, describe, it } from "@effect/vitest"
import { pathKey } from "@mailferry/core/Mailbox.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

import { clean, findings, labelledWorld, mail, protonAccount } from "./LabelledMail.ts"
import { arrive } from "./Letters.ts"

interface Filled {
  readonly destination: Account.MemoryAccount
}

const firstOf = ({ destination }: Filled): Account.MemoryMessage => {
  const [first] = Account.mailboxOf(destination, ["INBOX"]).messages.values()
  if (first === undefined) throw new Error("nothing arrived")
  return first
}

/** Puts another message in the place of the first, under each of its labels. */
const replaceFirst = (world: Filled, change: (message: Account.MemoryMessage) => Account.MemoryMessage) => {
  const first = firstOf(world)
  const changed = change(first)
  for (const { messages } of world.destination.mailboxes.values()) {
    for (const [arrival, message] of messages) if (message === first) messages.set(arrival, changed)
  }
}

describe("verify of a service where only listing is cheap", () => {
  const carried = Effect.gen(function* () {
    const source = protonAccount()
    for (const n of [1, 2, 3, 4]) arrive(source, mail(n), ["INBOX"], ["Labels", "x"])
    const world = yield* labelledWorld(source)
    yield* world.run()
    const inbox = Account.mailboxOf(world.destination, ["INBOX"])
    const [arrival = 0] = inbox.messages.keys()
    return { world, inbox, arrival, first: firstOf(world) }
  })

  it.effect("finds a message deleted as missing, in each of its labels", () =>
    Effect.gen(function* () {
      const { first, world } = yield* carried
      for (const { messages } of world.destination.mailboxes.values()) {
        for (const [arrival, message] of messages) if (message === first) messages.delete(arrival)
      }
      assert.deepStrictEqual(findings(yield* world.verify()), { ...clean, missing: 2, ok: false })
    })
  )

  it.effect("finds a label taken away as missing there", () =>
    Effect.gen(function* () {
      const { arrival, inbox, world } = yield* carried
      inbox.messages.delete(arrival)
      const result = yield* world.verify()
      assert.deepStrictEqual(findings(result), { ...clean, missing: 1, ok: false })
      assert.include(result.differences[0]?.detail, "no longer shows it there")
    })
  )

  it.effect("finds a message thrown away as missing, though it has its label still", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1), ["Folders", "Work"])
      arrive(source, mail(2), ["Folders", "Work"])
      const world = yield* labelledWorld(source)
      yield* world.run()
      const inWork = [...Account.mailboxOf(world.destination, ["Work"]).messages.values()]
      for (const first of inWork.slice(0, 1)) {
        Account.show(Account.mailboxOf(world.destination, ["Spam"]), first)
      }
      const result = yield* world.verify()
      assert.deepStrictEqual(findings(result), { ...clean, missing: 1, ok: false })
      assert.include(result.differences[0]?.detail, "has it in Spam")
    })
  )

  it.effect("finds a flag set by another client as altered", () =>
    Effect.gen(function* () {
      const { first, world } = yield* carried
      first.flags.add("\\Flagged")
      assert.deepStrictEqual(findings(yield* world.verify()), { ...clean, altered: 2, ok: false })
    })
  )

  it.effect("finds one octet changed as altered", () =>
    Effect.gen(function* () {
      const { world } = yield* carried
      replaceFirst(world, (message) => {
        const bytes = Buffer.from(message.bytes)
        bytes[bytes.length - 3] = 0x21
        return { ...message, bytes }
      })
      assert.deepStrictEqual(findings(yield* world.verify()), { ...clean, altered: 1, ok: false })
    })
  )

  it.effect("lets a header line pass that the service has added, where it is known to do so", () =>
    Effect.gen(function* () {
      const source = protonAccount()
      arrive(source, mail(1, { messageId: "" }), ["INBOX"])
      for (const addsHeaders of [true, false]) {
        const world = yield* labelledWorld(source, { capabilities: { addsHeaders } })
        yield* world.run()
        replaceFirst(world, (message) => ({
          ...message,
          bytes: Buffer.concat([Buffer.from("Received: by import\r\n"), message.bytes])
        }))
        assert.strictEqual((yield* world.verify()).altered, addsHeaders ? 0 : 1)
      }
    })
  )

  it.effect("tells a second copy of ours from mail that came from elsewhere", () =>
    Effect.gen(function* () {
      const { world } = yield* carried
      const all = Account.mailboxOf(world.destination, ["All Mail"])
      Account.show(all, Account.newMessage(world.destination, mail(2)))
      Account.show(all, Account.newMessage(world.destination, mail(9, { id: "" })))
      const result = yield* world.verify()
      assert.deepStrictEqual(findings(result), { ...clean, doubled: 1, foreign: 1, ok: false })
      assert.isTrue(result.differences.every(({ mailbox }) => pathKey(mailbox) === pathKey(["All Mail"])))
    })
  )
})
