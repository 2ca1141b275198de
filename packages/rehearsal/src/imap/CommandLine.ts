import { Scanner, isAstringChar } from "./Scanner.ts"

/** A command with its tag and name read; the scanner stands behind the name. */
export interface CommandLine {
  readonly tag: string
  /** In lower case; `UID FETCH` and the like are `uid fetch`. */
  readonly name: string
  /** Where the name starts, for errors about the name itself. */
  readonly nameAt: number
  readonly scanner: Scanner
}

const isTagChar = (octet: number): boolean => isAstringChar(octet) && octet !== 0x2b

/** The tag alone, as far as it can be read, for the error that answers an unreadable command. */
export const tagOf = (octets: Buffer): string => new Scanner(octets).run(isTagChar)

export const parseCommandLine = (octets: Buffer, literalPlus = true): CommandLine => {
  const scanner = new Scanner(octets, literalPlus)
  const tag = scanner.some(isTagChar, "Invalid tag char detected")
  scanner.space("Expected space after tag")
  const nameAt = scanner.position
  const name = scanner.letters()
  if (name !== "uid") return { tag, name, nameAt, scanner }
  scanner.space("expected space after command")
  return { tag, name: `uid ${scanner.letters()}`, nameAt: scanner.position, scanner }
}
