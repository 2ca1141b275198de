import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"

import { imapServerScoped } from "../../src/RehearsalImapServerScoped.ts"
import { RawClient } from "./RawClient.ts"

describe("imapServerScoped", () => {
  it.live("serves as long as its scope is open", () =>
    Effect.gen(function* () {
      const { server, client } = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* imapServerScoped({ profile: "courier" })
          const client = yield* Effect.promise(() => RawClient.login(server))
          expect(server.stats.openSessions).toBe(1)
          return { server, client }
        })
      )
      expect(yield* Effect.promise(() => client.line())).toBeUndefined()
      const again = yield* Effect.promise(() => RawClient.open(server))
      expect(yield* Effect.promise(() => again.answer("NOOP"))).toBeUndefined()
    })
  )
})
