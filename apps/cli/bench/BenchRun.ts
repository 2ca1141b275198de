import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import type { BenchMail } from "./BenchMail.ts"
import type { DestinationOrder, ServerReady } from "./BenchServer.ts"
import { type Figure, shareAtMost } from "./BenchTable.ts"
import { measure, type Measured, startServer } from "./Measured.ts"
import { rampOf, type Sample, type Steady, steadyOf } from "./Samples.ts"

/** A migration of its own. */
export interface Scenario {
  readonly name: string
  readonly mail: BenchMail
  readonly server: DestinationOrder
  /** The destination's end of the job file and whatever follows it; files go into the directory. */
  readonly job: (ready: ServerReady, directory: string) => ReadonlyArray<string>
  /** From the first message on, until what stood in the bucket at the start is spent. Milliseconds. */
  readonly settling?: number
}

interface Forecast {
  readonly seconds: number
  readonly took: number | null
}

export interface Outcome extends Measured {
  readonly samples: ReadonlyArray<Sample>
  readonly steady: Steady | undefined
  readonly ramp: number | undefined
  readonly forecast: Forecast | null
  readonly done: number
  /** Messages in scope: what Bridge shows. */
  readonly planned: number
  /** Octets of the messages. */
  readonly octets: number
  readonly outcome: string
}

/** Bridge, the destination and the bundled program `main`, each in a process of its own. */
export const play = async (main: string, folder: string, scenario: Scenario): Promise<Outcome> => {
  const directory = join(folder, scenario.name.replaceAll(/\W+/gu, "-"))
  mkdirSync(directory)
  const [bridge, destination] = await Promise.all([
    startServer({ serve: "bridge", mail: scenario.mail }),
    startServer(scenario.server)
  ])
  const job = join(directory, "job.yaml")
  writeFileSync(
    job,
    [
      `source: { kind: proton-bridge, user: "${bridge.ready.user}", port: ${bridge.ready.port}, password: "env:BRIDGE" }`,
      ...scenario.job(destination.ready, directory)
    ].join("\n")
  )
  const measured = await measure(main, ["run", "--job", job, "--state", join(directory, "state"), "--json"], {
    PATH: process.env["PATH"],
    HOME: directory,
    TMPDIR: directory,
    BRIDGE: bridge.ready.password
  })
  const samples = await destination.samples()
  destination.stop()
  bridge.stop()
  const { alreadyThere, bytes, forecast, merged, migrated, outcome, planned } = JSON.parse(measured.stdout)
  return {
    ...measured,
    samples,
    steady: steadyOf(samples, scenario.settling),
    ramp: rampOf(samples, measured.began),
    forecast,
    done: migrated + merged + alreadyThere,
    planned,
    octets: bytes,
    outcome
  }
}

export const seconds = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : `${value.toFixed(1)} s`

/** How far the forecast was off. */
export const off = ({ forecast }: Outcome): string | undefined => {
  if (forecast === null || forecast.took === null) return undefined
  const share = forecast.took / forecast.seconds - 1
  return `${forecast.seconds.toFixed(0)} s, took ${forecast.took.toFixed(0)} s (${share < 0 ? "" : "+"}${(share * 100).toFixed(1)} %)`
}

export const whole = ({ code, done, outcome, planned }: Outcome): Figure => ({
  what: "  messages carried over",
  is: `${done} of ${planned}, ${outcome}`,
  bar: "all",
  ok: code === 0 && outcome === "complete"
})

export const refusals = ({ samples }: Outcome): ReadonlyArray<Figure> => {
  const last = samples.at(-1)
  if (last === undefined) return []
  const { peakInFlight, refused, refusedByQuota, requests } = last
  return [
    shareAtMost(
      `  calls refused (${refused} of ${requests}, ${refusedByQuota} over the quota)`,
      refused / requests,
      0.005
    ),
    { what: "  calls in flight at the most", is: String(peakInFlight) }
  ]
}

/** Where calls are so few that one is more than a share of them may be. */
export const overLimit = ({ samples }: Outcome): Figure => {
  const { refusedByQuota = 0, requests = 0 } = samples.at(-1) ?? {}
  return {
    what: `  calls over the limit, of ${requests}`,
    is: String(refusedByQuota),
    bar: "0",
    ok: refusedByQuota === 0
  }
}
