import dns from "node:dns"
import net from "node:net"

import * as Effect from "effect/Effect"
import { vi } from "vitest"

const targetOf = (args: ReadonlyArray<unknown>): string => {
  const options = args
    .flat()
    .find((arg): arg is { host?: string; port?: number } => typeof arg === "object" && arg !== null)
  return `${options?.host ?? "?"}:${options?.port ?? "?"}`
}

/** Every place that this process opens a TCP connection to, and every name it looks up, while the scope lasts. */
export const watchedConnections = Effect.acquireRelease(
  Effect.sync(() => {
    const seen = new Set<string>()
    const { connect } = net.Socket.prototype
    const { lookup } = dns
    const connecting = vi.spyOn(net.Socket.prototype, "connect").mockImplementation(function (
      this: net.Socket,
      ...args: Array<unknown>
    ) {
      seen.add(targetOf(args))
      return Reflect.apply(connect, this, args)
    } as typeof connect)
    const asking = vi.spyOn(dns, "lookup").mockImplementation(((...args: Array<unknown>) => {
      seen.add(`DNS ${String(args[0])}`)
      return Reflect.apply(lookup, dns, args)
    }) as typeof lookup)
    return {
      seen,
      restore: () => {
        connecting.mockRestore()
        asking.mockRestore()
      }
    }
  }),
  ({ restore }) => Effect.sync(restore)
).pipe(Effect.map(({ seen }): ReadonlySet<string> => seen))

/** Names that somebody wants to look up while the scope lasts. None is found, so nothing leaves this computer. */
export const refusedLookups = Effect.acquireRelease(
  Effect.sync(() => {
    const seen = new Set<string>()
    const asking = vi.spyOn(dns, "lookup").mockImplementation((...args: Array<unknown>) => {
      seen.add(String(args[0]))
      const answer = args.at(-1)
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${String(args[0])}`), {
        code: "ENOTFOUND"
      })
      if (typeof answer === "function") process.nextTick(answer, error)
    })
    return { seen, asking }
  }),
  ({ asking }) => Effect.sync(() => asking.mockRestore())
).pipe(Effect.map(({ seen }): ReadonlySet<string> => seen))
