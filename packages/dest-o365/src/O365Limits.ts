import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import * as Duration from "effect/Duration"

import { accountIdOf, type O365Config } from "./O365Config.ts"

/**
 * Requests that Graph answers for one application and mailbox: learn.microsoft.com/graph/throttling-limits, "Outlook
 * service limits", read 2026-11-20.
 */
const requestsPerTenMinutes = 10_000

/** Octets of POST, PATCH and PUT in five minutes, for the same: the same page. Whether headers count is not told. */
const octetsPerFiveMinutes = 150_000_000

/** Requests at once, for the same: the same page has four. One is left for Outlook and the forecast's sake. */
export const concurrentCalls = 3

/** What each operation asks at the least; an append tells of each of its requests. `describe` is told for one message. */
const perCall: PaceLimit["perCall"] = {
  connect: 14,
  listMailboxes: 2,
  list: 1,
  describe: 1,
  glimpse: 1,
  fetch: 1,
  ensureMailbox: 1,
  append: 1,
  copy: 1,
  addFlags: 2,
  find: 1,
  recall: 1,
  discard: 2
}

/**
 * Octets of requests for each octet of mail, for the forecast: `pnpm bench o365` prints what it comes to. Attachments are
 * base64 in both; of two bodies one goes, and the header goes twice.
 */
const octetsPerOctet = 1.05

/** The two limits that Microsoft publishes. Core uses 90 % of each; every job for this mailbox shares them. */
export const o365Limits = (config: Pick<O365Config, "user">): ReadonlyArray<PaceLimit> => [
  {
    key: accountIdOf(config),
    of: "requests",
    amount: requestsPerTenMinutes,
    per: Duration.minutes(10),
    // So that no ten minutes see more than the limit: nine tenths come in, and a fifteenth may be there before.
    burst: requestsPerTenMinutes / 15,
    amountAtMost: requestsPerTenMinutes,
    perCall,
    perOctet: 0,
    metered: { perRequest: 1, perOctet: 0 }
  },
  {
    key: accountIdOf(config),
    of: "octets",
    amount: octetsPerFiveMinutes,
    per: Duration.minutes(5),
    burst: octetsPerFiveMinutes / 15,
    amountAtMost: octetsPerFiveMinutes,
    perCall: {},
    perOctet: octetsPerOctet,
    metered: { perRequest: 0, perOctet: 1 }
  }
]
