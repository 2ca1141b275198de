import * as DateTime from "effect/DateTime"

import type { DestinationCapabilities } from "./Capabilities.ts"

/** How far behind the clock a date must be not to count as the future on a server whose clock is a little slow. */
const slowClockMillis = 60_000

/** The nearest INTERNALDATE that this destination stores as it is. */
export const fitInternalDate = (
  date: DateTime.Utc,
  { internalDates }: Pick<DestinationCapabilities, "internalDates">,
  now: DateTime.Utc
): DateTime.Utc => {
  if (internalDates === undefined) return date
  const latest = Math.min(
    DateTime.toEpochMillis(internalDates.to),
    internalDates.future ? Infinity : DateTime.toEpochMillis(now) - slowClockMillis
  )
  const earliest = DateTime.toEpochMillis(internalDates.from)
  const wanted = DateTime.toEpochMillis(date)
  return wanted >= earliest && wanted <= latest
    ? date
    : DateTime.makeUnsafe(Math.max(earliest, Math.min(wanted, latest)))
}
