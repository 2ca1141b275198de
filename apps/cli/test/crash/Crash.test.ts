import { dovecotMissing, type DovecotOptions } from "@mailferry/testkit/Dovecot.ts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { type Aftermath, killAndFinish, randomKills, type Transition, transitions } from "./Kills.ts"
import { Stage } from "./Stage.ts"

const missing = process.env["CI"] === undefined ? dovecotMissing() : undefined

const why = missing === undefined ? "" : ` (skipped: ${missing})`

/** Random moments in `npm test`; `pnpm crash --kills 200` tries more. The seed in a test's name repeats it. */
const seed = Number(process.env["MAILFERRY_CRASH_SEED"] ?? 20_261_121)

const isUnanswered = ({ moment }: Transition) => moment.when === "unanswered"

const servers: ReadonlyArray<{
  readonly name: string
  readonly dovecot: DovecotOptions
  readonly at: ReadonlyArray<Transition>
  readonly kills: number
}> = [
  { name: "Dovecot", dovecot: {}, at: transitions, kills: 15 },
  // Where the server does not say where it put a message, only looking can tell what a killed run left behind.
  {
    name: "Dovecot without UIDPLUS",
    dovecot: { capability: "IMAP4rev1" },
    at: transitions.filter(isUnanswered),
    kills: 3
  }
]

describe.skipIf(missing !== undefined).each(servers)(`kill -9 on $name${why}`, ({ at, dovecot, kills }) => {
  let stage: Stage
  let whole: Aftermath
  let wholeMillis: number

  beforeAll(async () => {
    stage = await Stage.open({ messages: 100, largest: 60_000, dovecot })
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

  it.each(at)("killed $name: the next run leaves every message exactly once", async ({ moment }) => {
    const { aftermath, killed } = await killAndFinish(await stage.scene(), { moment })
    expect(killed).toBe(true)
    expect(aftermath).toEqual(whole)
  })

  it.each(randomKills(seed, kills))(
    `killed at random moment $n of seed ${seed}: the next run leaves every message exactly once`,
    async ({ share }) => {
      const { aftermath } = await killAndFinish(await stage.scene(), { afterMillis: share * wholeMillis })
      expect(aftermath).toEqual(whole)
    }
  )
})
