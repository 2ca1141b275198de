import { execFileSync } from "node:child_process"

import * as Option from "effect/Option"
import { expect, it } from "vitest"

import { flagsAgain } from "../src/FlagsAgain.ts"

it("the next command is given the same state directory and plan, or it would begin anew", () => {
  expect(flagsAgain({ job: "job.yaml", state: Option.none() })).toBe("--job job.yaml")
  expect(flagsAgain({ job: "job.yaml", state: Option.some("/s"), plan: Option.some("p.yaml") })).toBe(
    "--job job.yaml --state /s --plan p.yaml"
  )
})

it.skipIf(process.platform === "win32")("whatever a file is called, a shell reads it back as it is", () => {
  for (const job of ["my job.yaml", "it's.yaml", "$(rm -rf x).yaml", '`x`"*?']) {
    const words = flagsAgain({ job, state: Option.none() })
    const read = execFileSync("sh", ["-c", `printf %s ${words.replace("--job ", "")}`], { encoding: "utf8" })
    expect(read).toBe(job)
  }
})
