import type { Moment, When } from "./KillingProxy.ts"
import type { Finished, Running } from "./Process.ts"

export interface Transition<At = Moment> {
  readonly name: string
  readonly moment: At
}

/** What happens on a wire, as it begins there and as it is answered. */
export interface Exchange extends Pick<Moment, "begins" | "answer"> {
  /** For people: `APPEND`. */
  readonly what: string
}

const answeredMillis = [0, 3, 30]

/** The moments before, in and after the n-th exchange of its kind. */
export const around = <Wire extends { readonly what: string }>(
  { what, ...exchange }: Wire,
  nths: ReadonlyArray<number>,
  afterwards: ReadonlyArray<number> = answeredMillis
): ReadonlyArray<Transition<Omit<Wire, "what"> & When>> =>
  nths.flatMap((nth) => [
    {
      name: `with ${what} ${nth} recorded and not sent`,
      moment: { ...exchange, nth, when: "before" as const }
    },
    {
      name: `with ${what} ${nth} carried out and unanswered`,
      moment: { ...exchange, nth, when: "unanswered" as const }
    },
    ...afterwards.map((afterMillis) => ({
      name: `${afterMillis} ms after ${what} ${nth} was answered`,
      moment: { ...exchange, nth, when: "answered" as const, afterMillis }
    }))
  ])

/** A command of IMAP, by its name after the tag. */
const command = (name: string, what = name): Exchange => ({
  what,
  begins: new RegExp(`^([A-Za-z0-9]+) ${name} `, "imu"),
  answer: ([, tag = ""]) => new RegExp(`^${tag} (?:OK|NO|BAD)`, "mu")
})

/**
 * Every transition of a ledger row: planned, appending, appended for the message itself (APPEND) and for each further
 * place (COPY), and the making of a mailbox.
 */
export const transitions: ReadonlyArray<Transition> = [
  ...around(command("APPEND"), [1, 40]),
  ...around(command("UID COPY", "COPY"), [1, 12]),
  ...around(command("CREATE"), [2]).slice(0, 3)
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
  /** Exit code of the run after the last kill. */
  readonly code: number | null
  readonly lost: ReadonlyArray<string>
  /** More than the plan has, or what differs in anything. */
  readonly surplus: ReadonlyArray<string>
  /** What one more run found to do: nothing. */
  readonly thenMigrated: number
}

/** At a moment of the conversation, or so long after the start. */
export type Kill<At = Moment> = { readonly moment: At } | { readonly afterMillis: number }

/** A migration of its own, on whose way to the destination the program can be killed. */
export interface Killable<At = Moment> {
  /** From now on `kill` is called when the moment comes, once. */
  readonly trigger: { readonly arm: (moment: At, kill: () => void) => void }
  readonly start: (command: string, flags?: ReadonlyArray<string>) => Running
  readonly run: (command: string, flags?: ReadonlyArray<string>) => Promise<Finished>
  readonly compare: () => Promise<Pick<Aftermath, "lost" | "surplus">>
}

/** Whether the run was killed before it was over. */
const killRun = async <At>(scene: Killable<At>, kill: Kill<At>): Promise<boolean> => {
  const run = scene.start("run", ["--json"])
  if ("moment" in kill) scene.trigger.arm(kill.moment, run.kill)
  else setTimeout(run.kill, kill.afterMillis)
  const { signal } = await run.finished
  return signal === "SIGKILL"
}

/** Kills a first run and perhaps those after it, lets one finish, and compares the destination with the source message by message. */
export const killAndFinish = async <At = Moment>(
  scene: Killable<At>,
  ...kills: ReadonlyArray<Kill<At>>
): Promise<{ readonly killed: boolean; readonly aftermath: Aftermath }> => {
  let killed = true
  for (const kill of kills) killed = (await killRun(scene, kill)) && killed
  const { code } = await scene.run("run", ["--json"])
  const { lost, surplus } = await scene.compare()
  const third = await scene.run("run", ["--json"])
  return {
    killed,
    aftermath: { code, lost, surplus, thenMigrated: JSON.parse(third.stdout).migrated }
  }
}
