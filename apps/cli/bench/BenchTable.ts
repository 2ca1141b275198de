import { table } from "../src/view/Table.ts"

/** One figure, and what it has to be. */
export interface Figure {
  readonly what: string
  /** As it is printed; undefined where a run gave none. */
  readonly is: string | undefined
  readonly bar?: string
  /** Undefined where there is no bar. */
  readonly ok?: boolean
}

const mebi = 1024 * 1024

export const mebibytes = (octets: number): string => `${(octets / mebi).toFixed(0)} MiB`

const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`

/** A figure that must not be less; `none` counts as missed. */
export const atLeast = (what: string, share: number | undefined, bar: number): Figure => ({
  what,
  is: share === undefined ? undefined : percent(share),
  bar: `>= ${percent(bar, 0)}`,
  ok: share !== undefined && share >= bar
})

export const shareAtMost = (what: string, share: number, bar: number): Figure => ({
  what,
  is: percent(share, 2),
  bar: `<= ${percent(bar)}`,
  ok: share <= bar
})

/** A ratio that must not be more. */
export const atMost = (what: string, ratio: number, bar: number): Figure => ({
  what,
  is: ratio.toFixed(3),
  bar: `<= ${bar}`,
  ok: ratio <= bar
})

/** Octets of memory that must not be exceeded. */
export const memoryAtMost = (what: string, octets: number, bar: number): Figure => ({
  what,
  is: mebibytes(octets),
  bar: `<= ${mebibytes(bar)}`,
  // A process that could not say how much it had is no proof.
  ok: octets > 0 && octets <= bar
})

const verdict = ({ ok }: Figure): string => (ok === undefined ? "" : ok ? "ok" : "MISSED")

export const benchTable = (figures: ReadonlyArray<Figure>): ReadonlyArray<string> =>
  table(
    [
      { title: "figure" },
      { title: "measured", align: "right" },
      { title: "bar", align: "right" },
      { title: "verdict" }
    ],
    figures.map((figure) => [figure.what, figure.is ?? "not measured", figure.bar ?? "", verdict(figure)])
  )

export const missed = (figures: ReadonlyArray<Figure>): boolean => figures.some(({ ok }) => ok === false)
