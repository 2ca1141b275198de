/** A rehearsal server in a process of its own, so that its memory and its work are not those of what is measured. */
import { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"
import { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"

import { type BenchMail, benchAccount } from "./BenchMail.ts"
import type { Sample } from "./Samples.ts"

/** A destination; its limits are the published ones, where nothing else is said. */
export type DestinationOrder =
  | { readonly serve: "gmail"; readonly quotaPerMinute: number; readonly latencyMillis: number }
  | { readonly serve: "graph"; readonly latencyMillis: number }

export type ServerOrder = { readonly serve: "bridge"; readonly mail: BenchMail } | DestinationOrder

/** What a job has to say to reach it. */
export interface ServerReady {
  readonly user: string
  readonly port: number
  readonly password?: string
  readonly url?: string
  readonly authorizedUser?: object
  readonly token?: string
}

/** Often enough for rates over minutes. Milliseconds. */
const sampleEvery = 100

const tell = (message: ServerReady | ReadonlyArray<Sample>) => process.send?.(message)

const serveBridge = async (mail: BenchMail): Promise<void> => {
  const { password, port, user } = await RehearsalBridge.start(benchAccount(mail))
  tell({ user, port, password })
}

const sampling = (counted: () => Omit<Sample, "at">): void => {
  const samples: Array<Sample> = []
  setInterval(() => samples.push({ at: Date.now(), ...counted() }), sampleEvery)
  process.on("message", () => tell(samples))
}

const serveGmail = async (quotaPerMinute: number, latencyMillis: number): Promise<void> => {
  const server = await RehearsalGmail.start({ quotaPerMinute, latencyMillis })
  sampling(() => {
    const { merged, peakInFlight, refused, refusedByQuota, requests, stored, units } = server.stats
    return { spent: units, brought: stored + merged, requests, refused, refusedByQuota, peakInFlight }
  })
  tell({ user: server.user, port: server.port, url: server.url, authorizedUser: server.authorizedUser() })
}

const serveGraph = async (latencyMillis: number): Promise<void> => {
  const server = await RehearsalGraph.start({ latencyMillis })
  sampling(() => {
    const { incomingBytes, peakPerMailbox, refused, requests, stored, throttled } = server.stats
    return {
      spent: incomingBytes,
      brought: stored,
      requests,
      refused,
      refusedByQuota: throttled,
      peakInFlight: peakPerMailbox
    }
  })
  tell({ user: server.user, port: server.port, url: server.url, token: server.token })
}

const serve = (order: ServerOrder): Promise<void> => {
  switch (order.serve) {
    case "bridge":
      return serveBridge(order.mail)
    case "gmail":
      return serveGmail(order.quotaPerMinute, order.latencyMillis)
    case "graph":
      return serveGraph(order.latencyMillis)
  }
}

process.once("message", (order: ServerOrder) => void serve(order))
process.on("disconnect", () => process.exit())
