import { Effect } from "effect"
import { describe, expect, it } from "vitest"

import { imapServerScoped } from "../../src/RehearsalImapServerScoped.ts"
import { RawClient } from "./RawClient.ts"

const withinScope = Effect.scoped(
  Effect.gen(function* () {
    const server = yield* imapServerScoped({ profile: "courier" })
    const client = yield* Effect.promise(() => RawClient.login(server))
    return { server, client, openSessions: server.stats.openSessions }
  })
)

describe("imapServerScoped", () => {
  it("serves as long as its scope is open", async () => {
    const { server, client, openSessions } = await Effect.runPromise(withinScope)
    expect(openSessions).toBe(1)
    expect(await client.line()).toBeUndefined()
    const again = await RawClient.open(server)
    expect(await again.answer("NOOP")).toBeUndefined()
  })
})
