import type { Scanner } from "./Scanner.ts"

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

const two = (value: number): string => String(value).padStart(2, "0")

/** Milliseconds since 1970 as date-time of RFC 3501, section 9, in UTC, quotes included. */
export const formatInternalDate = (at: number): string => {
  const date = new Date(at)
  const day = `${two(date.getUTCDate())}-${months[date.getUTCMonth()]}-${String(date.getUTCFullYear()).padStart(4, "0")}`
  return `"${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000"`
}

const dateTime = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/u
const dateOnly = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/u

const monthOf = (name: string | undefined): number =>
  months.findIndex((month) => month.toLowerCase() === name?.toLowerCase())

/** The quoted date-time of an APPEND, in milliseconds since 1970. */
export const parseInternalDate = (scanner: Scanner): number => {
  const at = scanner.position
  const match = dateTime.exec(scanner.quoted().toString("latin1"))
  const month = monthOf(match?.[2])
  if (match === null || month === -1) return scanner.fail("invalid date-time", at)
  const [, day, , year, hours, minutes, seconds, sign, zoneHours, zoneMinutes] = match
  const local = Date.UTC(Number(year), month, Number(day), Number(hours), Number(minutes), Number(seconds))
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000
  return sign === "+" ? local - zone : local + zone
}

/** The date of a SEARCH key, quoted or not, as the first millisecond of its UTC day. */
export const parseSearchDate = (scanner: Scanner): number => {
  const at = scanner.position
  const match = dateOnly.exec(scanner.astring())
  const month = monthOf(match?.[2])
  if (match === null || month === -1) return scanner.fail("invalid date", at)
  return Date.UTC(Number(match[3]), month, Number(match[1]))
}
