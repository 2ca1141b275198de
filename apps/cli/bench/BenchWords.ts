import { parseArgs } from "node:util"

const usage = "usage: pnpm bench gmail [--quick]"

/** What the words after `pnpm bench` ask for, or what is wrong with them. */
export const benchOf = (words: ReadonlyArray<string>): { readonly quick: boolean } | string => {
  try {
    const { positionals, values } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { quick: { type: "boolean", default: false } }
    })
    const [which, ...more] = positionals
    return which === "gmail" && more.length === 0 ? { quick: values.quick } : usage
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${usage}`
  }
}
