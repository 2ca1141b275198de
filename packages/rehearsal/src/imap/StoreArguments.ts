import { type Scanner, isAtomChar } from "./Scanner.ts"

export interface StoreArguments {
  readonly action: "replace" | "add" | "remove"
  readonly silent: boolean
  readonly flags: ReadonlyArray<string>
}

/** `\Seen` or a keyword, as it is spelt. */
export const parseFlag = (scanner: Scanner): string => {
  const prefix = scanner.match("\\") ? "\\" : ""
  return prefix + scanner.some(isAtomChar, "Invalid character detected in flag")
}

/** `+FLAGS.SILENT (\Seen)`: what follows the sequence set of STORE (RFC 3501, section 6.4.6). Parentheses are optional. */
export const parseStore = (scanner: Scanner): StoreArguments => {
  const action = scanner.match("+") ? "add" : scanner.match("-") ? "remove" : "replace"
  if (!scanner.word("FLAGS")) scanner.fail("expected FLAGS")
  const silent = scanner.word(".SILENT")
  scanner.space()
  if (scanner.is("(")) return { action, silent, flags: scanner.list(() => parseFlag(scanner), true) }
  const flags: Array<string> = []
  do flags.push(parseFlag(scanner))
  while (scanner.match(" "))
  return { action, silent, flags }
}
