import { mailboxPattern } from "../imap/MailboxPattern.ts"
import { decodeModifiedUtf7, encodeModifiedUtf7 } from "../imap/ModifiedUtf7.ts"
import type { StatusItem } from "./BridgeGrammar.ts"
import type { BridgeMailbox } from "./BridgeMailbox.ts"
import type { BridgeSession } from "./BridgeSession.ts"
import { BridgeView } from "./BridgeView.ts"
import { goQuote } from "./GoQuote.ts"
import { noSuchMailbox } from "./Refusal.ts"
import { finishedBy } from "./Shuffle.ts"

export const openMailbox = (session: BridgeSession, name: string, code?: string): BridgeMailbox => {
  const { tree } = session
  session.server.poll()
  const mailbox = tree.find(decodeModifiedUtf7(name) ?? name)
  if (mailbox === undefined) throw noSuchMailbox(code)
  return mailbox
}

const isListed = (session: BridgeSession, mailbox: BridgeMailbox): boolean => {
  if (mailbox.name === "All Mail" && session.server.faults.allMailHidden) return false
  return mailbox.definition.listed === "always" || mailbox.size > 0
}

const attributesOf = (mailbox: BridgeMailbox): string => {
  const marked = mailbox.entries.some((entry) => entry.recent) ? "\\Marked" : "\\Unmarked"
  return [...mailbox.definition.attributes, marked].toSorted().join(" ")
}

/** A pattern that ends in `%` also names the levels above what it would reach, whether they exist or not. */
const superiors = (names: ReadonlyArray<string>, pattern: string): ReadonlyArray<string> => {
  if (!pattern.endsWith("%")) return []
  const matches = mailboxPattern(pattern, "/")
  const above = names.flatMap((name) =>
    [...name.matchAll(/\//gu)].map((slash) => name.slice(0, slash.index)).filter(matches)
  )
  return [...new Set(above)].filter((name) => !names.includes(name))
}

/** LIST and LSUB. The order is that of a Go map: none. */
export const list = (
  session: BridgeSession,
  tag: string,
  kind: "LIST" | "LSUB",
  reference: string,
  pattern: string
): void => {
  const { tree } = session
  session.server.poll()
  const wanted = decodeModifiedUtf7(reference + pattern) ?? reference + pattern
  if (pattern === "") session.connection.writeLine(`* ${kind} (\\Noselect) "/" ""`)
  else {
    const listed = tree.all.filter((mailbox) => isListed(session, mailbox))
    const named = listed.filter((mailbox) => kind === "LIST" || mailbox.subscribed)
    const matches = mailboxPattern(wanted, "/")
    const lines = [
      ...named
        .filter((mailbox) => matches(mailbox.name))
        .map((mailbox) => ({ attributes: attributesOf(mailbox), name: mailbox.name })),
      ...superiors(
        named.map((mailbox) => mailbox.name),
        wanted
      ).map((name) => ({ attributes: "\\Noselect", name }))
    ]
    for (const { attributes, name } of finishedBy(lines, lines.length, session.server.random)) {
      session.connection.writeLine(`* ${kind} (${attributes}) "/" ${goQuote(encodeModifiedUtf7(name))}`)
    }
  }
  session.ok(tag, kind)
}

/** SELECT explains its response codes; EXAMINE sends them bare. */
export const select = (session: BridgeSession, tag: string, name: string, readOnly: boolean): void => {
  const mailbox = openMailbox(session, name)
  const { connection } = session
  const view = new BridgeView(mailbox, readOnly)
  session.view = view
  const code = (text: string, explanation: string): void =>
    connection.writeLine(`* OK [${text}]${readOnly ? "" : ` ${explanation}`}`)
  const flags = mailbox.definition.flags.join(" ")
  connection.writeLine(`* FLAGS (${flags})`)
  connection.writeLine(`* ${view.size} EXISTS`)
  connection.writeLine(`* ${view.recentCount} RECENT`)
  code(`PERMANENTFLAGS (${flags})`, "Flags permitted")
  code(`UIDNEXT ${mailbox.uidNext}`, "Predicted next UID")
  code(`UIDVALIDITY ${mailbox.uidValidity}`, "UIDs valid")
  if (view.firstUnseen !== undefined) code(`UNSEEN ${view.firstUnseen}`, "Unseen messages")
  session.ok(tag, readOnly ? "[READ-ONLY] EXAMINE" : "[READ-WRITE] SELECT")
}

const statusValue = (mailbox: BridgeMailbox, item: StatusItem): number => {
  switch (item) {
    case "MESSAGES":
      return mailbox.size
    case "RECENT":
      return mailbox.entries.filter((entry) => entry.recent).length
    case "UIDNEXT":
      return mailbox.uidNext
    case "UIDVALIDITY":
      return mailbox.uidValidity
    default:
      return mailbox.entries.filter((entry) => !entry.stored.flags.includes("\\Seen")).length
  }
}

/** The name comes back as the client wrote it. */
export const status = (
  session: BridgeSession,
  tag: string,
  name: string,
  items: ReadonlyArray<StatusItem>
): void => {
  const mailbox = openMailbox(session, name)
  if (session.view?.mailbox === mailbox) session.flush(true)
  const values = items.map((item) => `${item} ${statusValue(mailbox, item)}`).join(" ")
  session.connection.writeLine(`* STATUS ${goQuote(name)} (${values})`)
  session.ok(tag, "STATUS")
}

export const subscribe = (session: BridgeSession, tag: string, name: string, subscribed: boolean): void => {
  openMailbox(session, name).subscribed = subscribed
  session.ok(tag, subscribed ? "SUBSCRIBE" : "UNSUBSCRIBE")
}
