/** Single-letter changes between two words (Levenshtein); a swap of neighbours counts as one, being the usual typo. */
const distance = (a: string, b: string): number => {
  const rows: Array<Array<number>> = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const above = rows[i - 1] ?? []
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1)
      }
      row.push(best)
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? 0
}

/** The name a person probably meant, if any is close enough to be more help than noise. */
export const closestName = (word: string, names: ReadonlyArray<string>): string | undefined => {
  const wanted = word.toLowerCase()
  const [best] = names
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far)
  return best !== undefined && best.far <= Math.max(1, Math.floor(word.length / 3)) ? best.name : undefined
}

/** `; did you mean "port"?`, or nothing. */
export const didYouMean = (word: string, names: ReadonlyArray<string>): string => {
  const name = closestName(word, names)
  return name === undefined ? "" : `; did you mean "${name}"?`
}
