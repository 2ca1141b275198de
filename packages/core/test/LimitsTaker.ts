import * as LimitsStore from "@mailferry/core/LimitsStore.ts"
import { makePaceBudget } from "@mailferry/core/PaceBudget.ts"
import * as RunEvent from "@mailferry/core/RunEvent.ts"
import { Effect, Layer } from "effect"

import { units } from "./PaceLimits.ts"

/** A process of its own that takes from a file of budgets, and says how many milliseconds it would have had to wait. */
const [, , file = "", times = "0"] = process.argv

Effect.runFork(
  Effect.gen(function* () {
    const budget = makePaceBudget(yield* LimitsStore.LimitsStore)
    let longest = 0
    for (let i = 0; i < Number(times); i++) {
      const { millis } = yield* budget.take([[units, 25]])
      longest = Math.max(longest, millis)
    }
    process.stdout.write(`${Math.round(longest)}\n`)
  }).pipe(Effect.provide(LimitsStore.layer(file, "a").pipe(Layer.provide(RunEvent.layer))))
)
