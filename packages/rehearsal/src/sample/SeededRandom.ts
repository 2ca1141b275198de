import { createHash } from "node:crypto"

/** Numbers that look random and are the same for the same key on every machine. Never for secrets. */
export interface SeededRandom {
  /** At least 0, below 1. */
  readonly next: () => number
  /** A whole number from `low` up to and including `high`. */
  readonly between: (low: number, high: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <A>(from: readonly [A, ...ReadonlyArray<A>]) => A
  /** `count` different elements, or all of them when there are fewer. */
  readonly some: <A>(from: ReadonlyArray<A>, count: number) => ReadonlyArray<A>
}

/** The mulberry32 generator, started from the SHA-256 of `key`. */
export const seededRandom = (key: string): SeededRandom => {
  let state = createHash("sha256").update(key).digest().readUInt32LE(0)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (from) => from[between(0, from.length - 1)] ?? from[0],
    some: (from, count) =>
      from
        .map((element) => [next(), element] as const)
        .toSorted(([a], [b]) => a - b)
        .slice(0, count)
        .map(([, element]) => element)
  }
}
