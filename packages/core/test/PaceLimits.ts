import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import { Duration } from "effect"

/** Gmail's units for a new project (gmail.md section 2), with nothing above them to be found. */
export const units: PaceLimit = {
  key: "gmail:project:you@example.com",
  of: "units",
  amount: 6000,
  per: Duration.minutes(1),
  burst: 250,
  amountAtMost: 6000,
  perCall: { append: 25, copy: 5, list: 5, describe: 20 },
  perOctet: 0
}

/** Octets that Exchange takes from one app for one mailbox (graph.md section 2.2). */
export const octets: PaceLimit = {
  key: "graph:app:you@example.com",
  of: "octets",
  amount: 150_000_000,
  per: Duration.minutes(5),
  burst: 10_000_000,
  amountAtMost: 150_000_000,
  perCall: {},
  perOctet: 1.37
}
