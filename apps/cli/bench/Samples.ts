/** What a server has counted by a moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Charged to the limit: quota units, or octets of requests. */
  readonly spent: number
  /** Messages stored, or joined with one that was there. */
  readonly brought: number
  readonly requests: number
  /** Answered with 4xx or 5xx; of these, those over a quota, a hold or the concurrency cap. */
  readonly refused: number
  readonly refusedByQuota: number
  readonly peakInFlight: number
}

export interface Steady {
  readonly seconds: number
  readonly spent: number
  readonly messages: number
}

/** After the first message: what stood in the bucket at the start is spent, and labels are made. Milliseconds. */
const settling = 15_000

/** Before the last: fewer calls are left than are made at once. Milliseconds. */
const ending = 2000

/** Between the ramp and the end. Undefined where a run was over before it was steady. */
export const steadyOf = (samples: ReadonlyArray<Sample>, settle = settling): Steady | undefined => {
  const total = samples.at(-1)?.brought ?? 0
  const first = samples.find(({ brought }) => brought > 0)
  const last = samples.find(({ brought }) => brought === total)
  if (first === undefined || last === undefined) return undefined
  const within = samples.filter(({ at }) => at >= first.at + settle && at <= last.at - ending)
  const [from] = within
  const to = within.at(-1)
  if (from === undefined || to === undefined || to.at === from.at) return undefined
  return {
    seconds: (to.at - from.at) / 1000,
    spent: to.spent - from.spent,
    messages: to.brought - from.brought
  }
}

/** Seconds from a moment to the first message that was brought. */
export const rampOf = (samples: ReadonlyArray<Sample>, began: number): number | undefined => {
  const first = samples.find(({ brought }) => brought > 0)
  return first === undefined ? undefined : (first.at - began) / 1000
}

/** The most that was charged in any stretch of so many milliseconds. */
export const mostWithin = (samples: ReadonlyArray<Sample>, millis: number): number => {
  let most = 0
  let from = 0
  for (const { at, spent } of samples) {
    while ((samples[from]?.at ?? at) < at - millis) from++
    most = Math.max(most, spent - (samples[from]?.spent ?? 0))
  }
  return most
}
