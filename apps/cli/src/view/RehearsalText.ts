import { allArrivedOnce, type Arrivals } from "../Arrivals.ts"
import { fidelityTable } from "./FidelityTable.ts"
import type { Paint } from "./Paint.ts"
import { count, counted, harmless } from "./Wording.ts"

/** Altered messages named one by one; `--json` has them all. */
const namedAtMost = 20

const compared = ({ fidelity }: Arrivals): string =>
  fidelity === undefined
    ? "each with its labels, star, read state, date and octets"
    : "and nothing was lost on the way that is not named above"

const arrivedText = (arrivals: Arrivals): string => {
  const { altered, merged = 0, sent } = arrivals
  return altered === undefined
    ? `Rehearsed: all ${counted(sent, "message")} are at the destination, none of them twice in one mailbox.`
    : `Rehearsed: all ${counted(sent, "message")} are at the destination, none of them twice, ${compared(arrivals)}${merged === 0 ? "." : `; ${count(merged)} of them joined one with the same Message-ID, as the destination does.`}`
}

const failedText = ({ altered = [], arrived, doubled, sent, strange }: Arrivals): string => {
  const differ = altered.length === 0 ? "" : `, ${count(altered.length)} differ`
  return `The rehearsal failed: ${count(arrived)} of ${counted(sent, "message")} arrived, ${count(doubled)} of them doubled${differ}, and ${count(strange)} strange ones are there.`
}

/** The last word of a rehearsal: what the servers themselves hold. */
export const arrivalText = (arrivals: Arrivals, paint: Paint): string =>
  arrivals.fidelity === undefined
    ? verdictText(arrivals, paint)
    : `${fidelityTable(arrivals.fidelity, paint)}\n\n${verdictText(arrivals, paint)}`

const verdictText = (arrivals: Arrivals, paint: Paint): string => {
  if (allArrivedOnce(arrivals)) return paint.green(paint.bold(arrivedText(arrivals)))
  const named = (arrivals.altered ?? []).slice(0, namedAtMost).map((line) => `  ${harmless(line)}`)
  return [paint.red(paint.bold(failedText(arrivals))), ...named].join("\n")
}

export interface ServerFacts {
  readonly job: string
  readonly state: string
  readonly source: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly password: string
  }
  readonly destination: ReadonlyArray<readonly [title: string, text: string]>
}

/** Titles stand in a column of this width, colon and blanks included. */
const titleWidth = 14

/** How to reach the rehearsal servers. Their secrets open nothing else, and die with them. */
export const serverText = ({ destination, job, source, state }: ServerFacts, paint: Paint): string => {
  const { host, password, port, user } = source
  const lines: ReadonlyArray<readonly [string, string]> = [
    ["source", `${host} port ${port}, user ${user}, password ${password}`],
    ...destination,
    ["job file", job]
  ]
  return [
    ...lines.map(([title, text]) => `${title}:`.padEnd(titleWidth) + text),
    "",
    paint.bold("Try, in another terminal:"),
    ...["plan", "pilot", "run", "verify", "status"].map(
      (word) => `  mailferry ${word} --job ${job} --state ${state}`
    ),
    "",
    "Ctrl-C ends the servers and removes their directory."
  ].join("\n")
}
