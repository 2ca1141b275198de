/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export const seededNumbers = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * The items as several workers finish them: each takes the next one and any of those in hand comes out first. One worker
 * keeps the order; as many workers as items know none.
 */
export function* finishedBy<A>(items: ReadonlyArray<A>, workers: number, random: () => number): Generator<A> {
  const inHand: Array<A> = []
  for (const item of items) {
    inHand.push(item)
    if (inHand.length >= workers) yield* inHand.splice(Math.floor(random() * inHand.length), 1)
  }
  while (inHand.length > 0) yield* inHand.splice(Math.floor(random() * inHand.length), 1)
}
