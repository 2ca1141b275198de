import { holdLedgerLock } from "@mailferry/core/LedgerLock.ts"
import { Effect } from "effect"

/** A process of its own that holds the lock of a ledger until it is killed, and says whether it got it. */
const [, , ledger = ""] = process.argv
const say = (line: string) => Effect.sync(() => process.stdout.write(`${line}\n`))
// The timer keeps the process alive: a fiber that waits does not.
const alive = setInterval(() => undefined, 60_000)
Effect.runFork(
  holdLedgerLock(ledger).pipe(
    Effect.andThen(say("held")),
    Effect.andThen(Effect.never),
    Effect.catch(({ why }) => say(why)),
    Effect.scoped,
    Effect.andThen(Effect.sync(() => clearInterval(alive)))
  )
)
