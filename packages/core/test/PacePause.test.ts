import { assert, describe, it } from "@effect/vitest"
import { Throttled } from "@mailferry/core/MailError.ts"
import { pauseLength } from "@mailferry/core/PacePause.ts"
import { Duration } from "effect"

const at = Date.UTC(2026, 10, 21, 12, 0, 20)
const lengthOf = (fields: Omit<ConstructorParameters<typeof Throttled>[0], "detail">) => {
  const { guess, stated } = pauseLength(new Throttled({ detail: "slow down", ...fields }), at)
  const seconds = (duration: Duration.Duration | undefined) =>
    duration === undefined ? undefined : Duration.toSeconds(duration)
  return [seconds(stated), seconds(guess)]
}

describe("how long a refused account is left alone", () => {
  it.each([
    [
      "what the service states, whatever was too much",
      { retryAfter: Duration.seconds(7), over: "day" },
      [7, undefined]
    ],
    ["to the next minute when it was too much in one", { over: "rate" }, [40, undefined]],
    ["an hour when the day's allowance is used up", { over: "day" }, [3600, undefined]],
    ["a second at first when one call is too many", { over: "concurrency" }, [undefined, 1]],
    ["as long as the gate thinks when nothing is said", {}, [undefined, undefined]]
  ] as const)("%s", (_, fields, expected) => {
    assert.deepStrictEqual(lengthOf(fields), [...expected])
  })
})
