import type { FidelityRow } from "../Fidelity.ts"
import { lossFate } from "./LossWords.ts"
import type { Paint } from "./Paint.ts"
import { table } from "./Table.ts"
import { count } from "./Wording.ts"

const columns = [
  { title: "What" },
  { title: "Messages", align: "right" },
  { title: "Kept", align: "right" },
  { title: "Not kept, and why" }
] as const

const why = ({ lost, unnamed }: FidelityRow): string =>
  [
    ...Object.entries(lost).map(([kind, n]) => `${count(n)} ${lossFate(kind)} (${kind})`),
    ...(unnamed === 0 ? [] : [`${count(unnamed)} THAT NOBODY NAMED`])
  ].join("; ")

/** What became of each thing that messages have, with the reason for all that was not kept. */
export const fidelityTable = (rows: ReadonlyArray<FidelityRow>, paint: Paint): string => {
  const [titles = "", ...lines] = table(
    columns,
    rows.map((row) => [row.what, count(row.messages), count(row.kept), why(row)])
  )
  return [
    paint.bold(titles),
    ...lines.map((line, index) => ((rows[index]?.unnamed ?? 0) > 0 ? paint.red(line) : line))
  ].join("\n")
}
