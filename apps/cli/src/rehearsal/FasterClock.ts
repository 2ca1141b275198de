import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

const nanosPerMilli = 1_000_000n

/** A clock that begins with the real one and goes so many times faster: its minute is over in a part of a minute. */
export const fasterClock = (clock: Clock.Clock, times: number): Clock.Clock => {
  const began = clock.currentTimeMillisUnsafe()
  const beganNanos = clock.monotonicTimeNanosUnsafe()
  const factor = BigInt(times)
  const millis = () => began + (clock.currentTimeMillisUnsafe() - began) * times
  const nanos = () => BigInt(millis()) * nanosPerMilli
  const monotonic = () => beganNanos + (clock.monotonicTimeNanosUnsafe() - beganNanos) * factor
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: monotonic,
    monotonicTimeNanos: Effect.sync(monotonic),
    sleep: (duration) => clock.sleep(Duration.times(duration, 1 / times))
  }
}
