import type { LabelsAsKeywords } from "./Capabilities.ts"

/**
 * A label's name as an IMAP keyword. Keywords are atoms (RFC 9051 section 9, `atom-char`) and many servers allow only
 * ASCII, so other characters become `_`; a name without any letter or digit left becomes its code points.
 */
export const keywordOfLabel = (name: string): string => {
  const ascii = name.normalize("NFKD").replace(/\p{M}/gu, "")
  const atom = ascii.replace(/[^A-Za-z0-9$._-]+/gu, "_").replace(/^_+|_+$/gu, "")
  if (/[A-Za-z0-9]/u.test(atom)) return atom.slice(0, 60)
  return `label_${[...name].map((character) => (character.codePointAt(0) ?? 0).toString(16)).join("_")}`.slice(
    0,
    60
  )
}

/** RFC 9051 section 9, `flag-keyword`: an ASCII atom; 64 characters are what every known server takes. */
const atom = /^[A-Za-z0-9$_.+:;@!#&',/<=>?^`|~-]{1,64}$/u

/** Keywords on one message at most: beyond, Dovecot answers BAD to the long line. */
const mostKeywords = 60

/** The keywords an IMAP server can be given, and those it cannot. Two that differ in case only are one (RFC 9051 section 2.3.2). */
export const fitKeywords = (
  keywords: Iterable<string>
): { readonly kept: Set<string>; readonly left: ReadonlyArray<string> } => {
  const kept = new Map<string, string>()
  const left: Array<string> = []
  for (const keyword of keywords) {
    const key = keyword.toLowerCase()
    if (kept.has(key)) continue
    if (atom.test(keyword) && kept.size < mostKeywords) kept.set(key, keyword)
    else left.push(keyword)
  }
  return { kept: new Set(kept.values()), left }
}

/**
 * A label's name under the rules of a service that keeps its words; empty when nothing is left that could be a name. With
 * `$` begins what programs note for themselves (RFC 9051 section 2.3.2), so no label does.
 */
export const markOfLabel = (name: string, { longest, refused }: LabelsAsKeywords): string =>
  name
    .replace(/\p{Cc}+/gu, " ")
    .replace(refused, "_")
    .trim()
    .replace(/^\$/u, "_")
    .slice(0, longest)
    .trim()
    .toWellFormed()

/** Keywords that mail programs set by themselves (IANA, "IMAP and JMAP Keywords"), and those for mail sorted out as junk. */
export const isSetByPrograms = (keyword: string): boolean => /^\$|^(?:non|not)?junk$/iu.test(keyword)

/**
 * The keywords for a service that keeps words, and those it cannot be given: what programs note for themselves is nobody's
 * label. `labels` are of people, whatever they look like.
 */
export const fitMarks = (
  keywords: Iterable<string>,
  rules: LabelsAsKeywords,
  labels: ReadonlySet<string> = new Set()
): { readonly kept: Set<string>; readonly left: ReadonlyArray<string> } => {
  const kept = new Map<string, string>()
  const left: Array<string> = []
  for (const keyword of [...labels, ...keywords]) {
    const isForPrograms = !labels.has(keyword) && isSetByPrograms(keyword)
    const mark = isForPrograms ? keyword : markOfLabel(keyword, rules)
    if (mark === "" || (isForPrograms && !rules.registered.has(keyword))) left.push(keyword)
    else if (!kept.has(mark.toLowerCase())) kept.set(mark.toLowerCase(), mark)
  }
  return { kept: new Set(kept.values()), left }
}
