import { assert, it } from "@effect/vitest"
import { defaultByteBudget } from "@mailferry/core/ByteBudget.ts"
import * as Ledger from "@mailferry/core/Ledger.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { runMigration } from "@mailferry/core/Run.ts"
import * as RunEvent from "@mailferry/core/RunEvent.ts"
import { Source } from "@mailferry/core/Source.ts"
import { verifyMigration } from "@mailferry/core/Verify.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { Effect, Layer, Option } from "effect"

const input = { rules: defaultRules, planFile: Option.none() }

const run = runMigration({
  ...input,
  pilot: "skip",
  stop: Effect.succeed(false),
  byteBudget: defaultByteBudget,
  quarantineDirectory: Option.none(),
  retryQuarantined: false
})

it.effect(
  "mail that came from Proton once and moves on from an ordinary account is found again by a new ledger",
  () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode(
        `X-Pm-Internal-Id: ${"B".repeat(86)}==\r\nMessage-ID: <moved@on.invalid>\r\n\r\nstill me\r\n`
      )
      const account = Account.make([{ path: ["INBOX"], specialUse: "inbox", messages: [{ bytes }] }])
      const reader = MemorySource.make(account)
      // As source-imap does: the header is somebody's, not this account's.
      const source = Layer.succeed(Source, {
        ...reader,
        describe: (mailbox, locators) =>
          Effect.map(reader.describe(mailbox, locators), (all) =>
            all.map((summary) => ({ ...summary, stableId: Option.none() }))
          )
      })
      const destination = Account.make([])
      for (let ledgers = 0; ledgers < 2; ledgers++) {
        const verified = yield* Effect.andThen(
          run,
          verifyMigration({ ...input, full: true, allowForeign: false })
        ).pipe(
          Effect.provide([
            source,
            MemoryDestination.layer(destination),
            Ledger.layer({
              filename: ":memory:",
              sourceAccount: "a",
              destinationAccount: "b",
              exclusive: false
            }),
            RunEvent.layer
          ])
        )
        assert.deepInclude(verified, { ok: true, checked: 1, doubled: 0, missing: 0 })
        assert.strictEqual(Account.mailboxOf(destination, ["INBOX"]).messages.size, 1)
      }
    })
)
