import { chmodSync, mkdirSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"

import { defaultDirectory, keepDirectory, pairName, pairState } from "../src/State.ts"
import { ScreenRecorder } from "./support/ScreenRecorder.ts"
import { tempDirectories } from "./support/TempDirectory.ts"

const tempDirectory = tempDirectories()
const modeOf = (path: string) => statSync(path).mode & 0o777

describe("the state directory", () => {
  it("is $XDG_STATE_HOME/mailferry, or below the home directory", () => {
    expect(defaultDirectory({ XDG_STATE_HOME: "/var/state" })).toBe("/var/state/mailferry")
    expect(defaultDirectory({})).toBe(join(homedir(), ".local/state/mailferry"))
  })

  it("ignores a relative XDG_STATE_HOME, as the specification asks", () => {
    expect(defaultDirectory({ XDG_STATE_HOME: "state" })).toBe(join(homedir(), ".local/state/mailferry"))
  })

  it.skipIf(process.platform === "win32")("is made for its owner only", async () => {
    const directory = join(tempDirectory(), "a", "b")
    await Effect.runPromise(keepDirectory(directory, false).pipe(Effect.provide(new ScreenRecorder().layer)))
    expect(modeOf(directory)).toBe(0o700)
  })

  it.skipIf(process.platform === "win32")(
    "is closed to others when it is ours, and only named when a person chose it",
    async () => {
      const directory = join(tempDirectory(), "open")
      mkdirSync(directory)
      chmodSync(directory, 0o755)
      const recorder = new ScreenRecorder()
      await Effect.runPromise(keepDirectory(directory, true).pipe(Effect.provide(recorder.layer)))
      expect(recorder.stderr).toContain(`chmod 700 ${directory}`)
      expect(modeOf(directory)).toBe(0o755)
      await Effect.runPromise(keepDirectory(directory, false).pipe(Effect.provide(recorder.layer)))
      expect(modeOf(directory)).toBe(0o700)
    }
  )
})

describe("the ledger's name", () => {
  it("belongs to the pair of accounts and can be read", () => {
    expect(pairName("barrel:You@Example.net", "bucket:you@example.org@imap.example.org")).toMatch(
      /^barrel-you@example\.net_to_bucket-you@example\.org@imap\.example\.org_[0-9a-f]{10}$/u
    )
  })

  it("tells apart accounts whose readable names are the same", () => {
    const names = ["barrel:a/b", "barrel:a-b", "barrel:א", "barrel:ב"].map((source) => pairName(source, "x"))
    expect(new Set(names).size).toBe(names.length)
  })

  it("never leaves the state directory", () => {
    const { ledger } = pairState("/state", "../../etc/passwd", "/home/../x")
    expect(ledger.startsWith("/state/")).toBe(true)
    expect(ledger.split("/").length).toBe(3)
  })

  it("is another for each pair, and the budgets of accounts are one file for all of them", () => {
    const states = ["a", "b"].map((source) => pairState("/state", source, "x"))
    expect(new Set(states.map(({ ledger }) => ledger)).size).toBe(2)
    expect(states.map(({ limits }) => limits)).toEqual(["/state/limits.sqlite", "/state/limits.sqlite"])
  })

  it("stays short enough for file systems however long an account is", () => {
    expect(pairName("s".repeat(500), "d".repeat(500)).length).toBeLessThan(200)
  })
})
