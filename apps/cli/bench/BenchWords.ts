import { parseArgs } from "node:util"

const benches = ["gmail", "o365"] as const

export interface BenchWords {
  readonly which: (typeof benches)[number]
  readonly quick: boolean
}

const usage = `usage: pnpm bench ${benches.join("|")} [--quick]`

/** What the words after `pnpm bench` ask for, or what is wrong with them. */
export const benchOf = (words: ReadonlyArray<string>): BenchWords | string => {
  try {
    const { positionals, values } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { quick: { type: "boolean", default: false } }
    })
    const [asked, ...more] = positionals
    const which = benches.find((name) => name === asked)
    return which === undefined || more.length > 0 ? usage : { which, quick: values.quick }
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${usage}`
  }
}
