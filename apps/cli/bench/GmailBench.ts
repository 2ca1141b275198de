import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import type { BenchMail } from "./BenchMail.ts"
import { atLeast, type Figure, memoryAtMost, shareAtMost } from "./BenchTable.ts"
import { measure, type Measured, startServer } from "./Measured.ts"
import { rampOf, type Sample, type Steady, steadyOf } from "./Samples.ts"

/** A migration of its own. */
interface Scenario {
  readonly name: string
  readonly mail: BenchMail
  /** What the job file says of the OAuth project, and what the server keeps it to: units per minute. */
  readonly project: "new" | "established"
  readonly quotaPerMinute: number
  readonly latencyMillis: number
}

export interface BenchSize {
  readonly atNewQuota: number
  readonly atOldQuota: number
  readonly large: number
}

/** Three minutes of a new project's quota, two of an old one's. */
export const usualSize: BenchSize = { atNewQuota: 740, atOldQuota: 1250, large: 100 }

/** A minute of each, and fewer large messages. */
export const quickSize: BenchSize = { atNewQuota: 250, atOldQuota: 500, large: 20 }

/** 90 % of what is published: decisions of the project, and where its buckets begin. */
const allowedShare = 0.9

const latencyMillis = 120
const largeOctets = 25_000_000
const mebi = 1024 * 1024

interface Forecast {
  readonly seconds: number
  readonly took: number | null
}

interface Outcome extends Measured {
  readonly samples: ReadonlyArray<Sample>
  readonly steady: Steady | undefined
  readonly ramp: number | undefined
  readonly forecast: Forecast | null
  readonly done: number
  /** Messages in scope: what Bridge shows. */
  readonly planned: number
  readonly outcome: string
}

const play = async (main: string, folder: string, scenario: Scenario): Promise<Outcome> => {
  const directory = join(folder, scenario.name.replaceAll(/\W+/gu, "-"))
  mkdirSync(directory)
  const [bridge, gmail] = await Promise.all([
    startServer({ serve: "bridge", mail: scenario.mail }),
    startServer({
      serve: "gmail",
      quotaPerMinute: scenario.quotaPerMinute,
      latencyMillis: scenario.latencyMillis
    })
  ])
  const { url = "", user } = gmail.ready
  const job = join(directory, "job.yaml")
  const credentials = join(directory, "credentials.json")
  writeFileSync(credentials, JSON.stringify(gmail.ready.authorizedUser), { mode: 0o600 })
  writeFileSync(
    job,
    [
      `source: { kind: proton-bridge, user: "${bridge.ready.user}", port: ${bridge.ready.port}, password: "env:BRIDGE" }`,
      `destination: { kind: gmail, user: "${user}", project: ${scenario.project}, credentials: "file:${credentials}",`,
      `  endpoint: { api: "${url}", token: "${url}/token" } }`,
      "rules: { mendHeaders: true }"
    ].join("\n")
  )
  const measured = await measure(main, ["run", "--job", job, "--state", join(directory, "state"), "--json"], {
    PATH: process.env["PATH"],
    HOME: directory,
    TMPDIR: directory,
    BRIDGE: bridge.ready.password
  })
  const samples = await gmail.samples()
  gmail.stop()
  bridge.stop()
  const { alreadyThere, forecast, merged, migrated, outcome, planned } = JSON.parse(measured.stdout)
  return {
    ...measured,
    samples,
    steady: steadyOf(samples),
    ramp: rampOf(samples, measured.began),
    forecast,
    done: migrated + merged + alreadyThere,
    planned,
    outcome
  }
}

const seconds = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : `${value.toFixed(1)} s`

const off = ({ forecast }: Outcome): string | undefined => {
  if (forecast === null || forecast.took === null) return undefined
  const share = forecast.took / forecast.seconds - 1
  return `${forecast.seconds.toFixed(0)} s, took ${forecast.took.toFixed(0)} s (${share < 0 ? "" : "+"}${(share * 100).toFixed(1)} %)`
}

const whole = ({ code, done, outcome, planned }: Outcome): Figure => ({
  what: "  messages carried over",
  is: `${done} of ${planned}, ${outcome}`,
  bar: "all",
  ok: code === 0 && outcome === "complete"
})

const refusals = ({ samples }: Outcome): ReadonlyArray<Figure> => {
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

const rated = (title: string, scenario: Scenario, outcome: Outcome): ReadonlyArray<Figure> => {
  const { steady } = outcome
  const perSecond = (allowedShare * scenario.quotaPerMinute) / 60
  const used = steady === undefined ? undefined : steady.units / (steady.seconds * perSecond)
  const rate = steady === undefined ? undefined : steady.messages / steady.seconds
  return [
    { what: title, is: seconds(outcome.seconds) },
    whole(outcome),
    { what: "  ramp: start to the first message", is: seconds(outcome.ramp) },
    { what: "  steady state", is: seconds(steady?.seconds) },
    atLeast(`  units used of ${perSecond} a second, steady state`, used, 0.95),
    { what: "  messages a second, steady state", is: rate?.toFixed(2) },
    { what: "  forecast", is: off(outcome) },
    ...refusals(outcome),
    memoryAtMost("  peak memory", outcome.peak, 256 * mebi)
  ]
}

/** Each scenario after the other; `tell` hears what is being done. */
export const gmailBench = async (
  main: string,
  folder: string,
  size: BenchSize,
  tell: (line: string) => void
): Promise<ReadonlyArray<Figure>> => {
  const scenario = async (each: Scenario): Promise<Outcome> => {
    tell(`${each.name} …`)
    const outcome = await play(main, folder, each)
    if (outcome.code !== 0) tell(`ended with status ${outcome.code}:\n${outcome.stderr}`)
    return outcome
  }
  const fresh: Scenario = {
    name: "new project",
    mail: { kind: "ordinary", messages: size.atNewQuota },
    project: "new",
    quotaPerMinute: 6000,
    latencyMillis
  }
  const old: Scenario = {
    ...fresh,
    name: "established project",
    mail: { kind: "ordinary", messages: size.atOldQuota },
    project: "established",
    quotaPerMinute: 15_000
  }
  const large: Scenario = {
    ...old,
    name: "large messages",
    mail: { kind: "large", messages: size.large, octets: largeOctets },
    latencyMillis: 0
  }
  const figures = [
    ...rated("6,000 units a minute, 120 ms", fresh, await scenario(fresh)),
    ...rated("15,000 units a minute, 120 ms", old, await scenario(old))
  ]
  const outcome = await scenario(large)
  const rate = (size.large * largeOctets) / 1_000_000 / outcome.seconds
  return [
    ...figures,
    { what: `${size.large} messages of 25 MB, 15,000 units, no latency`, is: seconds(outcome.seconds) },
    whole(outcome),
    { what: "  MB a second from start to end", is: rate.toFixed(1) },
    ...refusals(outcome),
    memoryAtMost("  peak memory", outcome.peak, 350 * mebi)
  ]
}
