import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

import { afterAll, beforeAll, describe, expect, it } from "vitest"

const run = promisify(execFile)
const cli = join(import.meta.dirname, "../..")

describe("the bundle that is published", () => {
  let home: string
  let main: string
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "mailferry-bundle-"))
    main = join(home, "dist", "Main.mjs")
    await run(join(cli, "node_modules/.bin/tsdown"), ["--out-dir", join(home, "dist"), "--silent"], {
      cwd: cli
    })
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  const mailferry = (words: ReadonlyArray<string>) =>
    run(process.execPath, [main, ...words], {
      env: { PATH: process.env["PATH"], HOME: home, XDG_STATE_HOME: join(home, "state"), TMPDIR: home }
    })

  it("needs nothing beside itself to teach its eight words, examples first", async () => {
    const { stdout } = await mailferry([])
    expect(stdout.indexOf("Examples")).toBeLessThan(stdout.indexOf("Commands"))
    const words = [...stdout.matchAll(/^ {2}(\w+) {2,}[A-Z]/gmu)].map(([, word]) => word)
    expect(words).toEqual(["plan", "pilot", "run", "verify", "status", "auth", "rehearse", "schema"])
  })

  it.each(["plan", "pilot", "run", "verify", "status", "auth", "rehearse", "schema"])(
    "%s --help begins with what it does and an example",
    async (word) => {
      const { stdout } = await mailferry([word, "--help"])
      const [, , examples, first] = stdout.split("\n")
      expect(examples).toBe("Examples")
      expect(first).toMatch(new RegExp(`^  mailferry ${word}\\b`, "u"))
    }
  )

  it("rehearses: plan, pilot, run and verify end well, everything has arrived once, and nothing is left behind", async () => {
    const { stdout } = await mailferry(["rehearse", "--json"])
    const { arrivals, ok, pilot, plan, run, verify } = JSON.parse(stdout)
    expect(ok).toBe(true)
    expect(arrivals).toEqual({ sent: plan.planned, arrived: plan.planned, doubled: 0, strange: 0 })
    expect(plan.planned).toBeGreaterThan(590)
    expect(pilot.passed).toBe(true)
    expect(run).toMatchObject({
      outcome: "complete",
      planned: plan.planned,
      migrated: plan.planned - pilot.messages
    })
    expect(verify).toMatchObject({ ok: true, missing: 0, doubled: 0, altered: 0 })
    expect(readdirSync(home)).toEqual(["dist"])
  })
})
