import type { FidelityRow } from "../Fidelity.ts"

interface Row {
  messages: number
  kept: number
  lost: Record<string, number>
  unnamed: number
}

const nothing = (): Row => ({ messages: 0, kept: 0, lost: {}, unnamed: 0 })

/** What became of the things that messages have, counted message by message. */
export class FidelityTally {
  readonly #rows: Map<string, Row>

  /** `order`: of the rows; what no message had is left out. */
  constructor(order: ReadonlyArray<string>) {
    this.#rows = new Map(order.map((what) => [what, nothing()]))
  }

  /** `kept`, `unnamed`, or the kind of loss that was named for it. */
  count(what: string, fate: string): void {
    const row = this.#rows.get(what) ?? nothing()
    this.#rows.set(what, row)
    row.messages++
    if (fate === "kept") row.kept++
    else if (fate === "unnamed") row.unnamed++
    else row.lost[fate] = (row.lost[fate] ?? 0) + 1
  }

  get rows(): ReadonlyArray<FidelityRow> {
    return [...this.#rows].filter(([, { messages }]) => messages > 0).map(([what, row]) => ({ what, ...row }))
  }
}
