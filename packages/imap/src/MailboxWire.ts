import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { ImapFlow } from "imapflow"

import type { ListLine } from "./SpecialUse.ts"

/** Paths to the names one server knows them by, before modified UTF-7, and back. */
export interface MailboxWire {
  /** The hierarchy delimiter, which no level may contain. */
  readonly delimiter: string
  readonly pathOf: (wireName: string) => MailboxPath
  /** None when this path has no name there: a level that holds the delimiter, a control character, or nothing. */
  readonly wireNameOf: (path: MailboxPath) => string | undefined
}

const isInbox = (name: string): boolean => name.toUpperCase() === "INBOX"

/**
 * Whether a name can be put into a command. imapflow sends a name that begins with a backslash unquoted, which servers
 * answer BAD to, and a BAD before a literal may turn the message into commands.
 */
const sendable = (name: string): boolean => !/\p{Cc}/u.test(name) && !name.startsWith("\\")

/** Joins levels with a delimiter behind a personal namespace prefix (RFC 2342): `INBOX.` with Courier and old Cyrus. */
export const makeMailboxWire = (delimiter: string, prefix: string): MailboxWire => ({
  delimiter,
  pathOf: (wireName) => {
    if (isInbox(wireName)) return ["INBOX"]
    const name = prefix !== "" && wireName.startsWith(prefix) ? wireName.slice(prefix.length) : wireName
    const [first = "", ...rest] = name.split(delimiter)
    return [first, ...rest]
  },
  wireNameOf: (path) => {
    if (path.length === 1 && isInbox(path[0])) return "INBOX"
    if (path.some((level) => level === "" || level.includes(delimiter))) return undefined
    const name = prefix + path.join(delimiter)
    return sendable(name) ? name : undefined
  }
})

/**
 * Without hierarchy (delimiter NIL) names are flat, and `/` in them is as good as a level: paths then go there and
 * come back unchanged.
 */
const flat = "/"

/**
 * The prefix all mailboxes but INBOX have on a server that lacks NAMESPACE; none when one of them has it not. Only old
 * Courier and Cyrus are like that, and their delimiter is the dot.
 */
const prefixInList = (lines: ReadonlyArray<ListLine>, delimiter: string): string => {
  if (delimiter !== ".") return ""
  const prefix = `INBOX${delimiter}`
  const others = lines.filter(({ name }) => !isInbox(name))
  return others.length > 0 && others.every(({ name }) => name.toUpperCase().startsWith(prefix)) ? prefix : ""
}

/** The wire of a logged-in session, once it has listed the mailboxes: NAMESPACE where offered, else what LIST shows. */
export const wireOf = (
  client: ImapFlow,
  lines: ReadonlyArray<ListLine>,
  listDelimiter: string | undefined
): MailboxWire => {
  const delimiter = client.namespace?.delimiter ?? listDelimiter ?? flat
  const prefix = client.namespace?.prefix ?? ""
  return makeMailboxWire(
    delimiter,
    prefix === "" && !client.capabilities.has("NAMESPACE") ? prefixInList(lines, delimiter) : prefix
  )
}

/** Whether a mailbox belongs to somebody else, or to all: those are not part of the account. */
export const isForeign = (client: ImapFlow, name: string): boolean => {
  const { other, personal, shared } = client.namespaces ?? {}
  const personalPrefixes = (personal || []).map(({ prefix }) => prefix)
  return [...(other || []), ...(shared || [])].some(
    ({ prefix }) =>
      prefix !== "" && name.startsWith(prefix) && !personalPrefixes.some((own) => own.startsWith(prefix))
  )
}
