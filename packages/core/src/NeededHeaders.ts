import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

import type { NeededHeader } from "./Capabilities.ts"
import { type HeaderField, headerFields } from "./HeaderBlock.ts"

/** What was changed in a header, or what a service will make of it as it is: rows of the report. */
export interface HeaderChange {
  readonly kind: "message-id-added" | "header-mended" | "date-of-arrival"
  readonly detail: string
}

export interface FittedMessage {
  readonly bytes: Uint8Array
  /** The Message-ID in these octets by which the message can be found; none when there is none or nobody could quote it. */
  readonly messageId: Option.Option<string>
  /** What the Date header says; none when it cannot be read. */
  readonly date: Option.Option<DateTime.Utc>
  readonly changes: ReadonlyArray<HeaderChange>
}

export interface FitOptions {
  readonly needs: ReadonlySet<NeededHeader>
  /** Whether a missing or unusable From or Date is mended: only when its owner asked for it. */
  readonly mend: boolean
  readonly internalDate: DateTime.Utc
  /** SHA-256 of the octets as they are, in hexadecimal: what a missing Message-ID is made of. */
  readonly fingerprint: string
}

/** What stands before the name of a field whose value was replaced; the octets after it are the original's. */
const keptPrefix = "X-Mailferry-Original-"

/** A msg-id that a search can quote: RFC 5322 section 3.6.4 without blanks, quotes or a second bracket. */
const usableId = /^<[^\s<>"]+>$/u

/** An addr-spec somewhere in the field (RFC 5322 section 3.4.1); whether it exists is not asked. */
const address = /[^\s<>@,;:"()]+@[^\s<>@,;:"()]+/u

/** RFC 5322 section 3.3, with the obsolete zones of section 4.3 and a day of the week that may be missing. */
const dateTime =
  /^(?:[a-z]{3,9}\s*,?\s*)?(\d{1,2})\s+([a-z]{3})[a-z]*\s+(\d{2,4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{4}|[a-z]{1,5})?/iu

/** RFC 5322 section 4.3: the letters that are zones; any other counts as +0000. */
const zones: Readonly<Record<string, number>> = {
  edt: -4,
  est: -5,
  cdt: -5,
  cst: -6,
  mdt: -6,
  mst: -7,
  pdt: -7,
  pst: -8
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

const zoneMinutes = (zone: string): number => {
  const offset = /^([+-])(\d{2})(\d{2})$/u.exec(zone)
  if (offset === null) return (zones[zone.toLowerCase()] ?? 0) * 60
  const minutes = Number(offset[2]) * 60 + Number(offset[3])
  return offset[1] === "-" ? -minutes : minutes
}

/** The instant a Date field names; none when it names none. */
export const dateOf = (value: string): Option.Option<DateTime.Utc> => {
  const found = dateTime.exec(
    value
      .replace(/\([^)]*\)/gu, " ")
      .replace(/\s+/gu, " ")
      .trim()
  )
  if (found === null) return Option.none()
  const [, day = "", monthName = "", digits = "", hour = "", minute = "", second = "0", zone = ""] = found
  const month = months.indexOf(monthName.toLowerCase())
  // RFC 5322 section 4.3: two digits below 50 are of this century, others and three digits of the last.
  const given = Number(digits)
  const year = digits.length > 3 ? given : digits.length === 2 && given < 50 ? given + 2000 : given + 1900
  const millis = Date.UTC(year, month, Number(day), Number(hour), Number(minute), Number(second))
  // 31 February is none: Date.UTC makes 3 March of it.
  const isDay = new Date(Date.UTC(year, month, Number(day))).getUTCDate() === Number(day)
  const isReal = month >= 0 && isDay && Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60
  return isReal ? DateTime.make(millis - zoneMinutes(zone) * 60_000) : Option.none()
}

const valueOf = (octets: Uint8Array, { end, name, start }: HeaderField): string =>
  Buffer.from(octets.subarray(start, end))
    .toString("latin1")
    .replace(/\r?\n/gu, "")
    .slice(name.length)
    .replace(/^\s*:/u, "")
    .trim()

/** RFC 5322 section 3.3: a date in UTC. */
const dateText = (date: DateTime.Utc): string => DateTime.toDate(date).toUTCString().replace(/GMT$/u, "+0000")

/** New lines before everything else, and the fields whose names get the prefix; no other octet is touched. */
const spliced = (
  octets: Uint8Array,
  lines: ReadonlyArray<string>,
  kept: ReadonlyArray<HeaderField>
): Uint8Array => {
  const parts: Array<Uint8Array> = [Buffer.from(lines.join(""), "latin1")]
  let from = 0
  for (const { start } of kept.toSorted((a, b) => a.start - b.start)) {
    parts.push(octets.subarray(from, start), Buffer.from(keptPrefix, "latin1"))
    from = start
  }
  parts.push(octets.subarray(from))
  return Buffer.concat(parts)
}

/**
 * Gives a message the headers that a service insists on, by splicing header lines: the body and every other line keep
 * their octets. A missing Message-ID is always added, as one line made from the message's own SHA-256, so that it is
 * the same on every try and a message can be found and joined by it. From and Date are mended only when asked, and
 * what they were is kept as `X-Mailferry-Original-From` and so on.
 */
export const fitHeaders = (octets: Uint8Array, options: FitOptions): FittedMessage => {
  const fields = [...headerFields(octets)]
  const of = (name: string) => fields.filter((field) => field.name === name)
  const values = (name: string) => of(name).map((field) => valueOf(octets, field))
  const lines: Array<string> = []
  const kept: Array<HeaderField> = []
  const changes: Array<HeaderChange> = []
  const replace = (name: string, label: string, value: string, why: string) => {
    kept.push(...of(name))
    lines.push(`${label}: ${value}\r\n`)
    changes.push({ kind: "header-mended", detail: `${label}: ${why}` })
  }

  const [id = ""] = values("message-id")
  let messageId = usableId.test(id) ? Option.some(id) : Option.none<string>()
  if (options.needs.has("Message-ID") && values("message-id").every((value) => value === "")) {
    const added = `<${options.fingerprint}@import.invalid>`
    messageId = Option.some(added)
    kept.push(...of("message-id"))
    lines.push(`Message-ID: ${added}\r\n`)
    changes.push({ kind: "message-id-added", detail: added })
  }

  const senders = values("from")
  if (
    options.needs.has("From") &&
    options.mend &&
    (senders.length !== 1 || !address.test(senders[0] ?? ""))
  ) {
    const other = [...senders, ...values("sender"), ...values("reply-to"), ...values("return-path")]
    const found = other.map((value) => address.exec(value)?.[0]).find((value) => value !== undefined)
    const why =
      senders.length === 0
        ? "there was none"
        : senders.length > 1
          ? "there were several"
          : "it held no address"
    replace("from", "From", `<${found ?? "unknown@sender.invalid"}>`, why)
  }

  const dates = values("date")
  let date = dateOf(dates[0] ?? "")
  if (options.needs.has("Date") && Option.isNone(date)) {
    if (options.mend) {
      date = Option.some(options.internalDate)
      replace(
        "date",
        "Date",
        dateText(options.internalDate),
        dates.length === 0 ? "there was none" : "it held no date"
      )
    } else {
      const why = dates.length === 0 ? "there is no Date header" : "its Date header holds no date"
      changes.push({ kind: "date-of-arrival", detail: `${why}, so the day it is carried over is shown` })
    }
  }
  return { bytes: lines.length === 0 ? octets : spliced(octets, lines, kept), messageId, date, changes }
}
