import type { Operation } from "./MailError.ts"
import type { PaceLimit } from "./PaceLimit.ts"

/** What one call asks for, as far as a price depends on it. */
export interface Load {
  /** Messages that a `describe` names. */
  readonly messages?: number
  /** Octets that an `append` carries. */
  readonly octets?: number
}

/** What one call costs of one limit. */
export const priceOf = (
  limit: Pick<PaceLimit, "perCall" | "perOctet">,
  operation: Operation,
  { messages = 1, octets = 0 }: Load = {}
): number =>
  (limit.perCall[operation] ?? 0) * (operation === "describe" ? messages : 1) +
  (operation === "append" ? limit.perOctet * octets : 0)

/** What a call costs of each limit that it costs something of. */
export type Prices = ReadonlyArray<readonly [PaceLimit, number]>

export const pricesOf = (
  limits: ReadonlyArray<PaceLimit>,
  operation: Operation,
  load: Load | undefined
): Prices =>
  limits.flatMap((limit) => {
    // What an append really costs is told while it goes on.
    if (operation === "append" && limit.metered !== undefined) return []
    const price = priceOf(limit, operation, load)
    return price > 0 ? [[limit, price] as const] : []
  })

/** What one request of an append costs, with so many octets in it, where the adapter tells of each. */
export const meteredPrices = (limits: ReadonlyArray<PaceLimit>, octets: number): Prices =>
  limits.flatMap((limit) => {
    const { metered } = limit
    const price = metered === undefined ? 0 : metered.perRequest + metered.perOctet * octets
    return price > 0 ? [[limit, price] as const] : []
  })
