import type { Scanner } from "./Scanner.ts"

/** `2:4,7,9:*`. `*` is Infinity until the mailbox is known. */
export type SequenceSet = ReadonlyArray<{ readonly from: number; readonly to: number }>

const member = (scanner: Scanner): number => (scanner.match("*") ? Infinity : scanner.nzNumber())

export const parseSequenceSet = (scanner: Scanner): SequenceSet => {
  const ranges: Array<{ from: number; to: number }> = []
  do {
    const from = member(scanner)
    ranges.push({ from, to: scanner.match(":") ? member(scanner) : from })
  } while (scanner.match(","))
  return ranges
}

/** The set with `*` replaced by `largest` and every range the right way round: `*:4` means `4:*` (RFC 3501, section 9). */
export const resolveSequenceSet = (set: SequenceSet, largest: number): SequenceSet =>
  set.map(({ from, to }) => {
    const a = from === Infinity ? largest : from
    const b = to === Infinity ? largest : to
    return a <= b ? { from: a, to: b } : { from: b, to: a }
  })

/** Whether a resolved set names a number. */
export const inSequenceSet = (resolved: SequenceSet, number: number): boolean =>
  resolved.some(({ from, to }) => number >= from && number <= to)

/** Sorted numbers to `1:3,7`, as COPYUID and APPENDUID write them (RFC 4315). */
export const formatSequenceSet = (numbers: ReadonlyArray<number>): string => {
  const ranges: Array<string> = []
  for (let start = 0; start < numbers.length;) {
    let end = start
    while (numbers[end + 1] === (numbers[end] ?? 0) + 1) end += 1
    ranges.push(start === end ? `${numbers[start]}` : `${numbers[start]}:${numbers[end]}`)
    start = end + 1
  }
  return ranges.join(",")
}
