/** Octets of a UID set in one command. RFC 7162 section 4 asks for command lines of at most 8192. */
const longestSet = 7000

/** UIDs as sequence sets (RFC 9051 section 9, `sequence-set`), ascending, ranges joined, each short enough for one command. */
export const uidSets = (uids: Iterable<number>): ReadonlyArray<string> => {
  const sorted = [...new Set(uids)].toSorted((a, b) => a - b)
  const sets: Array<string> = []
  let set = ""
  for (let i = 0; i < sorted.length;) {
    const first = sorted[i] ?? 0
    let last = first
    for (i++; sorted[i] === last + 1; i++) last++
    const range = first === last ? String(first) : `${first}:${last}`
    if (set.length + range.length > longestSet) {
      sets.push(set)
      set = ""
    }
    set = set === "" ? range : `${set},${range}`
  }
  return set === "" ? sets : [...sets, set]
}
