import * as Effect from "effect/Effect"

import type { Ending } from "../ExitCode.ts"
import { jobSchemaText } from "../JobSchema.ts"
import { loadKinds } from "../Registry.ts"
import { Screen } from "../view/Screen.ts"

/** Prints the JSON Schema of the job file. */
export const schema = Effect.gen(function* () {
  const screen = yield* Screen
  yield* screen.print(jobSchemaText(yield* loadKinds).trimEnd())
  return { _tag: "Done" } satisfies Ending
})
