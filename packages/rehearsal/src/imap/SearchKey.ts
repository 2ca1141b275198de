import { parseSearchDate } from "./InternalDate.ts"
import type { Scanner } from "./Scanner.ts"
import { type SequenceSet, parseSequenceSet } from "./SequenceSet.ts"

/** A SEARCH criterion (RFC 3501, section 6.4.4). Days are the first millisecond of a UTC day. */
export type SearchKey =
  | { readonly _tag: "All" }
  | { readonly _tag: "And"; readonly keys: ReadonlyArray<SearchKey> }
  | { readonly _tag: "Or"; readonly left: SearchKey; readonly right: SearchKey }
  | { readonly _tag: "Not"; readonly key: SearchKey }
  | { readonly _tag: "Sequence" | "Uid"; readonly set: SequenceSet }
  | { readonly _tag: "Flag"; readonly flag: string }
  | { readonly _tag: "Header"; readonly name: string; readonly value: string }
  | { readonly _tag: "Body" | "Text"; readonly value: string }
  | { readonly _tag: "Before" | "On" | "Since"; readonly of: "internal" | "sent"; readonly day: number }
  | { readonly _tag: "Larger" | "Smaller"; readonly size: number }
  /** A key of an extension, in upper case, with its one argument. */
  | { readonly _tag: "Extension"; readonly name: string; readonly value: string }

const flags: Readonly<Record<string, string>> = {
  answered: "\\answered",
  deleted: "\\deleted",
  draft: "\\draft",
  flagged: "\\flagged",
  recent: "\\recent",
  seen: "\\seen"
}

const headers = new Set(["bcc", "cc", "from", "subject", "to"])

const dates: Readonly<Record<string, { _tag: "Before" | "On" | "Since"; of: "internal" | "sent" }>> = {
  before: { _tag: "Before", of: "internal" },
  on: { _tag: "On", of: "internal" },
  since: { _tag: "Since", of: "internal" },
  sentbefore: { _tag: "Before", of: "sent" },
  senton: { _tag: "On", of: "sent" },
  sentsince: { _tag: "Since", of: "sent" }
}

const not = (key: SearchKey): SearchKey => ({ _tag: "Not", key })
const flag = (name: string): SearchKey => ({ _tag: "Flag", flag: name })

const argument = (scanner: Scanner): string => {
  scanner.space()
  return scanner.astring()
}

const named = (scanner: Scanner, name: string, extensions: ReadonlyArray<string>): SearchKey => {
  const own = flags[name]
  if (own !== undefined) return flag(own)
  const negated = name.startsWith("un") ? flags[name.slice(2)] : undefined
  if (negated !== undefined && negated !== "\\recent") return not(flag(negated))
  if (headers.has(name)) return { _tag: "Header", name, value: argument(scanner) }
  const date = dates[name]
  if (date !== undefined) {
    scanner.space()
    return { ...date, day: parseSearchDate(scanner) }
  }
  switch (name) {
    case "all":
      return { _tag: "All" }
    case "new":
      return { _tag: "And", keys: [flag("\\recent"), not(flag("\\seen"))] }
    case "old":
      return not(flag("\\recent"))
    case "keyword":
      return flag(argument(scanner).toLowerCase())
    case "unkeyword":
      return not(flag(argument(scanner).toLowerCase()))
    case "header": {
      const header = argument(scanner)
      return { _tag: "Header", name: header, value: argument(scanner) }
    }
    case "body":
      return { _tag: "Body", value: argument(scanner) }
    case "text":
      return { _tag: "Text", value: argument(scanner) }
    case "larger":
    case "smaller":
      scanner.space()
      return { _tag: name === "larger" ? "Larger" : "Smaller", size: scanner.number() }
    case "uid":
      scanner.space()
      return { _tag: "Uid", set: parseSequenceSet(scanner) }
    case "not":
      scanner.space()
      return not(parseKey(scanner, extensions))
    case "or": {
      scanner.space()
      const left = parseKey(scanner, extensions)
      scanner.space()
      return { _tag: "Or", left, right: parseKey(scanner, extensions) }
    }
    default:
      return scanner.fail(`unknown search key '${name}'`)
  }
}

const parseKey = (scanner: Scanner, extensions: ReadonlyArray<string>): SearchKey => {
  if (scanner.is("(")) return { _tag: "And", keys: scanner.list(() => parseKey(scanner, extensions)) }
  if (scanner.atDigit || scanner.is("*")) return { _tag: "Sequence", set: parseSequenceSet(scanner) }
  const extension = extensions.find((name) => scanner.word(name))
  if (extension !== undefined) return { _tag: "Extension", name: extension, value: argument(scanner) }
  return named(scanner, scanner.letters(), extensions)
}

export interface SearchProgram {
  /** In upper case, when the client named one. */
  readonly charset: string | undefined
  readonly key: SearchKey
}

/** Everything after `SEARCH `. */
export const parseSearch = (scanner: Scanner, extensions: ReadonlyArray<string> = []): SearchProgram => {
  let charset: string | undefined
  if (scanner.word("CHARSET ")) {
    charset = scanner.astring().toUpperCase()
    scanner.space()
  }
  const keys: Array<SearchKey> = []
  do keys.push(parseKey(scanner, extensions))
  while (scanner.match(" "))
  const [only] = keys
  return { charset, key: keys.length === 1 && only !== undefined ? only : { _tag: "And", keys } }
}
