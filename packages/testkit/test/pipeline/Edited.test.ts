import { assert, it } from "@effect/vitest"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { DateTime, Duration, Effect } from "effect"

import { arrive, bridgeAccount, contents, letter, protonLetter } from "./Letters.ts"
import { makeWorld } from "./World.ts"

it.effect("a draft edited at the source after it was carried over is reported, and left as it is", () =>
  Effect.gen(function* () {
    const source = bridgeAccount()
    arrive(source, protonLetter(1), ["INBOX"])
    arrive(source, protonLetter(2), ["Archive"])
    const world = yield* makeWorld({ source, destination: Account.make() })
    yield* world.run()
    const before = contents(world.destination)
    for (const path of [["INBOX"], ["All Mail"]] as const) {
      const mailbox = Account.mailboxOf(source, path)
      const [[arrival = 0] = []] = mailbox.messages
      mailbox.messages.delete(arrival)
    }
    arrive(source, protonLetter(1, { body: "hello 1, and more of it" }), ["INBOX"])
    const { result } = yield* world.run()
    assert.deepStrictEqual(result.changedAtSource, { "edited-at-source": 1 })
    assert.deepStrictEqual(contents(world.destination), before)
  })
)

it.effect("dates and keywords the destination cannot store are fitted, said, and verified as written", () =>
  Effect.gen(function* () {
    const source = Account.make([
      {
        path: ["INBOX"],
        specialUse: "inbox",
        messages: [
          letter(1, { internalDate: DateTime.makeUnsafe("1969-12-31T00:00:00Z") }),
          letter(2, { keywords: ["a[b]", "$Forwarded", "$forwarded", "x".repeat(65)] })
        ]
      }
    ])
    const from = DateTime.makeUnsafe("1970-01-02T00:00:00Z")
    const to = DateTime.makeUnsafe("2037-12-31T00:00:00Z")
    const world = yield* makeWorld({
      source,
      destination: Account.make(),
      capabilities: {
        internalDates: { from, to, future: true },
        pace: { concurrentCalls: 1, attemptTimeout: Duration.seconds(30), limits: [] }
      }
    })
    const { result } = yield* world.run()
    assert.deepInclude(result, { outcome: "complete", migrated: 2 })
    assert.deepStrictEqual(result.losses, { "date-not-kept": 1, "flag-not-kept": 2 })
    const stored = [...Account.mailboxOf(world.destination, ["INBOX"]).messages.values()]
    assert.deepStrictEqual(
      stored
        .map(({ internalDate, keywords }) =>
          [DateTime.formatIso(internalDate).slice(0, 10), ...keywords].join(" ")
        )
        .toSorted(),
      ["1970-01-02", "2019-03-31 $Forwarded"]
    )
  })
)
