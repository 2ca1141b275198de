/** How figures are spelt for people: the same everywhere. */

const grouped = new Intl.NumberFormat("en-US")

export const count = (n: number): string => grouped.format(n)

/** `1 message`, `2,000 messages`. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`

/** Octets in decimal units, as disks and mail providers count them. */
export const octets = (n: number): string => {
  if (n < 1000) return `${n} B`
  const units = ["kB", "MB", "GB", "TB"]
  let value = n
  let unit = "B"
  for (const next of units) {
    if (value < 999.5) break
    value /= 1000
    unit = next
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** Seconds as a person says them, to two units: `1 h 05 min`, `3 min 10 s`. */
export const duration = (seconds: number): string => {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const two = (n: number) => String(n).padStart(2, "0")
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${two(minutes % 60)} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `2026-11-21 14:03`, in local time. */
export const moment = (millis: number): string => {
  const date = new Date(millis)
  const two = (n: number) => String(n).padStart(2, "0")
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** Mail may put control characters into names and subjects; a terminal would obey them. */
export const harmless = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, " ")
