import { displayWidth } from "effect/cli/CliOutput"

export interface Column {
  readonly title: string
  readonly align?: "left" | "right"
}

/** Cuts a text to terminal cells, never within a character, and says so with an ellipsis. */
export const fitted = (text: string, cells: number): string => {
  if (displayWidth(text) <= cells) return text
  let kept = ""
  for (const character of text) {
    if (displayWidth(kept + character) > cells - 1) break
    kept += character
  }
  return `${kept}…`
}

const padded = (text: string, cells: number, align: Column["align"]): string => {
  const blanks = " ".repeat(Math.max(0, cells - displayWidth(text)))
  return align === "right" ? blanks + text : text + blanks
}

/** Rows under titles, columns two blanks apart, none of it cut: a pipe gets everything. The last column is not padded. */
export const table = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): ReadonlyArray<string> => {
  const used = columns.map((_, i) => rows.some((row) => (row[i] ?? "") !== ""))
  const widths = columns.map(({ title }, i) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[i] ?? "")))
  )
  const line = (cells: ReadonlyArray<string>) =>
    cells
      .map((cell, i) => padded(cell, widths[i] ?? 0, columns[i]?.align))
      .filter((_, i) => used[i])
      .join("  ")
      .trimEnd()
  return [line(columns.map(({ title }) => title)), ...rows.map(line)]
}
