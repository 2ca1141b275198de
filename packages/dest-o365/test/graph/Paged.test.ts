import { assert, describe, it } from "@effect/vitest"
import { toyServer } from "@mailferry/testkit/ToyServer.ts"
import { Effect } from "effect"

import { listAll } from "../../src/graph/Paged.ts"
import { toldOf } from "../../src/graph/Told.ts"
import { wireTo } from "../support/wired.ts"

const listed = (graphUrl: string) =>
  Effect.flatMap(wireTo(graphUrl), (wire) =>
    listAll(wire, toldOf({ user: "you@example.com" }))("list", "/me/messages?$top=2")
  )

describe("lists of more than one page", () => {
  it.live("the link's host does not matter: the next page is asked for where the first was", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(({ url }) =>
        url.searchParams.has("$skip")
          ? { body: { value: [3] } }
          : {
              body: {
                value: [1, 2],
                "@odata.nextLink": "https://elsewhere.invalid/v1.0/me/messages?$top=2&$skip=2"
              }
            }
      )
      assert.deepStrictEqual(yield* listed(server.url), [1, 2, 3])
      assert.deepStrictEqual(
        server.requests.map(({ url }) => url.pathname + url.search),
        ["/v1.0/me/messages?$top=2", "/v1.0/me/messages?$top=2&$skip=2"]
      )
    })
  )

  it.live("half a list does not pass for all of it", () =>
    Effect.gen(function* () {
      for (const link of ["nowhere", "https://graph.microsoft.com/v1.0/me/messages?$top=2"]) {
        const server = yield* toyServer(() => ({ body: { value: [1], "@odata.nextLink": link } }))
        const { reason } = yield* Effect.flip(listed(server.url))
        assert.strictEqual(reason._tag, "Fatal")
      }
    })
  )

  it.live("something that is no list is none", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(() => ({ body: { hello: "world" } }))
      const { reason } = yield* Effect.flip(listed(server.url))
      assert.strictEqual(reason._tag, "Fatal")
    })
  )
})
