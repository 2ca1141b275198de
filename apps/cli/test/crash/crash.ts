/**
 * `pnpm crash [--kills 200] [--seed N]`: kills the real program at every ledger transition and at as many random
 * moments, each time followed by one more run, and prints what was lost and what was doubled.
 */
import { parseArgs } from "node:util"

import { killAndFinish, randomKills, transitions } from "./Kills.ts"
import { Stage } from "./Stage.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now()) }
  }
})
const seed = Number(values.seed)
const stage = await Stage.open({ messages: 100, largest: 60_000 })
const reference = await stage.scene()
const started = performance.now()
await reference.run("run", ["--json"])
const wholeMillis = performance.now() - started

const attempts = [
  ...transitions.map(({ moment, name }) => ({ kind: "at a transition", name, kill: { moment } })),
  ...randomKills(seed, Number(values.kills)).map(({ n, share }) => ({
    kind: "at a random moment",
    name: `random ${n}`,
    kill: { afterMillis: share * wholeMillis }
  }))
]
const table = new Map<
  string,
  { runs: number; killed: number; lost: number; surplus: number; again: number }
>()
for (const { kill, kind, name } of attempts) {
  const { aftermath, killed } = await killAndFinish(await stage.scene(), kill)
  const row = table.get(kind) ?? { runs: 0, killed: 0, lost: 0, surplus: 0, again: 0 }
  row.runs++
  if (killed) row.killed++
  row.lost += aftermath.lost.length
  row.surplus += aftermath.surplus.length
  row.again += aftermath.thenMigrated
  table.set(kind, row)
  if (aftermath.lost.length + aftermath.surplus.length + aftermath.thenMigrated > 0) {
    process.stdout.write(`${name}: ${JSON.stringify(aftermath)}\n`)
  }
}
await stage.close()

process.stdout.write(
  `seed ${seed}, ${stage.expected.length} placements of 100 messages each time, on Dovecot\n`
)
for (const [kind, { again, killed, lost, runs, surplus }] of table) {
  process.stdout.write(
    `${kind}: ${runs} runs, ${killed} killed, ${lost} lost, ${surplus} doubled or altered, ${again} sent again by a third run\n`
  )
}
