import { createHash } from "node:crypto"

import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { pathKey } from "@mailferry/core/Mailbox.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { DateTime } from "effect"

const day = DateTime.makeUnsafe("2019-03-31T12:00:00Z")

export interface LetterOptions extends Partial<Account.MemoryMessageSpec> {
  /** X-Pm-Internal-Id; none for mail of a plain IMAP account. */
  readonly id?: string
  readonly messageId?: string
  readonly body?: string
}

/** A message of its own: number n gives subject, Message-ID and date. */
export const letter = (n: number, options: LetterOptions = {}): Account.MemoryMessageSpec => {
  const { body = `hello ${n}`, id, messageId = `<${n}@letters.invalid>`, ...rest } = options
  const header = [
    ...(id === undefined ? [] : [`X-Pm-Internal-Id: ${id}`]),
    ...(messageId === "" ? [] : [`Message-ID: ${messageId}`]),
    `Subject: letter ${n}`
  ]
  return {
    bytes: new TextEncoder().encode(`${header.join("\r\n")}\r\n\r\n${body}\r\n`),
    internalDate: DateTime.add(day, { seconds: n }),
    ...rest
  }
}

/** A message of Proton's, known by its id. */
export const protonLetter = (n: number, options: LetterOptions = {}): Account.MemoryMessageSpec =>
  letter(n, { id: `proton-${n}==`, ...options })

const bridgeMailboxes: ReadonlyArray<Account.MemoryMailboxSpec> = [
  { path: ["INBOX"], specialUse: "inbox" },
  { path: ["Sent"], specialUse: "sent" },
  { path: ["Archive"], specialUse: "archive" },
  { path: ["Spam"], specialUse: "junk" },
  { path: ["Folders", "Work"], proposed: ["Work"] },
  { path: ["Labels", "x"], role: "label" },
  { path: ["Labels", "y"], role: "label" },
  { path: ["Starred"], role: "starred", specialUse: "flagged" },
  { path: ["All Mail"], role: "everything", specialUse: "all" }
]

/** An empty account as Bridge shows one, with a folder and two labels; or these mailboxes of it only. */
export const bridgeAccount = (...only: ReadonlyArray<MailboxPath>): Account.MemoryAccount => {
  const keys = new Set(only.map(pathKey))
  return Account.make(bridgeMailboxes.filter(({ path }) => only.length === 0 || keys.has(pathKey(path))))
}

/** One message shown in several mailboxes, and in the view of all mail. */
export const arrive = (
  account: Account.MemoryAccount,
  spec: Account.MemoryMessageSpec,
  ...mailboxes: ReadonlyArray<MailboxPath>
): Account.MemoryMessage => {
  const message = Account.newMessage(account, spec)
  for (const path of mailboxes) Account.show(Account.mailboxOf(account, path), message)
  const all = account.mailboxes.get(pathKey(["All Mail"]))
  if (all !== undefined) Account.show(all, message)
  return message
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 12)

/** One stored copy as a line: its octets, date and marks. */
const lineOf = ({ bytes, flags, internalDate, keywords }: Account.MemoryMessage): string =>
  [digest(bytes), DateTime.formatIso(internalDate), ...[...flags, ...keywords].toSorted()].join(" ")

/** What an account holds, copy by copy, in mailboxes that hold anything. */
export const contents = (account: Account.MemoryAccount): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(
    [...account.mailboxes.values()]
      .filter(({ messages }) => messages.size > 0)
      .map(({ messages, path }) => [path.join("/"), [...messages.values()].map(lineOf).toSorted()] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )

/**
 * What the destination must hold of a source: every message in each of its mailboxes and labels under the proposed
 * name, and what only the view of all mail shows in a mailbox of its own. Worked out from the account, not by core.
 */
export const expected = (account: Account.MemoryAccount): Readonly<Record<string, ReadonlyArray<string>>> => {
  const places = new Map<string, Array<string>>()
  const add = (path: MailboxPath, message: Account.MemoryMessage) => {
    const name = path.join("/")
    places.set(name, [...(places.get(name) ?? []), lineOf(message)])
  }
  const mailboxes = [...account.mailboxes.values()]
  const placed = new Set<Account.MemoryMessage>()
  for (const { messages, proposed, role } of mailboxes) {
    if (role !== "home" && role !== "label") continue
    for (const message of messages.values()) {
      placed.add(message)
      add(proposed, message)
    }
  }
  for (const { messages } of mailboxes.filter(({ role }) => role === "everything")) {
    for (const message of messages.values()) if (!placed.has(message)) add(["All Mail only"], message)
  }
  return Object.fromEntries(
    [...places]
      .map(([name, lines]) => [name, lines.toSorted()] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )
}
