import { allArrivedOnce, type Arrivals } from "../Arrivals.ts"
import type { Paint } from "./Paint.ts"
import { count, counted } from "./Wording.ts"

/** The last word of a rehearsal: what the servers themselves hold. */
export const arrivalText = (arrivals: Arrivals, paint: Paint): string =>
  allArrivedOnce(arrivals)
    ? paint.green(
        paint.bold(
          `Rehearsed: all ${counted(arrivals.sent, "message")} are at the destination, none of them twice in one mailbox.`
        )
      )
    : paint.red(
        paint.bold(
          `The rehearsal failed: ${count(arrivals.arrived)} of ${counted(arrivals.sent, "message")} arrived, ${count(arrivals.doubled)} of them doubled, and ${count(arrivals.strange)} strange ones are there.`
        )
      )

export interface ServerFacts {
  readonly job: string
  readonly state: string
  readonly source: End
  readonly destination: End
}

interface End {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

const end = ({ host, password, port, user }: End): string =>
  `${host} port ${port}, user ${user}, password ${password}`

/** How to reach the rehearsal servers. Their passwords open nothing else, and die with them. */
export const serverText = ({ destination, job, source, state }: ServerFacts, paint: Paint): string =>
  [
    `source:       ${end(source)}`,
    `destination:  ${end(destination)}`,
    `job file:     ${job}`,
    "",
    paint.bold("Try, in another terminal:"),
    ...["plan", "pilot", "run", "verify", "status"].map(
      (word) => `  mailferry ${word} --job ${job} --state ${state}`
    ),
    "",
    "Ctrl-C ends the servers and removes their directory."
  ].join("\n")
