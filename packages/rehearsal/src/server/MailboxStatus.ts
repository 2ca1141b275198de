import type { Scanner } from "../imap/Scanner.ts"
import type { ServerMailbox } from "./ServerMailbox.ts"

const items: Readonly<Record<string, (mailbox: ServerMailbox) => number>> = {
  MESSAGES: ({ messages }) => messages.length,
  RECENT: ({ messages, recentFrom }) => messages.filter(({ uid }) => uid >= recentFrom).length,
  UIDNEXT: ({ uidNext }) => uidNext,
  UIDVALIDITY: ({ uidValidity }) => uidValidity,
  UNSEEN: ({ messages }) => messages.filter(({ flags }) => !flags.has("\\Seen")).length
}

/** `(MESSAGES UIDNEXT)`, in upper case. */
export const readStatusItems = (scanner: Scanner): ReadonlyArray<string> =>
  scanner.list(() => {
    const name = scanner.atom().toUpperCase()
    return Object.hasOwn(items, name) ? name : scanner.fail(`unknown status item ${name}`)
  })

export const statusLine = (mailbox: ServerMailbox, wireName: string, asked: ReadonlyArray<string>): string =>
  `STATUS ${wireName} (${asked.map((name) => `${name} ${items[name]?.(mailbox) ?? 0}`).join(" ")})`
