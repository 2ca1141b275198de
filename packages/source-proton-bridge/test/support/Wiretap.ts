import type { AddressInfo } from "node:net"
import { connect, createServer, type TLSSocket } from "node:tls"

import type { BridgeCertificate } from "@mailferry/rehearsal/bridge/BridgeCertificate.ts"
import type { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { Effect, type Scope } from "effect"

export interface Wiretap {
  readonly port: number
  /** Command lines of the clients, tags cut off, passwords included. */
  readonly commands: ReadonlyArray<string>
  /** Tagged answers other than OK. */
  readonly refusals: ReadonlyArray<string>
}

export interface WiretapOptions {
  /** What to answer to a command in Bridge's place; nothing lets it through. Lines without line ends. */
  readonly answer?: (command: string, tag: string) => ReadonlyArray<string> | undefined
  /** Lines to slip in before the server's answer to a command. */
  readonly before?: (command: string) => ReadonlyArray<string>
}

const lines = (use: (line: string) => void) => {
  let rest = ""
  return (chunk: Buffer) => {
    rest += chunk.toString("latin1")
    for (let end = rest.indexOf("\r\n"); end !== -1; end = rest.indexOf("\r\n")) {
      use(rest.slice(0, end))
      rest = rest.slice(end + 2)
    }
  }
}

/**
 * Stands between client and Bridge with Bridge's own key, and writes down what is said. The Bridge must be in SSL mode, so that
 * there is nothing before the handshake to forward.
 */
export const tap = (
  bridge: RehearsalBridge,
  { certificate, key }: BridgeCertificate,
  { answer = () => undefined, before = () => [] }: WiretapOptions = {}
): Effect.Effect<Wiretap, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Wiretap & { readonly stop: () => void }>((resume) => {
      const commands: Array<string> = []
      const refusals: Array<string> = []
      const open = new Set<TLSSocket>()
      const server = createServer({ cert: certificate, key }, (client) => {
        const upstream = connect({ host: bridge.host, port: bridge.port, ca: [certificate] })
        for (const socket of [client, upstream]) open.add(socket.on("error", () => {}).setNoDelay())
        client.on("close", () => upstream.destroy())
        upstream.on("close", () => client.destroy())
        client.on(
          "data",
          lines((line) => {
            const [, tag = "", command = line] = /^(\S+) (.*)$/u.exec(line) ?? []
            commands.push(command)
            const own = answer(command, tag)
            for (const each of [...before(command), ...(own ?? [])]) client.write(`${each}\r\n`)
            if (own === undefined) upstream.write(`${line}\r\n`, "latin1")
          })
        )
        upstream.on("data", (chunk) => client.write(chunk))
        upstream.on(
          "data",
          lines((line) => {
            if (/^[0-9A-Z]+ (NO|BAD)\b/u.test(line)) refusals.push(line)
          })
        )
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const stop = () => {
          for (const socket of open) socket.destroy()
          server.close()
        }
        resume(Effect.succeed({ port, commands, refusals, stop }))
      })
    }),
    (wiretap) => Effect.sync(wiretap.stop)
  )
