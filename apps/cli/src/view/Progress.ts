import type { Paint } from "./Paint.ts"
import type { ProgressTally, Waiting } from "./ProgressTally.ts"
import { fitted } from "./Table.ts"
import { count, counted, duration, harmless, octets } from "./Wording.ts"

const bar = (share: number, width: number): string => {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width)
  return "█".repeat(filled) + "░".repeat(width - filled)
}

const waitingFor = ({ detail, side, until, why }: Waiting, now: number): string => {
  const left = duration((until - now) / 1000)
  switch (why) {
    case "paused":
      return `Waiting ${left}: the ${side} asked for a pause (${harmless(detail)})`
    case "pacing":
      return `Waiting ${left}: the ${side}'s published limit of ${harmless(detail)} is used up for now`
    case "retrying":
      return `Waiting ${left} before trying the ${side} again (${harmless(detail)})`
  }
}

const reading = (tally: ProgressTally, now: number): string => {
  switch (tally.phase) {
    case "connecting":
      return `Connecting to both accounts, for ${duration(tally.secondsSince(now))} so far`
    case "listing":
      return `Listing the source: ${counted(tally.listed, "message")} in ${counted(tally.mailboxes, "mailbox", "mailboxes")} so far`
    case "looking":
      return `Looking at the destination: ${counted(tally.scanned, "message")} seen, ${count(tally.adopted)} of ours found there already`
    case "verifying":
      return `Verifying: ${counted(tally.verified, "message")} seen at the destination`
    case "moving":
      return ""
  }
}

const speed = (tally: ProgressTally, now: number): string => {
  const { bytes, messages } = tally.rate(now)
  const left = tally.secondsLeft(now)
  const pace = `${messages < 10 ? messages.toFixed(1) : count(Math.round(messages))} messages/s, ${octets(Math.round(bytes))}/s`
  const eta = left === undefined ? "" : left === 0 ? ", finishing" : `, about ${duration(left)} left`
  return `${pace}${eta}`
}

const asides = (tally: ProgressTally): string =>
  [
    ...(tally.labels > 0 ? [`${counted(tally.labels, "label")} done`] : []),
    ...(tally.quarantined > 0 ? [`${counted(tally.quarantined, "message")} set aside`] : [])
  ]
    .map((text) => `, ${text}`)
    .join("")

/** What stays at the bottom of a terminal: where it is, how fast it goes, what it waits for. */
export const liveLines = (
  tally: ProgressTally,
  now: number,
  columns: number,
  paint: Paint
): ReadonlyArray<string> => {
  const width = Math.max(10, columns - 1)
  const waits = tally.waiting(now).map((waiting) => paint.yellow(fitted(waitingFor(waiting, now), width)))
  if (tally.phase !== "moving") return [fitted(reading(tally, now), width), ...waits]
  const share = tally.toDo === 0 ? 1 : tally.done / tally.toDo
  const drawn = columns >= 60 ? `${bar(share, 20)} ` : ""
  const amount = `${count(tally.done)} of ${counted(tally.toDo, "message")}, ${octets(tally.bytes)} of ${octets(tally.toDoBytes)}`
  return [fitted(`${drawn}${amount}`, width), fitted(`${speed(tally, now)}${asides(tally)}`, width), ...waits]
}

/** The same in one line, for logs. */
export const plainLine = (tally: ProgressTally, now: number): string => {
  const waits = tally.waiting(now).map((waiting) => `. ${waitingFor(waiting, now)}`)
  const where =
    tally.phase === "moving"
      ? `${count(tally.done)} of ${counted(tally.toDo, "message")}, ${octets(tally.bytes)} of ${octets(tally.toDoBytes)}, ${speed(tally, now)}${asides(tally)}`
      : reading(tally, now)
  return `${where}${waits.join("")}`
}
