import type { MailLine } from "./ExpectedMail.ts"
import type { Moment } from "./KillingProxy.ts"
import type { Scene } from "./Stage.ts"

export interface Transition {
  readonly name: string
  readonly moment: Moment
}

const answeredMillis = [0, 3, 30]

const around = (command: string, what: string, nths: ReadonlyArray<number>): ReadonlyArray<Transition> =>
  nths.flatMap((nth) => [
    { name: `with ${what} ${nth} recorded and not sent`, moment: { command, nth, when: "before" } },
    { name: `with ${what} ${nth} carried out and unanswered`, moment: { command, nth, when: "unanswered" } },
    ...answeredMillis.map((afterMillis): Transition => ({
      name: `${afterMillis} ms after ${what} ${nth} was answered`,
      moment: { command, nth, when: "answered", afterMillis }
    }))
  ])

/**
 * Every transition of a ledger row: planned, appending, appended for the message itself (APPEND) and for each further
 * place (COPY), and the making of a mailbox.
 */
export const transitions: ReadonlyArray<Transition> = [
  ...around("APPEND", "APPEND", [1, 40]),
  ...around("UID COPY", "COPY", [1, 12]),
  ...around("CREATE", "CREATE", [2]).slice(0, 3)
]

export interface RandomKill {
  readonly n: number
  /** Share of an uninterrupted run's time after which the process is killed. */
  readonly share: number
}

/** Mulberry32, so that a printed seed repeats a run. */
const random = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const randomKills = (seed: number, count: number): ReadonlyArray<RandomKill> => {
  const next = random(seed)
  return Array.from({ length: count }, (_, n) => ({ n: n + 1, share: 0.1 + 0.9 * next() }))
}

export interface Aftermath {
  /** Exit code of the run after the kill. */
  readonly code: number | null
  readonly lost: ReadonlyArray<MailLine>
  readonly surplus: ReadonlyArray<MailLine>
  /** What one more run found to do: nothing. */
  readonly thenMigrated: number
}

/** Kills a first run, lets a second one finish, and compares the destination with the source message by message. */
export const killAndFinish = async (
  scene: Scene,
  kill: { readonly moment: Moment } | { readonly afterMillis: number }
): Promise<{ readonly killed: boolean; readonly aftermath: Aftermath }> => {
  const first = scene.start("run", ["--json"])
  if ("moment" in kill) scene.proxy.arm(kill.moment, first.kill)
  else setTimeout(first.kill, kill.afterMillis)
  const { signal } = await first.finished
  const { code } = await scene.run("run", ["--json"])
  const { lost, surplus } = await scene.compare()
  const third = await scene.run("run", ["--json"])
  return {
    killed: signal === "SIGKILL",
    aftermath: { code, lost, surplus, thenMigrated: JSON.parse(third.stdout).migrated }
  }
}
