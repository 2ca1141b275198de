import { createServer } from "node:https"
import type { AddressInfo } from "node:net"

import { assert, it } from "@effect/vitest"
import { newServerCertificate } from "@mailferry/rehearsal/server/ServerCertificate.ts"
import { Effect, Layer } from "effect"

import { jobLayer } from "./support/jobLayer.ts"

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
    return { server, port: (server.address() as AddressInfo).port, heard: () => heard }
  }),
  ({ server }) => Effect.sync(() => server.close())
)

it.live("a server that nobody vouches for gets no token, and the run ends with what to look for", () =>
  Effect.gen(function* () {
    const { heard, port } = yield* stranger
    const job = {
      user: "you@gmail.com",
      token: "a token",
      endpoint: { api: `https://127.0.0.1:${port}` }
    }
    const error = yield* Effect.flip(Effect.scoped(Layer.build(jobLayer(job))))
    assert.strictEqual(error.reason._tag, "Fatal")
    assert.include(error.reason.advice, "certificate is not trusted")
    assert.strictEqual(heard(), 0)
  })
)
