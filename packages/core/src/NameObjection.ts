import * as Option from "effect/Option"

import type { NameRules } from "./Capabilities.ts"
import type { MailboxPath } from "./Mailbox.ts"

/** Why a name is against the rules of a service, that would make something else of it; undefined when it is not. */
export const objectionTo = (
  path: MailboxPath,
  { delimiter, maxLevelCharacters = Infinity, maxLevelOctets, refused }: NameRules
): string | undefined => {
  const joined = path.find((level) => Option.exists(delimiter, (character) => level.includes(character)))
  if (joined !== undefined) return `"${joined}" holds the character that levels are joined by`
  const long = path.find((level) => Buffer.byteLength(level) > maxLevelOctets)
  if (long !== undefined) return `"${long}" has more than ${maxLevelOctets} octets`
  const wide = path.find((level) => level.length > maxLevelCharacters)
  if (wide !== undefined) return `"${wide}" has more than ${maxLevelCharacters} characters`
  // Not `test`, which remembers where it was when the pattern has the flag g.
  const rule = refused.find(({ pattern }) => path.some((level) => level.search(pattern) >= 0))
  return rule?.why
}
