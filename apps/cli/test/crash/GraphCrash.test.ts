import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { graphTransitions, graphTwice, randomMoments } from "./GraphKills.ts"
import { GraphStage } from "./GraphStage.ts"
import { type Aftermath, killAndFinish } from "./Kills.ts"

/** Random moments in `npm test`; `pnpm crash --to o365 --kills 200` tries more. The seed in a test's name repeats it. */
const seed = Number(process.env["MAILFERRY_CRASH_SEED"] ?? 20_261_121)

/** Requests that a run makes, about. */
const usual = 130

const whole: Aftermath = { code: 0, lost: [], surplus: [], thenMigrated: 0 }

/** Three processes one after the other, and others beside them: a time at which something hangs, not a bar. */
const timeout = 300_000

/** Runs mostly wait for the limits they keep, so several go on at once. */
describe.concurrent("kill -9 on the way into the rehearsal Exchange", { timeout }, () => {
  let stage: GraphStage
  let undisturbed: Pick<Aftermath, "code" | "lost" | "surplus">

  beforeAll(async () => {
    stage = await GraphStage.open()
    const scene = await stage.scene()
    const { code } = await scene.run("run", ["--json"])
    undisturbed = { code, ...(await scene.compare()) }
    await scene.close()
  })
  afterAll(() => stage.close())

  it("a run nobody disturbs leaves every message once, and all of each that Exchange can keep", () => {
    expect(undisturbed).toEqual({ code: 0, lost: [], surplus: [] })
  })

  it.each(graphTransitions)(
    "killed $name: the next run leaves every message once, and none of them incomplete",
    async ({ moment }) => {
      const scene = await stage.scene()
      const { aftermath, killed } = await killAndFinish(scene, { moment })
      await scene.close()
      expect(killed).toBe(true)
      expect(aftermath).toEqual(whole)
    }
  )

  it.each(graphTwice)(
    "killed $name: the next run leaves every message once, and none of them incomplete",
    async ({ first, second }) => {
      const scene = await stage.scene()
      const { aftermath, killed } = await killAndFinish(scene, { moment: first }, { moment: second })
      await scene.close()
      expect(killed).toBe(true)
      expect(aftermath).toEqual(whole)
    }
  )

  it.each(randomMoments(seed, 15, usual))(
    `killed at $name of seed ${seed}: the next run leaves every message once, and none of them incomplete`,
    async ({ moment }) => {
      const scene = await stage.scene()
      const { aftermath } = await killAndFinish(scene, { moment })
      await scene.close()
      expect(aftermath).toEqual(whole)
    }
  )
})
