import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { gmailTransitions, laterTransitions } from "./GmailKills.ts"
import { type GmailScene, GmailStage } from "./GmailStage.ts"
import { type Aftermath, killAndFinish, randomKills } from "./Kills.ts"

/** Random moments in `npm test`; `pnpm crash --to gmail --kills 200` tries more. The seed in a test's name repeats it. */
const seed = Number(process.env["MAILFERRY_CRASH_SEED"] ?? 20_261_121)

const whole: Aftermath = { code: 0, lost: [], surplus: [], thenMigrated: 0 }

/** Three processes one after the other, and others beside them: a time at which something hangs, not a bar. */
const timeout = 300_000

/** Runs mostly wait for the limits they keep, so several go on at once. */
describe.concurrent("kill -9 on the way into the rehearsal Gmail", { timeout }, () => {
  let stage: GmailStage
  let undisturbed: Pick<Aftermath, "code" | "lost" | "surplus">
  let wholeMillis: number

  beforeAll(async () => {
    stage = await GmailStage.open()
    const scene = await stage.scene()
    const started = performance.now()
    const { code } = await scene.run("run", ["--json"])
    wholeMillis = performance.now() - started
    undisturbed = { code, ...(await scene.compare()) }
    await scene.close()
  })
  afterAll(() => stage.close())

  it("a run nobody disturbs leaves every message once, with its labels", () => {
    expect(undisturbed).toEqual({ code: 0, lost: [], surplus: [] })
  })

  it.each(gmailTransitions)(
    "killed $name: the next run leaves every message once, with its labels",
    async ({ moment }) => {
      const scene = await stage.scene()
      const { aftermath, killed } = await killAndFinish(scene, { moment })
      await scene.close()
      expect(killed).toBe(true)
      expect(aftermath).toEqual(whole)
    }
  )

  it.each(randomKills(seed, 15))(
    `killed at random moment $n of seed ${seed}: the next run leaves every message once, with its labels`,
    async ({ share }) => {
      const scene = await stage.scene()
      const { aftermath } = await killAndFinish(scene, { afterMillis: share * wholeMillis })
      await scene.close()
      expect(aftermath).toEqual(whole)
    }
  )
})

describe.concurrent("kill -9 while the labels of mail that is there are changed", { timeout }, () => {
  let stage: GmailStage
  const scenes: Array<GmailScene> = []

  beforeAll(async () => {
    stage = await GmailStage.open()
    await Promise.all(
      laterTransitions.map(async () => {
        const scene = await stage.scene()
        await scene.run("run", ["--json"])
        scenes.push(scene)
      })
    )
    stage.changeSource()
  })
  afterAll(async () => {
    await Promise.all(scenes.map((scene) => scene.close()))
    await stage.close()
  })

  it.each(laterTransitions)("killed $name: the next run makes every change, once", async ({ moment }) => {
    const scene = scenes[laterTransitions.findIndex((transition) => transition.moment === moment)]
    if (scene === undefined) throw new Error("there is no scene for this transition")
    const { aftermath, killed } = await killAndFinish(scene, { moment })
    expect(killed).toBe(true)
    expect(aftermath).toEqual(whole)
  })
})
