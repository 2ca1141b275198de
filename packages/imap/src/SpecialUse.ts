import type { SpecialUse } from "@mailferry/core/Mailbox.ts"

/** One answer to LIST: the name after modified UTF-7 and quoting are undone, and the attributes as the server spells them. */
export interface ListLine {
  readonly name: string
  readonly attributes: ReadonlySet<string>
}

/** RFC 6154 section 2, RFC 8457 section 4, and XLIST's names for three of them. Servers differ in case (Cyrus: `\sent`). */
const uses: ReadonlyMap<string, SpecialUse> = new Map([
  ["\\all", "all"],
  ["\\allmail", "all"],
  ["\\archive", "archive"],
  ["\\drafts", "drafts"],
  ["\\flagged", "flagged"],
  ["\\starred", "flagged"],
  ["\\important", "important"],
  ["\\junk", "junk"],
  ["\\spam", "junk"],
  ["\\sent", "sent"],
  ["\\trash", "trash"]
])

/** Names that servers and the usual mail programs give these mailboxes. None for `all` and `flagged`: a wrong guess would hide mail. */
const names: ReadonlyArray<readonly [SpecialUse, RegExp]> = [
  ["archive", /^(archives?|all archives)$/iu],
  ["drafts", /^drafts?$/iu],
  ["junk", /^(junk( e-?mail| mail)?|spam|bulk( mail)?)$/iu],
  ["sent", /^sent([ -]?(items|mail|messages))?$/iu],
  ["trash", /^(trash|bin|deleted( items| messages)?)$/iu]
]

const useByAttribute = ({ attributes, name }: ListLine): SpecialUse | undefined => {
  // INBOX whatever its case (RFC 9051 section 5.1).
  if (name.toUpperCase() === "INBOX") return "inbox"
  for (const attribute of attributes) {
    const use = uses.get(attribute.toLowerCase())
    if (use !== undefined) return use
  }
  return undefined
}

/**
 * The special use of each mailbox, by wire name: by attribute first, and for a use that no attribute claims by the
 * name of an outermost mailbox. Each use goes to one mailbox at most.
 */
export const specialUses = (
  lines: ReadonlyArray<ListLine>,
  outermost: (line: ListLine) => string | undefined
): ReadonlyMap<string, SpecialUse> => {
  const found = new Map<string, SpecialUse>()
  const claimed = new Set<SpecialUse>()
  const claim = (line: ListLine, use: SpecialUse | undefined) => {
    if (use === undefined || claimed.has(use) || found.has(line.name)) return
    claimed.add(use)
    found.set(line.name, use)
  }
  for (const line of lines) claim(line, useByAttribute(line))
  for (const [use, pattern] of names) {
    for (const line of lines) {
      const name = outermost(line)
      if (name !== undefined && pattern.test(name)) claim(line, use)
    }
  }
  return found
}

/** Whether mail can be in it: `\NonExistent` implies `\Noselect` (RFC 9051 section 7.3.1). */
export const isSelectable = ({ attributes }: ListLine): boolean =>
  ![...attributes].some((attribute) => /^\\(noselect|nonexistent)$/iu.test(attribute))
