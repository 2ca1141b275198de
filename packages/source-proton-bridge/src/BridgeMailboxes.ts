import type { Mailbox, MailboxPath, MailboxRole, SpecialUse } from "@mailferry/core/Mailbox.ts"
import type { MailboxWire } from "@mailferry/imap/MailboxWire.ts"
import { isSelectable, type ListLine } from "@mailferry/imap/SpecialUse.ts"
import * as Option from "effect/Option"

/**
 * Bridge's LIST carries RFC 6154 attributes without offering SPECIAL-USE, so a client that waits for the
 * capability sees none of them (bridge facts, section 4).
 */
const uses: ReadonlyMap<string, SpecialUse> = new Map([
  ["\\all", "all"],
  ["\\archive", "archive"],
  ["\\drafts", "drafts"],
  ["\\flagged", "flagged"],
  ["\\junk", "junk"],
  ["\\sent", "sent"],
  ["\\trash", "trash"]
])

/** Splits on `/`, except where Proton escaped it as `\/`. */
const pathOf = (name: string): MailboxPath => {
  const [first = "", ...rest] = name.split(/(?<!\\)\//u).map((level) => level.replaceAll("\\/", "/"))
  return [first, ...rest]
}

/**
 * Bridge's names. Folder `a/b` is `Folders/a\/b` and one level, whatever hierarchy it seems to have: the apparent parent
 * `Folders/a\` does not exist, or is listed as `\Noselect`.
 */
export const bridgeWire: MailboxWire = {
  delimiter: "/",
  pathOf,
  wireNameOf: (path) => {
    if (path.some((level) => level === "" || /\p{Cc}/u.test(level))) return undefined
    return path.map((level) => level.replaceAll("/", "\\/")).join("/")
  }
}

const useOf = (line: ListLine): Option.Option<SpecialUse> => {
  if (line.name.toUpperCase() === "INBOX") return Option.some("inbox")
  for (const attribute of line.attributes) {
    const use = uses.get(attribute.toLowerCase())
    if (use !== undefined) return Option.some(use)
  }
  return Option.none()
}

const roleOf = (path: MailboxPath, use: Option.Option<SpecialUse>): MailboxRole => {
  if (Option.contains(use, "all")) return "everything"
  if (Option.contains(use, "flagged")) return "starred"
  return path[0] === "Labels" && path.length > 1 ? "label" : "home"
}

/** `Folders/` is Bridge's own prefix and stays behind; `Labels/` keeps labels apart from folders of the same name. */
const proposedFor = (path: MailboxPath): MailboxPath => {
  const [prefix, first, ...rest] = path
  return prefix === "Folders" && first !== undefined ? [first, ...rest] : path
}

const isPlaceholder = (path: MailboxPath): boolean =>
  path.length === 1 && (path[0] === "Folders" || path[0] === "Labels")

/**
 * The mailbox behind a LIST line; none for what never holds mail: `\Noselect`, and the placeholders `Folders` and
 * `Labels`, which Bridge lets a client select all the same and answers with 0 messages.
 */
export const mailboxOf = (line: ListLine): Option.Option<Mailbox> => {
  const path = pathOf(line.name)
  if (!isSelectable(line) || isPlaceholder(path)) return Option.none()
  const specialUse = useOf(line)
  return Option.some({ path, specialUse, role: roleOf(path, specialUse), proposed: proposedFor(path) })
}

/** "Show All Mail" switched off hides it from LIST only: EXAMINE still opens it (gluon's state.go). */
export const allMail: Mailbox = {
  path: ["All Mail"],
  specialUse: Option.some("all"),
  role: "everything",
  proposed: ["All Mail"]
}

/** INBOX exists from the moment Bridge has created the mailboxes; before that LIST is empty and nothing can be opened. */
export const lacksInbox = (mailboxes: ReadonlyArray<Mailbox>): boolean =>
  !mailboxes.some((mailbox) => Option.contains(mailbox.specialUse, "inbox"))
