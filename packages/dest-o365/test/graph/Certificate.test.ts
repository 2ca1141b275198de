import { createServer } from "node:https"
import type { AddressInfo } from "node:net"

import { assert, it } from "@effect/vitest"
import { newServerCertificate } from "@mailferry/rehearsal/server/ServerCertificate.ts"
import { Effect } from "effect"

import { toldOf } from "../../src/graph/Told.ts"
import { wireTo } from "../support/wired.ts"

/** A server whose certificate nobody vouches for, and how many requests it heard. */
const stranger = Effect.acquireRelease(
  Effect.promise(async () => {
    const { certificate, key } = await newServerCertificate()
    let heard = 0
    const server = createServer({ cert: certificate, key }, (_, response) => {
      heard++
      response.end("{}")
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    return { server, url: `https://127.0.0.1:${port}`, heard: () => heard }
  }),
  ({ server }) => Effect.sync(() => server.close())
)

it.live(
  "a server that nobody vouches for gets neither token nor mail, and the run ends with what to look for",
  () =>
    Effect.gen(function* () {
      const { heard, url } = yield* stranger
      const wire = yield* wireTo(url)
      const told = toldOf({ user: "you@example.com" })
      const calls = [
        wire.call("append", { method: "POST", path: "/me/messages", json: {} }),
        wire.put("append", { url: `${url}/session`, octets: Buffer.from("mail"), start: 0, size: 4 })
      ]
      for (const call of calls) {
        const { reason } = yield* Effect.flip(told("append", call))
        assert.strictEqual(reason._tag, "Fatal")
        assert.include(reason.advice, "certificate is not trusted")
      }
      assert.strictEqual(heard(), 0)
    })
)
