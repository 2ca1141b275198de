import { type Clock, Duration, Effect } from "effect"

/** A clock that goes so many times faster, for waits of seconds that would be a test's. Timers of the wire are not its own. */
export const hastyClock = (times: number): Clock.Clock => {
  const start = Date.now()
  const nanos = process.hrtime.bigint()
  const millisNow = () => start + (Date.now() - start) * times
  const nanosNow = () => nanos + (process.hrtime.bigint() - nanos) * BigInt(times)
  const wallNanosNow = () => BigInt(millisNow()) * 1_000_000n
  return {
    currentTimeMillisUnsafe: millisNow,
    currentTimeMillis: Effect.sync(millisNow),
    currentTimeNanosUnsafe: wallNanosNow,
    currentTimeNanos: Effect.sync(wallNanosNow),
    monotonicTimeNanosUnsafe: nanosNow,
    monotonicTimeNanos: Effect.sync(nanosNow),
    sleep: (duration) =>
      Duration.isFinite(duration)
        ? Effect.callback<void>((resume) => {
            const timer = setTimeout(() => resume(Effect.void), Duration.toMillis(duration) / times)
            return Effect.sync(() => clearTimeout(timer))
          })
        : Effect.never
  }
}
