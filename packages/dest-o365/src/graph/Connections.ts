import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"

import { isLoopback } from "@mailferry/imap/Loopback.ts"
import * as Effect from "effect/Effect"

/** Milliseconds after which an idle connection is not used again: a front end may have closed it by then, unseen. */
const idle = 60_000

/** Open connections, kept for the next request. */
export interface Connections {
  readonly to: (url: URL) => HttpAgent | HttpsAgent
}

/** Whether a host is this machine; a URL writes IPv6 in brackets. */
export const isThisMachine = ({ hostname }: URL): boolean => isLoopback(hostname.replace(/^\[|\]$/gu, ""))

/** Goes through a proxy of this network where the environment names one, but not to this machine. The scope closes all. */
export const openConnections = Effect.acquireRelease(
  Effect.sync(() => {
    const options = { keepAlive: true, timeout: idle }
    const clear = new HttpAgent(options)
    const near = new HttpsAgent(options)
    const far = new HttpsAgent({ ...options, proxyEnv: process.env })
    return {
      to: (url: URL) => (url.protocol === "http:" ? clear : isThisMachine(url) ? near : far),
      close: () => {
        for (const agent of [clear, near, far]) agent.destroy()
      }
    }
  }),
  ({ close }) => Effect.sync(close)
).pipe(Effect.map(({ to }): Connections => ({ to })))
