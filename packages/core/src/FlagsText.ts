import { type Flags, type SystemFlag, systemFlags } from "./Message.ts"

/** Flags and keywords as one line each, sorted, so that equal sets are equal text in the ledger. */
export type FlagsText = {
  readonly flags: string
  readonly keywords: string
}

/** Keywords of IMAP are atoms (RFC 9051 section 9, `flag`) and stay as they are; those of other services may hold a blank. */
const escaped = (keyword: string): string => keyword.replaceAll("%", "%25").replaceAll(" ", "%20")

const unescaped = (keyword: string): string => keyword.replaceAll("%20", " ").replaceAll("%25", "%")

export const flagsText = ({ flags, keywords }: Flags): FlagsText => ({
  flags: [...flags].toSorted().join(" "),
  keywords: [...keywords].toSorted().map(escaped).join(" ")
})

const words = (text: string): ReadonlyArray<string> => (text === "" ? [] : text.split(" "))

export const flagsOfText = (text: FlagsText): Flags => {
  const names = new Set(words(text.flags))
  return {
    flags: new Set<SystemFlag>(systemFlags.filter((flag) => names.has(flag))),
    keywords: new Set(words(text.keywords).map(unescaped))
  }
}

export const noFlags: Flags = { flags: new Set(), keywords: new Set() }

/** What `wanted` has that `present` lacks. Keywords that differ in case only are one (RFC 9051 section 2.3.2). */
export const flagsMissing = (wanted: Flags, present: Flags): Flags => {
  const known = new Set([...present.keywords].map((keyword) => keyword.toLowerCase()))
  return {
    flags: new Set([...wanted.flags].filter((flag) => !present.flags.has(flag))),
    keywords: new Set([...wanted.keywords].filter((keyword) => !known.has(keyword.toLowerCase())))
  }
}

export const hasFlags = ({ flags, keywords }: Flags): boolean => flags.size + keywords.size > 0

export const unionFlags = (a: Flags, b: Flags): Flags => ({
  flags: new Set([...a.flags, ...b.flags]),
  keywords: new Set([...a.keywords, ...b.keywords])
})
