import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"

import { paintFor } from "../../src/view/Paint.ts"
import { ScreenRecorder } from "../support/ScreenRecorder.ts"

const run = (effect: Effect.Effect<void>) => Effect.runPromise(effect)

describe("the screen", () => {
  it("gives data to stdout and everything else to stderr", async () => {
    const recorder = new ScreenRecorder()
    await run(recorder.screen.print("data"))
    await run(recorder.screen.tell("notice"))
    await run(recorder.screen.warn("warning"))
    expect(recorder.stdout).toBe("data\n")
    expect(recorder.stderr).toBe("notice\nwarning\n")
  })

  it("with --quiet leaves notices out and warnings in", async () => {
    const recorder = new ScreenRecorder({ quiet: true }, { isTTY: true })
    await run(recorder.screen.tell("notice"))
    await run(recorder.screen.warn("warning"))
    await run(recorder.screen.show(["live"]))
    expect(recorder.stderr).toBe("warning\n")
  })

  it.each([
    ["no terminal", false, {}],
    ["a dumb terminal", true, { TERM: "dumb" }],
    ["CI", true, { CI: "true" }]
  ])("draws nothing over on %s", async (_, isTTY, environment) => {
    const recorder = new ScreenRecorder({}, { isTTY, environment })
    await run(recorder.screen.show(["live"]))
    await run(recorder.screen.tell("notice"))
    expect(recorder.screen.live).toBe(false)
    expect(recorder.stderr).toBe("notice\n")
  })

  it("draws each frame in one synchronized write, over the one before, notices above it", async () => {
    const recorder = new ScreenRecorder({}, { isTTY: true })
    await run(recorder.screen.show(["one", "two"]))
    await run(recorder.screen.tell("notice"))
    await run(recorder.screen.show([]))
    const begin = "\u001B[?2026h"
    const end = "\u001B[?2026l"
    const up = "\u001B[2A\r\u001B[0J"
    expect(recorder.stderr).toBe(
      `${begin}one\ntwo\n${end}${begin}${up}notice\none\ntwo\n${end}${begin}${up}${end}`
    )
  })

  it("clears the live lines before data is printed", async () => {
    const recorder = new ScreenRecorder({}, { isTTY: true })
    await run(recorder.screen.show(["live"]))
    await run(recorder.screen.print("data"))
    expect(recorder.stderr.endsWith("\u001B[1A\r\u001B[0J\u001B[?2026l")).toBe(true)
    expect(recorder.stdout).toBe("data\n")
  })
})

describe("colours", () => {
  const red = (options: Partial<Parameters<typeof paintFor>[0]>) =>
    paintFor({ terminal: true, noColor: false, environment: {}, ...options }).red("x")

  it("are for terminals, and off by NO_COLOR, TERM=dumb and --no-color", () => {
    expect(red({})).toBe("\u001B[31mx\u001B[39m")
    expect(red({ terminal: false })).toBe("x")
    expect(red({ noColor: true })).toBe("x")
    expect(red({ environment: { NO_COLOR: "1" } })).toBe("x")
    expect(red({ environment: { TERM: "dumb" } })).toBe("x")
  })

  it("can be forced, and an empty NO_COLOR is none", () => {
    expect(red({ terminal: false, environment: { FORCE_COLOR: "1" } })).toContain("[31m")
    expect(red({ environment: { NO_COLOR: "" } })).toContain("[31m")
    expect(red({ environment: { NO_COLOR: "1", FORCE_COLOR: "1" } })).toBe("x")
  })
})
