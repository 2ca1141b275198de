const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

/** date-time of RFC 5322, section 3.3, with the obsolete years and zones of section 4.3 and a trailing comment. */
const dateTime =
  /^(?:[a-z]{3},?\s*)?(\d{1,2})\s+([a-z]{3})\s+(\d{2,4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{4}|[a-z]{1,4})?\s*(?:\(.*\))?$/iu

const zones: Readonly<Record<string, number>> = {
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7
}

const zoneMinutes = (zone: string): number => {
  if (!/^[+-]/u.test(zone)) return (zones[zone.toLowerCase()] ?? 0) * 60
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))
  return zone.startsWith("-") ? -minutes : minutes
}

const fullYear = (text: string): number => {
  const year = Number(text)
  if (text.length === 4) return year
  return year < 50 && text.length === 2 ? year + 2000 : year + 1900
}

/** Milliseconds since 1970, or `undefined` where the text is no date or names a day or an hour that does not exist. */
export const parseMailDate = (text: string): number | undefined => {
  const match = dateTime.exec(text.trim())
  if (match === null) return undefined
  const [, day, name = "", year = "", hours, minutes, seconds = "0", zone = "GMT"] = match
  const month = months.indexOf(name.toLowerCase())
  const local = Date.UTC(fullYear(year), month, Number(day), Number(hours), Number(minutes), Number(seconds))
  const real = month !== -1 && new Date(local).getUTCDate() === Number(day) && Number(hours) < 24
  return real ? local - zoneMinutes(zone) * 60_000 : undefined
}
