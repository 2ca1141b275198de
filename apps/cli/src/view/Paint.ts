/** Emphasis for a terminal, or none. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}

const plainly = (text: string): string => text

export const plain: Paint = { bold: plainly, dim: plainly, red: plainly, green: plainly, yellow: plainly }

/** Select Graphic Rendition, ECMA-48 section 8.3.117. */
const sgr = (on: number, off: number) => (text: string) => `\u001B[${on}m${text}\u001B[${off}m`

const coloured: Paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39)
}

/** https://no-color.org: any value but the empty one; FORCE_COLOR beats a missing terminal, --no-color beats all. */
export const paintFor = (options: {
  readonly terminal: boolean
  readonly noColor: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}): Paint => {
  const { FORCE_COLOR, NO_COLOR, TERM } = options.environment
  if (options.noColor || (NO_COLOR !== undefined && NO_COLOR !== "")) return plain
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0") return coloured
  return options.terminal && TERM !== "dumb" ? coloured : plain
}
