import * as Effect from "effect/Effect"

import type { Ending } from "../ExitCode.ts"

export const rehearse = (_: { readonly json: boolean }) => Effect.succeed<Ending>({ _tag: "Done" })
