import { headerFields, withoutSpan } from "@mailferry/core/HeaderBlock.ts"
import type { HeaderValue } from "@mailferry/imap/HeaderFields.ts"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

/** The fields this adapter reads of every message; none of them needs ENVELOPE, which Bridge quotes wrongly. */
export const identityFields: ReadonlyArray<string> = ["X-Pm-Internal-Id", "Message-Id", "X-Pm-Date", "Date"]

/**
 * Proton's own message id: one message has the same in every mailbox, database and Bridge. None when the line is
 * missing: `X-Pm-Gluon-Id` is no substitute, because every resync renews it.
 */
export const stableIdOf = (header: HeaderValue): Option.Option<string> =>
  header("X-Pm-Internal-Id").pipe(
    Option.map((value) => value.trim()),
    Option.filter((value) => value !== "")
  )

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const dateTime =
  /^(?:[a-z]{3},\s*)?(\d{1,2})\s+([a-z]{3})\s+(\d{4})\s+(\d{2}):(\d{2})(?::(\d{2}))?(?:\s+([+-])(\d{2})(\d{2}))?/iu

/**
 * A date-time of RFC 5322 section 3.3. A zone that is not written in digits counts as `-0000`, as section 4.3 says
 * of unknown ones; JavaScript's own parser would take the machine's zone.
 */
const readDate = (value: string): Option.Option<DateTime.Utc> => {
  const [, day, month = "", year, hour, minute, second = "0", sign, zoneHour = "0", zoneMinute = "0"] =
    dateTime.exec(value.trim()) ?? []
  const index = months.indexOf(month.toLowerCase())
  if (index === -1) return Option.none()
  const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === "-" ? -1 : 1)
  return DateTime.make(
    Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute) - offset, Number(second))
  )
}

const isAfter1970 = (date: DateTime.Utc): boolean => DateTime.toEpochMillis(date) > 0

/**
 * When the message was received. INTERNALDATE is Proton's server time and `X-Pm-Date` repeats it; where Proton has none,
 * INTERNALDATE is the moment Bridge synced, `X-Pm-Date` is 1970, and only `Date` says anything
 * (Bridge's helpers.go, build.go). An INTERNALDATE of 1970 stands for none.
 */
export const receivedAt = (internalDate: DateTime.Utc, header: HeaderValue): DateTime.Utc => {
  const protonDate = header("X-Pm-Date").pipe(Option.flatMap(readDate))
  const stated = header("Date").pipe(Option.flatMap(readDate), Option.filter(isAfter1970))
  const protonKnows = Option.exists(protonDate, isAfter1970)
  if (isAfter1970(internalDate) && (protonKnows || Option.isNone(protonDate))) return internalDate
  return (protonKnows ? protonDate : stated).pipe(Option.getOrElse(() => internalDate))
}

/** Bridge marks a forwarded message twice, `$Forwarded` and `Forwarded`; the first is the registered keyword (RFC 5788). */
export const bridgeKeywords = (keywords: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(Array.from(keywords, (keyword) => (/^\$?forwarded$/iu.test(keyword) ? "$Forwarded" : keyword)))

/**
 * The octets to carry over: the message without the `X-Pm-Gluon-Id` field gluon put before it, all else untouched.
 * Only the first such field goes; one further down came with the mail. `X-Pm-Internal-Id` stays, so that a later run
 * recognises the copy.
 */
export const withoutGluonId = (octets: Uint8Array): Uint8Array => {
  for (const field of headerFields(octets)) {
    if (field.name === "x-pm-gluon-id") return withoutSpan(octets, field)
  }
  return octets
}
