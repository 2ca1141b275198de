import type { Moment } from "./Mortal.ts"

/** A moment as a sentence. */
export const tells = ({ operation, side, when }: Moment) => `${when} ${side} ${operation}`

/** Every moment around a write, and the first of each other kind. */
export const worthDying = (moments: ReadonlyArray<Moment>) => {
  const seen = new Set<string>()
  return moments.filter((moment) => {
    const isNew = !seen.has(tells(moment))
    seen.add(tells(moment))
    return isNew || moment.operation === "append" || moment.operation === "copy"
  })
}
