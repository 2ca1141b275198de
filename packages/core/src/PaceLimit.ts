import type * as Duration from "effect/Duration"

import type { Operation } from "./MailError.ts"

/** One published limit of a service: so much in so long, for everybody who shares its key. */
export interface PaceLimit {
  /** Whose budget it is: provider, project, user. Jobs with the same key share one bucket, over restarts too. */
  readonly key: string
  /** What is counted, for people: `units`, `octets`. */
  readonly of: string
  /** The published amount. */
  readonly amount: number
  /** In which time. */
  readonly per: Duration.Duration
  /** What may be used at one moment, at the most. */
  readonly burst: number
  /** What the amount may turn out to be for some accounts; core probes upwards to it. The same when it is certain. */
  readonly amountAtMost: number
  /** What a call costs; operations left out are free. `describe` costs this for each message. */
  readonly perCall: { readonly [Name in Operation]?: number }
  /** What each octet of an append costs. */
  readonly perOctet: number
  /**
   * Where an append is several requests, the adapter tells of each by `spend` and this is its price: one request, and
   * each of its octets. Then the prices above are an estimate, for the forecast alone, as far as appends go.
   */
  readonly metered?: { readonly perRequest: number; readonly perOctet: number }
}
