import { dovecotMissing } from "@mailferry/testkit/Dovecot.ts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { type Aftermath, killAndFinish, randomKills, transitions } from "./Kills.ts"
import { Stage } from "./Stage.ts"

const missing = process.env["CI"] === undefined ? dovecotMissing() : undefined

/** Random moments in `npm test`; `pnpm crash --kills 200` tries more. The seed in a test's name repeats it. */
const seed = Number(process.env["MAILFERRY_CRASH_SEED"] ?? 20_261_121)
const kills = 15

describe.skipIf(missing !== undefined)(
  `kill -9, then Dovecot${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let stage: Stage
    let whole: Aftermath
    let wholeMillis: number

    beforeAll(async () => {
      stage = await Stage.open({ messages: 100, largest: 60_000 })
      const scene = await stage.scene()
      const started = performance.now()
      const { code } = await scene.run("run", ["--json"])
      wholeMillis = performance.now() - started
      const { lost, surplus } = await scene.compare()
      whole = { code, lost, surplus, thenMigrated: 0 }
    })
    afterAll(() => stage.close())

    it("a run nobody disturbs leaves every message exactly once", () => {
      expect(whole).toEqual({ code: 0, lost: [], surplus: [], thenMigrated: 0 })
    })

    it.each(transitions)(
      "killed $name: the next run leaves every message exactly once",
      async ({ moment }) => {
        const { aftermath, killed } = await killAndFinish(await stage.scene(), { moment })
        expect(killed).toBe(true)
        expect(aftermath).toEqual(whole)
      }
    )

    it.each(randomKills(seed, kills))(
      `killed at random moment $n of seed ${seed}: the next run leaves every message exactly once`,
      async ({ share }) => {
        const { aftermath } = await killAndFinish(await stage.scene(), { afterMillis: share * wholeMillis })
        expect(aftermath).toEqual(whole)
      }
    )
  }
)
