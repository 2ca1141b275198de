/** A rehearsal server in a process of its own, so that its memory and its work are not those of what is measured. */
import { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"

import { type BenchMail, benchAccount } from "./BenchMail.ts"
import type { Sample } from "./Samples.ts"

export type ServerOrder =
  | { readonly serve: "bridge"; readonly mail: BenchMail }
  | { readonly serve: "gmail"; readonly quotaPerMinute: number; readonly latencyMillis: number }

/** What a job has to say to reach it. */
export interface ServerReady {
  readonly user: string
  readonly port: number
  readonly password?: string
  readonly url?: string
  readonly authorizedUser?: object
}

/** Often enough for rates over minutes. Milliseconds. */
const sampleEvery = 100

const tell = (message: ServerReady | ReadonlyArray<Sample>) => process.send?.(message)

const serveBridge = async (mail: BenchMail): Promise<void> => {
  const { password, port, user } = await RehearsalBridge.start(benchAccount(mail))
  tell({ user, port, password })
}

const serveGmail = async (quotaPerMinute: number, latencyMillis: number): Promise<void> => {
  const server = await RehearsalGmail.start({ quotaPerMinute, latencyMillis })
  const samples: Array<Sample> = []
  setInterval(() => {
    const { merged, peakInFlight, refused, refusedByQuota, requests, stored, units } = server.stats
    const brought = stored + merged
    samples.push({ at: Date.now(), units, brought, requests, refused, refusedByQuota, peakInFlight })
  }, sampleEvery)
  process.on("message", () => tell(samples))
  tell({ user: server.user, port: server.port, url: server.url, authorizedUser: server.authorizedUser() })
}

process.once("message", (order: ServerOrder) => {
  void (order.serve === "bridge"
    ? serveBridge(order.mail)
    : serveGmail(order.quotaPerMinute, order.latencyMillis))
})
process.on("disconnect", () => process.exit())
