import * as Effect from "effect/Effect"

/**
 * A count once it has stayed the same for `rest` ms: a server commits and closes a little after it was told to.
 * At most 50 looks, then the count as it is.
 */
export const settled = Effect.fnUntraced(function* <E>(count: Effect.Effect<number, E>, rest = 100) {
  let last = yield* count
  for (let look = 0; look < 50; look++) {
    yield* Effect.sleep(rest)
    const now = yield* count
    if (now === last) return now
    last = now
  }
  return last
})
