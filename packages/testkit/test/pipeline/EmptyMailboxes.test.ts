import { assert, it } from "@effect/vitest"
import { defaultByteBudget } from "@mailferry/core/ByteBudget.ts"
import * as Ledger from "@mailferry/core/Ledger.ts"
import { defaultRules, type Rules } from "@mailferry/core/Rules.ts"
import { runMigration } from "@mailferry/core/Run.ts"
import * as RunEvent from "@mailferry/core/RunEvent.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { Effect, Option } from "effect"

/** What the destination is called to hold after a run over an account without mail. */
const mailboxesAfter = Effect.fnUntraced(function* (rules: Partial<Rules>, runs = 1) {
  const source = Account.make([
    { path: ["Folders", "Work"], proposed: ["Work"] },
    { path: ["Folders", "Work", "2019"], proposed: ["Work", "2019"] },
    { path: ["Labels", "Urgent"], role: "label" },
    { path: ["All Mail"], role: "everything", specialUse: "all" },
    { path: ["Starred"], role: "starred", specialUse: "flagged" }
  ])
  const destination = Account.make([])
  const run = runMigration({
    rules: { ...defaultRules, ...rules },
    planFile: Option.none(),
    pilot: "skip",
    stop: Effect.succeed(false),
    byteBudget: defaultByteBudget,
    quarantineDirectory: Option.none(),
    retryQuarantined: false
  })
  yield* run.pipe(
    Effect.repeat({ times: runs - 1 }),
    Effect.provide([
      MemorySource.layer(source),
      MemoryDestination.layer(destination),
      Ledger.layer({ filename: ":memory:", sourceAccount: "a", destinationAccount: "b", exclusive: false }),
      RunEvent.layer
    ])
  )
  return { names: [...destination.mailboxes.keys()].toSorted(), writes: destination.writes }
})

it.effect("mailboxes and labels without mail arrive too, views do not", () =>
  Effect.gen(function* () {
    const { names } = yield* mailboxesAfter({})
    assert.deepStrictEqual(names, [
      '["INBOX"]',
      '["Labels","Urgent"]',
      '["Labels"]',
      '["Work","2019"]',
      '["Work"]'
    ])
  })
)

it.effect("a second run makes nothing again", () =>
  Effect.gen(function* () {
    const once = yield* mailboxesAfter({})
    const twice = yield* mailboxesAfter({}, 2)
    assert.deepStrictEqual(twice, once)
  })
)

it.effect("what the rules leave out is not made", () =>
  Effect.gen(function* () {
    const { names } = yield* mailboxesAfter({ labels: "keywords", exclude: ["Work/2019"] })
    assert.deepStrictEqual(names, ['["INBOX"]', '["Work"]'])
  })
)
