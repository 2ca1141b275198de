import type { Moment } from "./KillingProxy.ts"
import type { Aftermath, Kill } from "./Kills.ts"

/** One killing to come. */
export interface Attempt<At = Moment> {
  /** Its row in the table. */
  readonly kind: string
  readonly name: string
  readonly kill: Kill<At>
}

interface Outcome {
  readonly killed: boolean
  readonly aftermath: Aftermath
}

interface Row {
  runs: number
  killed: number
  lost: number
  surplus: number
  again: number
  unfinished: number
}

const nothing = (): Row => ({ runs: 0, killed: 0, lost: 0, surplus: 0, again: 0, unfinished: 0 })

/** What killings came to, by their kind. */
export class CrashTable {
  readonly #rows = new Map<string, Row>()
  readonly #tell: (line: string) => void

  /** `tell` hears of every killing that left something wrong. */
  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  add({ kind, name }: Pick<Attempt, "kind" | "name">, { aftermath, killed }: Outcome): void {
    const row = this.#rows.get(kind) ?? nothing()
    this.#rows.set(kind, row)
    row.runs++
    if (killed) row.killed++
    if (aftermath.code !== 0) row.unfinished++
    row.lost += aftermath.lost.length
    row.surplus += aftermath.surplus.length
    row.again += aftermath.thenMigrated
    const wrong = aftermath.lost.length + aftermath.surplus.length + aftermath.thenMigrated
    if (wrong > 0 || aftermath.code !== 0) this.#tell(`${name}: ${JSON.stringify(aftermath)}`)
  }

  /** Does them in this order, so many at the same time. */
  async addAll<One extends Pick<Attempt, "kind" | "name">>(
    attempts: ReadonlyArray<One>,
    atOnce: number,
    kill: (attempt: One) => Promise<Outcome>
  ): Promise<void> {
    const left = [...attempts]
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) this.add(next, await kill(next))
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }

  lines(): ReadonlyArray<string> {
    return [...this.#rows].map(
      ([kind, { again, killed, lost, runs, surplus, unfinished }]) =>
        `${kind}: ${runs} runs, ${killed} killed, ${lost} lost, ${surplus} doubled or altered, ${again} sent again by a third run` +
        (unfinished === 0 ? "" : `, ${unfinished} not finished by a second`)
    )
  }
}
