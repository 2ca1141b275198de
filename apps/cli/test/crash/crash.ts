/**
 * `pnpm crash [--to imap|gmail|o365] [--kills 200] [--seed N]`: kills the real program at every ledger transition and at as
 * many random moments, each time followed by one more run, and prints what was lost and what was doubled.
 */
import { parseArgs } from "node:util"

import { type Attempt, CrashTable } from "./CrashTable.ts"
import { gmailTransitions, laterTransitions } from "./GmailKills.ts"
import { GmailStage } from "./GmailStage.ts"
import { graphTransitions, graphTwice, randomMoments } from "./GraphKills.ts"
import { GraphStage } from "./GraphStage.ts"
import { killAndFinish, randomKills, type Transition, transitions } from "./Kills.ts"
import { Stage } from "./Stage.ts"

const { values } = parseArgs({
  options: {
    to: { type: "string", default: "imap" },
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now()) }
  }
})
const seed = Number(values.seed)
const table = new CrashTable((line) => process.stdout.write(`${line}\n`))

const atTransitions = <At>(kind: string, some: ReadonlyArray<Transition<At>>): ReadonlyArray<Attempt<At>> =>
  some.map(({ moment, name }) => ({ kind, name, kill: { moment } }))

const atRandom = (wholeMillis: number): ReadonlyArray<Attempt<never>> =>
  randomKills(seed, Number(values.kills)).map(({ n, share }) => ({
    kind: "at a random moment",
    name: `random ${n}`,
    kill: { afterMillis: share * wholeMillis }
  }))

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await work()
  return performance.now() - started
}

const imap = async (): Promise<string> => {
  const stage = await Stage.open({ messages: 100, largest: 60_000 })
  const reference = await stage.scene()
  const wholeMillis = await timed(() => reference.run("run", ["--json"]))
  for (const attempt of [...atTransitions("at a transition", transitions), ...atRandom(wholeMillis)]) {
    table.add(attempt, await killAndFinish(await stage.scene(), attempt.kill))
  }
  await stage.close()
  return `${stage.expected.length} placements of 100 messages each time, on Dovecot`
}

/** Runs mostly wait for the limits they keep. */
const atOnce = 4

const gmail = async (): Promise<string> => {
  const stage = await GmailStage.open()
  const wholeMillis = await timed(async () => {
    const reference = await stage.scene()
    await reference.run("run", ["--json"])
    await reference.close()
  })
  const moving = [...atTransitions("at a transition", gmailTransitions), ...atRandom(wholeMillis)]
  await table.addAll(moving, atOnce, async ({ kill }) => {
    const scene = await stage.scene()
    const outcome = await killAndFinish(scene, kill)
    await scene.close()
    return outcome
  })
  const later = atTransitions("at a later change of labels", laterTransitions)
  const scenes = await Promise.all(
    later.map(async (attempt) => {
      const scene = await stage.scene()
      await scene.run("run", ["--json"])
      return [attempt, scene] as const
    })
  )
  stage.changeSource()
  for (const [attempt, scene] of scenes) {
    table.add(attempt, await killAndFinish(scene, attempt.kill))
    await scene.close()
  }
  await stage.close()
  return `${stage.messages} messages each time, on the rehearsal Gmail`
}

const o365 = async (): Promise<string> => {
  const stage = await GraphStage.open()
  const reference = await stage.scene()
  await reference.run("run", ["--json"])
  const requests = reference.requests()
  await reference.close()
  const all = [
    ...atTransitions("at a transition", graphTransitions),
    ...atTransitions("at a random moment", randomMoments(seed, Number(values.kills), requests))
  ]
  await table.addAll(all, atOnce, async ({ kill }) => {
    const scene = await stage.scene()
    const outcome = await killAndFinish(scene, kill)
    await scene.close()
    return outcome
  })
  const twice = graphTwice.map(({ first, name, second }) => ({
    kind: "twice",
    name,
    kill: { moment: first },
    again: { moment: second }
  }))
  await table.addAll(twice, atOnce, async (attempt) => {
    const scene = await stage.scene()
    const outcome = await killAndFinish(scene, attempt.kill, attempt.again)
    await scene.close()
    return outcome
  })
  await stage.close()
  return `${stage.messages} messages each time, on the rehearsal Exchange`
}

const kinds: Readonly<Record<string, () => Promise<string>>> = { imap, gmail, o365 }
const kind = kinds[values.to]
if (kind === undefined) {
  process.stderr.write(`--to is one of ${Object.keys(kinds).join(", ")}\n`)
  process.exit(2)
}
const where = await kind()
process.stdout.write(`seed ${seed}, ${where}\n`)
for (const line of table.lines()) process.stdout.write(`${line}\n`)
