import { type Mailbox, type MailboxPath, pathKey } from "@mailferry/core/Mailbox.ts"
import { Fatal, MailError } from "@mailferry/core/MailError.ts"
import { makeMailboxWire, type MailboxWire } from "@mailferry/imap/MailboxWire.ts"
import { isSelectable, type ListLine, specialUses } from "@mailferry/imap/SpecialUse.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { gmailMailboxes, systemLabelIds, systemPathOf } from "../labels/GmailMailboxes.ts"
import { pathOfName } from "../labels/GmailNames.ts"

/** Gmail's labels by their names on the wire. */
export interface GmailImapWire extends MailboxWire {
  /** What LIST showed, as the API's way has it: Gmail's own places, and the user's labels. */
  readonly mailboxesOf: (lines: ReadonlyArray<ListLine>) => ReadonlyArray<Mailbox>
}

/** What stands below `[Gmail]`, however the account's language spells that: Gmail's own, and never a label. */
const isBelow = (name: string, everything: string): boolean => {
  const end = everything.lastIndexOf("/")
  return end > 0 && name.startsWith(everything.slice(0, end + 1))
}

/**
 * Reads Gmail's names from one LIST. They are told by attribute (RFC 6154), since the account's language translates
 * them, and shown under the paths that the API's way uses.
 */
export const gmailImapWire = Effect.fnUntraced(function* (
  lines: ReadonlyArray<ListLine>
): Effect.fn.Return<GmailImapWire, MailError> {
  const uses = specialUses(lines.filter(isSelectable), () => undefined)
  const pathOf = new Map<string, MailboxPath>()
  const nameOf = new Map<string, string>()
  for (const [name, use] of uses) {
    const path = systemPathOf(use)
    if (path === undefined) continue
    pathOf.set(name, path)
    nameOf.set(pathKey(path), name)
  }
  const everything = nameOf.get(pathKey(["All Mail"]))
  if (everything === undefined) {
    return yield* new MailError({
      adapter: "gmail",
      operation: "connect",
      reason: new Fatal({
        detail: "the server does not list All Mail",
        advice: 'Tick "Show in IMAP" beside All Mail in Gmail\'s settings, under Labels.'
      })
    })
  }
  const plain = makeMailboxWire("/", "")
  const isOwn = ({ name }: ListLine) => !uses.has(name) && !isBelow(name, everything)
  return {
    delimiter: plain.delimiter,
    pathOf: (name) => pathOf.get(name) ?? pathOfName(name),
    wireNameOf: (path) =>
      Option.isSome(systemLabelIds(path)) ? nameOf.get(pathKey(path)) : plain.wireNameOf(path),
    mailboxesOf: (listed) => {
      const labels = listed
        .filter((line) => isSelectable(line) && isOwn(line))
        .map(({ name }) => ({ id: name, name, type: "user" as const }))
      return gmailMailboxes(labels).filter(
        ({ path }) => Option.isNone(systemLabelIds(path)) || nameOf.has(pathKey(path))
      )
    }
  }
})
