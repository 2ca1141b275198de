import * as DateTime from "effect/DateTime"

import type { DestinationCapabilities } from "./Capabilities.ts"

/** How far behind our clock a date from the future is set back, for a server whose clock is a little slow. */
const slowClockMillis = 60_000

/** The nearest INTERNALDATE that this destination stores as it is. Whatever has come already, if only just now, stays. */
export const fitInternalDate = (
  date: DateTime.Utc,
  { internalDates }: Pick<DestinationCapabilities, "internalDates">,
  now: DateTime.Utc
): DateTime.Utc => {
  if (internalDates === undefined) return date
  const wanted = DateTime.toEpochMillis(date)
  const present = DateTime.toEpochMillis(now)
  const allowed = !internalDates.future && wanted > present ? present - slowClockMillis : wanted
  const latest = DateTime.toEpochMillis(internalDates.to)
  const fitted = Math.max(DateTime.toEpochMillis(internalDates.from), Math.min(allowed, latest))
  return fitted === wanted ? date : DateTime.makeUnsafe(fitted)
}
