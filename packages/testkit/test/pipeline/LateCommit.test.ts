import { assert, it } from "@effect/vitest"
import { defaultByteBudget } from "@mailferry/core/ByteBudget.ts"
import { Destination } from "@mailferry/core/Destination.ts"
import * as Ledger from "@mailferry/core/Ledger.ts"
import { MailError, Transient } from "@mailferry/core/MailError.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { runMigration } from "@mailferry/core/Run.ts"
import * as RunEvent from "@mailferry/core/RunEvent.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { Effect, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"

const lost = new MailError({
  adapter: "memory",
  operation: "append",
  reason: new Transient({ detail: "the connection was lost", applied: "unknown" })
})

for (const millis of [0, 500, 2500]) {
  it.effect(`a message the server stores ${millis} ms after it lost us is not sent again`, () =>
    Effect.gen(function* () {
      const source = Account.make([
        {
          path: ["INBOX"],
          specialUse: "inbox",
          messages: [{ bytes: new TextEncoder().encode("Message-ID: <late@commit.invalid>\r\n\r\nonce\r\n") }]
        }
      ])
      const destination = Account.make([])
      const good = MemoryDestination.make(destination)
      let appends = 0
      const late = Layer.succeed(Destination, {
        ...good,
        append: (request) =>
          Effect.suspend(() => {
            appends++
            const commit = Effect.andThen(Effect.sleep(millis), Effect.orDie(good.append(request)))
            return Effect.andThen(Effect.forkDetach(commit), Effect.fail(lost))
          })
      })
      const run = runMigration({
        rules: defaultRules,
        planFile: Option.none(),
        pilot: "skip",
        stop: Effect.succeed(false),
        byteBudget: defaultByteBudget,
        quarantineDirectory: Option.none(),
        retryQuarantined: false
      }).pipe(
        Effect.provide([
          MemorySource.layer(source),
          late,
          Ledger.layer({
            filename: ":memory:",
            sourceAccount: "a",
            destinationAccount: "b",
            exclusive: false
          }),
          RunEvent.layer
        ])
      )
      const running = yield* Effect.forkChild(run)
      // Step by step, since each wait begins only after the one before it.
      for (let seconds = 0; seconds < 60; seconds++) yield* TestClock.adjust("500 millis")
      const { result } = yield* Fiber.join(running)
      assert.strictEqual(result.outcome, "complete")
      assert.strictEqual(appends, 1)
      assert.strictEqual(Account.mailboxOf(destination, ["INBOX"]).messages.size, 1)
    })
  )
}
