import { type AddressInfo, createServer } from "node:net"

import { Effect } from "effect"

/** A server on loopback that is not Bridge: says one line, or nothing, or closes at once, and keeps what it is sent. */
export const strangerScoped = (behaviour: {
  readonly says?: string
  readonly closes?: boolean
  readonly port?: number
}) =>
  Effect.acquireRelease(
    Effect.callback<{
      readonly port: number
      readonly received: () => string
      readonly stop: () => void
    }>((resume) => {
      let received = ""
      const open = new Set<{ destroy: () => void }>()
      const server = createServer((socket) => {
        open.add(socket)
        socket.on("error", () => {})
        socket.on("data", (chunk) => {
          received += chunk.toString("latin1")
        })
        if (behaviour.says !== undefined) socket.write(`${behaviour.says}\r\n`)
        if (behaviour.closes === true) socket.destroy()
      })
      server.listen(behaviour.port ?? 0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const stop = () => {
          for (const socket of open) socket.destroy()
          server.close()
        }
        resume(Effect.succeed({ port, received: () => received, stop }))
      })
    }),
    (stranger) => Effect.sync(stranger.stop)
  )

/** A port on loopback where nobody listens. */
export const closedPort = Effect.scoped(Effect.map(strangerScoped({}), (stranger) => stranger.port))
