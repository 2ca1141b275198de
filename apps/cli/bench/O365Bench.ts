import { writeFileSync } from "node:fs"
import { join } from "node:path"

import type { BenchMail } from "./BenchMail.ts"
import { off, type Outcome, overLimit, play, refusals, type Scenario, seconds, whole } from "./BenchRun.ts"
import type { ServerReady } from "./BenchServer.ts"
import type { BenchSize } from "./BenchSizes.ts"
import { atLeast, atMost, type Figure, memoryAtMost } from "./BenchTable.ts"
import { mostWithin } from "./Samples.ts"

/** Six minutes of Exchange's limit, or two. What is large takes as long beside it. */
const sizes = {
  usual: { mail: 2600, large: 7 },
  quick: { mail: 1000, large: 3 }
}

/** 90 % of 150 MB in five minutes: decisions of the project, and where its buckets begin. Octets a second. */
const allowed = (0.9 * 150_000_000) / 300

const meanOctets = 75_000
const largeOctets = 25_000_000
const mebi = 1024 * 1024

/** What stands in the bucket at the start goes out as fast as three calls of 120 ms carry it. Milliseconds. */
const settling = 60_000

const job = ({ token = "", url = "", user }: ServerReady, directory: string): ReadonlyArray<string> => {
  const file = join(directory, "token")
  writeFileSync(file, token, { mode: 0o600 })
  return [
    `destination: { kind: o365, user: "${user}", token: "file:${file}", endpoint: { graph: "${url}", authority: "${url}" } }`
  ]
}

const megabytes = (octets: number): string => `${(octets / 1_000_000).toFixed(1)} MB`

/** What Microsoft counts; a run of less than five minutes counts as a whole. */
const inFiveMinutes = ({ samples }: Outcome): Figure => {
  const most = mostWithin(samples, 300_000)
  const limit = 150_000_000
  return {
    what: "  most octets in any five minutes",
    is: megabytes(most),
    bar: `<= ${megabytes(limit)}`,
    ok: most <= limit
  }
}

const rated = (title: string, outcome: Outcome): ReadonlyArray<Figure> => {
  const { octets, samples, steady } = outcome
  const used = steady === undefined ? undefined : steady.spent / (steady.seconds * allowed)
  const rate = steady === undefined ? undefined : steady.messages / steady.seconds
  return [
    { what: title, is: seconds(outcome.seconds) },
    whole(outcome),
    { what: "  mean of a message", is: `${(octets / outcome.done / 1000).toFixed(1)} kB` },
    { what: "  ramp: start to the first message", is: seconds(outcome.ramp) },
    { what: "  steady state", is: seconds(steady?.seconds) },
    atLeast(`  octets used of ${allowed / 1000} kB a second, steady state`, used, 0.95),
    inFiveMinutes(outcome),
    { what: "  messages a second, steady state", is: rate?.toFixed(2) },
    { what: "  forecast", is: off(outcome) },
    ...refusals(outcome),
    atMost("  octets of requests to octets of messages", (samples.at(-1)?.spent ?? 0) / octets, 1.15),
    memoryAtMost("  peak memory", outcome.peak, 256 * mebi)
  ]
}

/** Both scenarios side by side, since both do little but wait; `tell` hears what is being done. */
export const o365Bench = async (
  main: string,
  folder: string,
  size: BenchSize,
  tell: (line: string) => void
): Promise<ReadonlyArray<Figure>> => {
  const scenario = async (name: string, mail: BenchMail): Promise<Outcome> => {
    tell(`${name} …`)
    const each: Scenario = { name, mail, server: { serve: "graph", latencyMillis: 120 }, job, settling }
    const outcome = await play(main, folder, each)
    if (outcome.code !== 0) tell(`${name} ended with status ${outcome.code}:\n${outcome.stderr}`)
    return outcome
  }
  const { large, mail } = sizes[size]
  const [ordinary, reels] = await Promise.all([
    scenario("ordinary mail", { kind: "sized", messages: mail, mean: meanOctets }),
    scenario("large messages", { kind: "large", messages: large, octets: largeOctets })
  ])
  const rate = (large * largeOctets) / 1_000_000 / reels.seconds
  return [
    ...rated("mail with a mean of 75 kB, 150 MB in 5 minutes, 120 ms", ordinary),
    { what: `${large} messages with files of 25 MB, the same limits`, is: seconds(reels.seconds) },
    whole(reels),
    { what: "  MB of files a second from start to end", is: rate.toFixed(2) },
    overLimit(reels),
    inFiveMinutes(reels),
    memoryAtMost("  peak memory", reels.peak, 350 * mebi)
  ]
}
