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
