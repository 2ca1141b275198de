import { writeFileSync } from "node:fs"
import { join } from "node:path"

import type { BenchMail } from "./BenchMail.ts"
import { off, type Outcome, play, refusals, type Scenario, seconds, whole } from "./BenchRun.ts"
import type { ServerReady } from "./BenchServer.ts"
import type { BenchSize } from "./BenchSizes.ts"
import { atLeast, type Figure, memoryAtMost } from "./BenchTable.ts"

/** Three minutes of a new project's quota, two of an old one's; or a minute of each, and fewer large messages. */
const sizes = {
  usual: { atNewQuota: 740, atOldQuota: 1250, large: 100 },
  quick: { atNewQuota: 250, atOldQuota: 500, large: 20 }
}

/** 90 % of what is published: decisions of the project, and where its buckets begin. */
const allowedShare = 0.9

/** Units per minute that the server keeps a project to, as the job file says which it is. */
const quotas = { new: 6000, established: 15_000 }

const latencyMillis = 120
/** Of a file that makes a message of 25 MB: base64 and its line ends take 78 octets for 57. */
const fileOctets = Math.floor((25_000_000 * 57) / 78)
const largeOctets = 25_000_000
const mebi = 1024 * 1024

const jobFor =
  (project: "new" | "established") =>
  ({ authorizedUser, url = "", user }: ServerReady, directory: string): ReadonlyArray<string> => {
    const credentials = join(directory, "credentials.json")
    writeFileSync(credentials, JSON.stringify(authorizedUser), { mode: 0o600 })
    return [
      `destination: { kind: gmail, user: "${user}", project: ${project}, credentials: "file:${credentials}",`,
      `  endpoint: { api: "${url}", token: "${url}/token" } }`,
      "rules: { mendHeaders: true }"
    ]
  }

const scenarioOf = (
  name: string,
  mail: BenchMail,
  project: "new" | "established",
  latency = latencyMillis
): Scenario => ({
  name,
  mail,
  server: { serve: "gmail", quotaPerMinute: quotas[project], latencyMillis: latency },
  job: jobFor(project)
})

const rated = (title: string, project: "new" | "established", outcome: Outcome): ReadonlyArray<Figure> => {
  const { steady } = outcome
  const perSecond = (allowedShare * quotas[project]) / 60
  const used = steady === undefined ? undefined : steady.spent / (steady.seconds * perSecond)
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
  const { atNewQuota, atOldQuota, large } = sizes[size]
  const outcomeOf = async (each: Scenario): Promise<Outcome> => {
    tell(`${each.name} …`)
    const outcome = await play(main, folder, each)
    if (outcome.code !== 0) tell(`ended with status ${outcome.code}:\n${outcome.stderr}`)
    return outcome
  }
  const fresh = scenarioOf("new project", { kind: "ordinary", messages: atNewQuota }, "new")
  const old = scenarioOf("established project", { kind: "ordinary", messages: atOldQuota }, "established")
  const reels: BenchMail = { kind: "large", messages: large, octets: fileOctets }
  const figures = [
    ...rated("6,000 units a minute, 120 ms", "new", await outcomeOf(fresh)),
    ...rated("15,000 units a minute, 120 ms", "established", await outcomeOf(old))
  ]
  const outcome = await outcomeOf(scenarioOf("large messages", reels, "established", 0))
  const rate = (large * largeOctets) / 1_000_000 / outcome.seconds
  return [
    ...figures,
    { what: `${large} messages of 25 MB, 15,000 units, no latency`, is: seconds(outcome.seconds) },
    whole(outcome),
    { what: "  MB a second from start to end", is: rate.toFixed(1) },
    ...refusals(outcome),
    memoryAtMost("  peak memory", outcome.peak, 350 * mebi)
  ]
}
