import { type Flags, type SystemFlag, systemFlags } from "@mailferry/core/Message.ts"

const systemFlagOf: ReadonlyMap<string, SystemFlag> = new Map(
  systemFlags.map((flag) => [flag.toLowerCase(), flag])
)

/**
 * The flags of a FETCH answer. System flags are the same whatever their case (RFC 9051 section 2.3.2); `\Recent`,
 * `\Deleted` and backslash flags nobody defined do not travel.
 */
export const flagsOf = (names: Iterable<string>): Flags => {
  const flags = new Set<SystemFlag>()
  const keywords = new Set<string>()
  for (const name of names) {
    const flag = systemFlagOf.get(name.toLowerCase())
    if (flag !== undefined) flags.add(flag)
    else if (!name.startsWith("\\")) keywords.add(name)
  }
  return { flags, keywords }
}

/**
 * Keywords that may be written into a command as they are: ASCII atoms (RFC 9051 section 9, `flag-keyword`) of at
 * most 64 characters. A server that answers BAD to anything else may go on to read the message as commands.
 */
const safeKeyword = /^[A-Za-z0-9$_.+:;@!#&',/<=>?^`|~-]{1,64}$/u

/** Keywords on one message at most; beyond, Dovecot answers BAD to the long line. */
const mostKeywords = 60

/**
 * The flags as they go onto the wire. Unsafe keywords are left out; with PERMANENTFLAGS of the mailbox, those it
 * cannot keep as well.
 */
export const wireFlags = (
  { flags, keywords }: Flags,
  permanent?: ReadonlySet<string>
): ReadonlyArray<string> => {
  const kept =
    permanent === undefined ? undefined : new Set(Array.from(permanent, (flag) => flag.toLowerCase()))
  const keeps = (flag: string) =>
    kept === undefined || kept.has(flag.toLowerCase()) || (kept.has("\\*") && !flag.startsWith("\\"))
  const safe = [...keywords].filter((keyword) => safeKeyword.test(keyword)).slice(0, mostKeywords)
  return [...flags, ...safe].filter(keeps)
}
