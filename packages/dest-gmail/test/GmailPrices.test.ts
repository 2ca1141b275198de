import { assert, describe, it } from "@effect/vitest"
import type { DestinationService } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { type MailError, Operation } from "@mailferry/core/MailError.ts"
import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import { letterTo } from "@mailferry/testkit/destination/Subject.ts"
import { Duration, Effect, Option } from "effect"

import { unitsLimit } from "../src/GmailPrices.ts"
import { connected } from "./support/connected.ts"

const inbox: MailboxPath = ["INBOX"]

describe("the price table", () => {
  it.live("no operation costs more than its price, and the usual ones cost just that", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ quotaPerMinute: Infinity, indexDelayMillis: 0 })
      const { perCall } = unitsLimit({ user: "you@gmail.com", project: "new" })
      const spent = new Map<Operation, number>()
      const measured = Effect.fnUntraced(function* <A>(
        operation: Operation,
        call: Effect.Effect<A, MailError>
      ) {
        const before = server.stats.units
        const result = yield* call
        spent.set(operation, server.stats.units - before)
        return result
      })
      const before = server.stats.units
      const destination: DestinationService = yield* connected(server)
      spent.set("connect", server.stats.units - before)
      const letter = letterTo(inbox)
      const { locator } = yield* measured("append", destination.append(letter))
      const stored = { mailbox: inbox, locator: Option.getOrThrow(locator) }
      const identity = { ...letter, stableId: Option.none(), size: letter.bytes.length }
      let ticket = ""
      const note = (text: string) => Effect.sync(() => void (ticket = text))
      yield* measured("ensureMailbox", destination.ensureMailbox(["Work"], Option.none()))
      yield* measured("copy", destination.copy(stored, ["Work"]))
      yield* measured(
        "addFlags",
        destination.addFlags(stored, { flags: new Set(["\\Seen"]), keywords: new Set() })
      )
      yield* measured("listMailboxes", destination.listMailboxes)
      yield* measured("list", destination.list(inbox, Option.none()))
      yield* measured("end", destination.end(inbox))
      yield* measured("describe", destination.describe(inbox, [stored.locator]))
      yield* measured("glimpse", destination.glimpse(inbox, stored.locator))
      yield* measured("fetch", destination.fetch(inbox, stored.locator))
      yield* measured("find", destination.find(inbox, identity))
      yield* destination.append(letterTo(inbox, { alone: true, note }))
      yield* measured("recall", destination.recall(ticket))
      yield* measured("discard", destination.discard(ticket))
      assert.sameMembers([...spent.keys()], [...Operation.literals])
      assert.deepStrictEqual(
        Object.fromEntries(spent),
        Object.fromEntries(
          Operation.literals.map((operation) => [operation, perCall[operation] ?? 0])
        ) as never
      )
      yield* measured("append", destination.append(letterTo(inbox, { alone: true })))
      assert.strictEqual(spent.get("append"), perCall.append)
    })
  )

  it("has one budget for each project and user, whatever the spelling", () => {
    const limit = unitsLimit({ user: "You@Gmail.com", project: "new" })
    assert.strictEqual(limit.key, "gmail:new:you@gmail.com")
    assert.deepInclude(limit, { amount: 6000, amountAtMost: 15_000, burst: 250, of: "units", perOctet: 0 })
    assert.strictEqual(Duration.toMillis(limit.per), 60_000)
    assert.strictEqual(unitsLimit({ user: "you@gmail.com", project: "established" }).amount, 15_000)
  })
})
