import { dovecotMissing } from "@mailferry/testkit/Dovecot.ts"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { spawnNode } from "../crash/Process.ts"
import { type Scene, Stage } from "../crash/Stage.ts"

const missing = process.env["CI"] === undefined ? dovecotMissing() : undefined
const why = missing === undefined ? "" : ` (skipped: ${missing})`

/** Largest file the program may write, in blocks of 512 octets: to it, the disk is full there. */
const blocks = [150, 400, 800]

describe.skipIf(missing !== undefined)(`the disk of the ledger is full${why}`, () => {
  let stage: Stage
  let scene: Scene
  beforeEach(async () => {
    stage = await Stage.open({ messages: 90, largest: 60_000 })
    scene = await stage.scene()
  })
  afterEach(() => stage.close())

  it.each(blocks)(
    "at %i blocks: the run stops with the reason and what to do, and the next one finishes",
    async (limit) => {
      const { args, env } = scene.command("run", ["--no-pilot"])
      const full = await spawnNode({
        program: "sh",
        args: ["-c", `ulimit -f ${limit}; exec "$0" "$@"`, process.execPath, ...args],
        env
      }).finished
      expect(full.code).toBe(1)
      expect(full.stderr).toMatch(/ledger could not be used/iu)
      expect(full.stderr).toMatch(/disk/iu)
      expect(full.stderr).not.toMatch(/\n\s+at /u)
      const { surplus } = await scene.compare()
      expect(surplus).toEqual([])
      expect((await scene.run("run", ["--no-pilot", "--json"])).code).toBe(0)
      expect(await scene.compare()).toEqual({ expected: stage.expected.length, lost: [], surplus: [] })
    }
  )
})
